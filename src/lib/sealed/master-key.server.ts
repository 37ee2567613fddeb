import type { KeyObject } from 'node:crypto';
import {
	closeSync,
	fstatSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { fromDisk, problem } from '#lib/server/problem.ts';
import type { Settings } from '#lib/server/settings.ts';
import { fingerprint, keyOf, newKey } from './envelope.server.ts';

/** Where the master key comes from: `KHEO_MASTER_KEY`, else a file in the data folder. */
export type KeySource = Pick<Settings, 'data' | 'masterKey'>;

/** Master keys at hand by version; `current` wraps what is sealed now. */
export type Keyring = { current: number; keys: ReadonlyMap<number, KeyObject> };

/** Master keys have no record of their own: their actions are filed under this id. */
const KEYS_ID = '00000000-0000-7000-8000-000000000001';
const LINE = /^(\d{1,6}):([A-Za-z0-9_-]{43})$/;

/**
 * The master keys, checked against those that the database knows. The first one is made when none was ever used.
 * Throws `sealed.key_missing`, `sealed.key_wrong`, `sealed.key_exposed`, `sealed.key_invalid`.
 */
export async function loadKeys(db: Db, source: KeySource): Promise<Keyring> {
	const known = await listKnown(db);
	if (known.length === 0 && !source.masterKey) makeFirst(source.data);
	const keys = readKeys(source);
	for (const { version, fingerprint: print } of known) {
		const key = keys.get(version);
		if (key && fingerprint(key) !== print) throw problem('sealed.key_wrong', { version });
	}
	if (known.length === 0) {
		await register(db, keys, Math.max(...keys.keys()));
		return loadKeys(db, source);
	}
	const active = known.filter((one) => !one.retired).map((one) => one.version);
	for (const version of active) if (!keys.has(version)) throw problem('sealed.key_missing', { version });
	return { current: Math.max(...active), keys };
}

export type KnownKey = { version: number; fingerprint: string; retired: boolean; cases: number };

/** Every master key that the database knows, oldest first, with how many cases it wraps. */
export async function listKnown(db: Db): Promise<KnownKey[]> {
	const { rows } = await sql<KnownKey>`
		select version, fingerprint, retired_at is not null as retired,
			(select count(*) from sealed_keys s where s.master_version = k.version)::int as cases
		from master_keys k order by version`.execute(db);
	return rows;
}

/** Enters a key in the register; two at once enter it once. */
export async function register(db: Db, keys: ReadonlyMap<number, KeyObject>, version: number): Promise<void> {
	const key = keys.get(version);
	if (!key) throw problem('sealed.key_missing', { version });
	await command(db, operator('Khéo'), async (tx) => {
		await sql`
			insert into master_keys (version, fingerprint) values (${version}, ${fingerprint(key)})
			on conflict (version) do nothing`.execute(tx);
		return { result: null, actions: [keyAction('make_key', { version })] };
	});
}

/** The key that wraps now, held so that nobody retires it before this transaction ends. */
export async function holdCurrent(tx: Tx, ring: Keyring): Promise<KeyObject> {
	const key = ring.keys.get(ring.current);
	const { rows } = await sql`
		select 1 from master_keys where version = ${ring.current} and retired_at is null for share`.execute(tx);
	if (!key || rows.length === 0) throw problem('database.busy');
	return key;
}

export function keyAction(verb: string, details: Record<string, unknown>): NewAction {
	return { id: newId(), homeId: KEYS_ID, noun: 'master_key', recordId: KEYS_ID, verb, unitId: null, details };
}

/** A line for `KHEO_MASTER_KEY` or the key file. */
export function keyLine(version: number, key: KeyObject): string {
	return `${version}:${key.export().toString('base64url')}`;
}

/** All keys at hand, from the environment or from the file. */
export function readKeys(source: KeySource): Map<number, KeyObject> {
	const lines = source.masterKey ? source.masterKey.split(',') : readFile(source.data).split('\n');
	const keys = new Map<number, KeyObject>();
	for (const line of lines.map((text) => text.trim()).filter((text) => text !== '')) {
		const [, version, text] = LINE.exec(line) ?? [];
		if (!version || !text || keys.has(Number(version))) throw problem('sealed.key_invalid');
		keys.set(Number(version), keyOf(Buffer.from(text, 'base64url')));
	}
	return keys;
}

/** Writes the key file anew: whole or not at all, readable by its owner only. */
export function writeKeys(data: string, keys: ReadonlyMap<number, KeyObject>): void {
	const file = keyFile(data);
	const aside = `${file}.${newId()}.part`;
	try {
		const handle = openSync(aside, 'wx', 0o600);
		try {
			writeFileSync(handle, textOf(keys));
			fsyncSync(handle);
		} finally {
			closeSync(handle);
		}
		renameSync(aside, file);
	} catch (error) {
		rmSync(aside, { force: true });
		throw fromDisk(error, data) ?? error;
	}
}

/** In a folder of its own, so that a backup of the data folder can leave it out by one name. */
export function keyFile(data: string): string {
	return join(data, 'keys', 'master');
}

function textOf(keys: ReadonlyMap<number, KeyObject>): string {
	return [...keys].map(([version, key]) => `${keyLine(version, key)}\n`).join('');
}

function makeFirst(data: string): void {
	try {
		mkdirSync(join(data, 'keys'), { recursive: true, mode: 0o700 });
		writeFileSync(keyFile(data), textOf(new Map([[1, newKey()]])), { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
		throw fromDisk(error, data) ?? error;
	}
}

/** Looks at the rights of the very file that it reads. */
function readFile(data: string): string {
	const file = keyFile(data);
	let handle: number;
	try {
		handle = openSync(file, 'r');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
		throw problem('sealed.key_unreadable', { file }, error);
	}
	try {
		const mode = fstatSync(handle).mode & 0o777;
		if (mode & 0o077) throw problem('sealed.key_exposed', { file, mode: mode.toString(8) });
		return readFileSync(handle, 'utf8');
	} finally {
		closeSync(handle);
	}
}
