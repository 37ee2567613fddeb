import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { fold } from '#lib/vietnamese/text.ts';

/** The forms in which a text could slip out: as typed, decomposed, without marks, without spaces, escaped, encoded. */
export function needlesOf(texts: readonly string[]): string[] {
	const forms = texts.flatMap((text) => {
		const tight = text.replace(/\s+/g, '');
		const digits = text.replace(/\D/g, '');
		const spelled = [
			text,
			text.normalize('NFD'),
			text.toLowerCase(),
			text.toUpperCase(),
			fold(text),
			tight,
			fold(tight)
		];
		return [
			...spelled,
			...(digits.length > 6 ? [digits, `84${digits.slice(1)}`, digits.match(/.{1,3}/g)?.join('.') ?? ''] : [])
		];
	});
	const encoded = forms.flatMap((form) => [
		encodeURIComponent(form),
		JSON.stringify(form)
			.slice(1, -1)
			.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
		Buffer.from(form).toString('hex'),
		Buffer.from(form, 'utf16le').toString('hex'),
		...[0, 1, 2].map((shift) => base64Core(form, shift)),
		...[0, 1, 2].map((shift) => base64Core(form, shift).replaceAll('+', '-').replaceAll('/', '_'))
	]);
	return [...new Set([...forms, ...encoded])].filter((needle) => needle.length >= 6);
}

/** What of a text's base64 is the same whatever stands before and after it, at each of the three places it may begin. */
function base64Core(text: string, shift: number): string {
	const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
	return whole.slice(shift === 0 ? 0 : 4, -4);
}

/** Which of the needles are in the haystack, in whatever case. */
export function found(needles: readonly string[], haystack: string): string[] {
	const low = haystack.toLowerCase();
	return needles.filter((needle) => haystack.includes(needle) || low.includes(needle.toLowerCase()));
}

/** Every row of every table, of every schema, as text. */
export async function dump(client: pg.Client): Promise<string> {
	const { rows: tables } = await client.query<{ name: string }>(`
		select format('%I.%I', schemaname, tablename) as name from pg_tables
		where schemaname not in ('pg_catalog', 'information_schema')`);
	const texts: string[] = [];
	for (const { name } of tables) {
		const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
		texts.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
	}
	return texts.join('\n');
}

/** Names and contents of every file under a folder. */
export async function filesIn(folder: string): Promise<string> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	const contents = await Promise.all(
		files.map(async (file) => `${file}\n${(await readFile(file)).toString('latin1')}`)
	);
	return [...entries.map((entry) => entry.name), ...contents].join('\n');
}
