import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Programs of others in the folder that script/outside installed them in. */

/** What a check says: nothing where it found nothing. */
export type Check = { name: string; faults: readonly string[] };

const folder = process.env['KHEO_OUTSIDE'] ?? '';
const require = createRequire(join(folder, 'package.json'));

/** A module of the folder, of which nothing is known before it is parsed. */
export async function tool(name: string): Promise<object> {
	const found: unknown = await import(require.resolve(name));
	if (typeof found !== 'object' || found === null) throw new Error(`${name} is no module`);
	return found;
}

export function pathOf(file: string): string {
	return join(folder, 'node_modules', file);
}

/** Runs a program; answers what it said, however it ended. */
export function run(
	file: string,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {}
): Promise<{ code: number; said: string; complained: string }> {
	const options = { maxBuffer: 64_000_000, env: { ...process.env, ...env } };
	return new Promise((resolve) => {
		execFile(file, args, options, (error, said, complained) => {
			resolve({ code: error === null ? 0 : Number(error.code ?? 1), said, complained });
		});
	});
}
