import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exportArchive, type Progress } from '#lib/archive/export.server.ts';
import { importArchive } from '#lib/archive/import.server.ts';
import type { Manifest } from '#lib/archive/manifest.ts';
import { m } from '#lib/paraglide/messages.js';
import { readSettings } from '#lib/server/settings.ts';
import { formatInstant, formatNumber } from '#lib/vietnamese/format.ts';
import { refusing, say, terminalLocale, withDatabase } from './run.ts';

type ExportOptions = { withoutLostFiles?: boolean; json?: boolean };
type ImportOptions = { withoutKeys?: boolean; dryRun?: boolean; digest?: string; json?: boolean };

/** How often a line says how far it is; on a terminal it is one line that changes. */
const TOLD_MS = 10_000;
const SHOWN_MS = 200;

/** `kheo export FILE`: the whole installation, as it is at one moment, in one archive. */
export function register(program: Command): void {
	program
		.command('export')
		.description(m.cli_export({}, { locale: terminalLocale() }))
		.argument('<file>')
		.option('--without-lost-files')
		.option('--json')
		.action((file: string, options: ExportOptions) =>
			withDatabase(async ({ db }) => {
				const path = resolve(file);
				const { withoutLostFiles = false } = options;
				const { manifest, digest } = await watched((watch) =>
					exportArchive(db, readSettings(), { path, withoutLost: withoutLostFiles, ...watch })
				);
				const { size: bytes } = await stat(path);
				if (options.json) return say(JSON.stringify({ file: path, bytes, digest, ...told(manifest) }, null, 2));
				say(m.cli_archive_written({ file, bytes: formatNumber(bytes), ...counts(manifest) }));
				say(m.cli_archive_digest({ digest }));
				say(m.cli_archive_digest_keep());
				say(m.cli_archive_open());
				const keys = keyNames(manifest.keys);
				if (keys.length > 0) say(m.cli_archive_keys({ keys: keys.join('; ') }));
				if (manifest.files.missing.length > 0) say(m.cli_archive_lost({ count: manifest.files.missing.length }));
			})
		);
}

/** `kheo import archive FILE`: loads it into an empty installation, whole and proved or not at all. */
export function registerImport(imports: Command): void {
	imports
		.command('archive')
		.description(m.cli_import_archive({}, { locale: terminalLocale() }))
		.argument('<file>')
		.option('--dry-run')
		.option('--digest <digest>')
		.option('--without-keys')
		.option('--json')
		.action((file: string, options: ImportOptions) => refusing(() => load(file, options)));
}

async function load(file: string, { json, ...options }: ImportOptions): Promise<void> {
	const { manifest, digest, lacking, letters } = await watched((watch) =>
		importArchive(readSettings(), { path: resolve(file), ...options, ...watch })
	);
	const committed = !options.dryRun;
	if (json) return say(JSON.stringify({ committed, digest, lacking, letters, ...told(manifest) }, null, 2));
	if (committed) say(m.cli_archive_read(counts(manifest)));
	else say(m.cli_archive_whole({ ...counts(manifest), product: manifest.product }));
	say(m.cli_archive_digest({ digest }));
	if (lacking.length > 0) say(m.cli_archive_lacking({ keys: lacking.join(', ') }));
	if (manifest.files.missing.length > 0) say(m.cli_archive_lost({ count: manifest.files.missing.length }));
	if (letters > 0) say(m.cli_archive_letters({ count: letters }));
}

function counts({ tables, files, takenAt }: Manifest) {
	return {
		tables: tables.length,
		rows: formatNumber(rowsOf(tables)),
		files: formatNumber(files.count),
		at: formatInstant(new Date(takenAt))
	};
}

function told({ takenAt, product, postgres, tables, files, keys }: Manifest) {
	const counted = tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 }));
	return { takenAt, product, postgres, rows: rowsOf(tables), tables: counted, files, keys };
}

function rowsOf(tables: Manifest['tables']): number {
	return tables.reduce((total, { rows }) => total + rows, 0);
}

function keyNames({ secret, master }: Manifest['keys']): string[] {
	return [
		...(secret.needed > 0 ? [m.cli_archive_key_secret({ count: secret.needed })] : []),
		...master.map(({ version, cases }) => m.cli_archive_key_master({ version, count: cases }))
	];
}

type Watch = { onProgress: (progress: Progress) => void; signal: AbortSignal };

/** Tells on stderr how far the work is, and lets Ctrl-C or SIGTERM end it in order; a second one ends the process. */
async function watched<T>(work: (watch: Watch) => Promise<T>): Promise<T> {
	const aborting = new AbortController();
	const abort = (): void => aborting.abort();
	const signals = ['SIGINT', 'SIGTERM'] as const;
	for (const signal of signals) process.once(signal, abort);
	const { isTTY } = process.stderr;
	let next = isTTY ? 0 : Date.now() + TOLD_MS;
	const onProgress = ({ of, rows }: Progress): void => {
		if (Date.now() < next) return;
		next = Date.now() + (isTTY ? SHOWN_MS : TOLD_MS);
		const name = of === 'files' ? m.cli_archive_progress_files() : of;
		const line = m.cli_archive_progress({ of: name, rows: formatNumber(rows) });
		process.stderr.write(isTTY ? `\r${line}\u001B[K` : `${line}\n`);
	};
	try {
		return await work({ onProgress, signal: aborting.signal });
	} finally {
		if (isTTY) process.stderr.write('\r\u001B[K');
		for (const signal of signals) process.off(signal, abort);
	}
}
