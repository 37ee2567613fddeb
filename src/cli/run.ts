import { readFile } from 'node:fs/promises';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { openDatabase, type Opened } from '#lib/server/db.ts';
import { logBug } from '#lib/server/log.ts';
import { migrateDatabase } from '#lib/server/migrate.ts';
import { fromDatabase, problem, problemText } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';

export const EXIT = { done: 0, refused: 1, usage: 2, pipeClosed: 141 } as const;

/**
 * A reader that has seen enough (`| head`) is no fault: what is being done is finished in silence, and the code is the one
 * by which shells know a program that SIGPIPE ended.
 */
export function tolerateClosedPipe(): void {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', (error) => {
			if (!('code' in error) || error.code !== 'EPIPE') throw error;
			process.exitCode = EXIT.pipeClosed;
		});
	}
}

/** The language of the terminal: English where it is set so, else Vietnamese. */
export function terminalLocale(): Locale {
	const { LC_ALL, LC_MESSAGES, LANG } = process.env;
	return /^en/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'en' : 'vi';
}

/** Runs a command on the up-to-date database of the settings, whether the server runs or not. */
export async function withDatabase(work: (opened: Opened) => Promise<void>): Promise<void> {
	await refusing(async () => {
		const settings = readSettings();
		const opened = await openDatabase(settings);
		try {
			await migrateDatabase(settings);
			await work(opened);
		} finally {
			await opened.close();
		}
	});
}

/** Runs a command; a refusal or a bug goes to stderr in the reader's language and makes the exit code 1. */
export async function refusing(work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		process.exitCode = EXIT.refused;
		const locale = terminalLocale();
		const refusal = fromDatabase(error);
		const text = refusal ? problemText(refusal, locale) : m.problem_bug({ id: logBug(error) }, { locale });
		process.stderr.write(`${text}\n`);
	}
}

/** The bytes of a file that was named; refuses, with the system's reason, what cannot be read. */
export async function bytesOf(path: string): Promise<Buffer> {
	try {
		return await readFile(path);
	} catch (error) {
		throw problem('cli.option_invalid', { detail: `${path}: ${error instanceof Error ? error.message : ''}` }, error);
	}
}

/** One line of output. */
export function say(text: string): void {
	process.stdout.write(`${text}\n`);
}
