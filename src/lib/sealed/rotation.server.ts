import { sql } from 'kysely';
import { operator } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { newKey, unwrap, wrap } from './envelope.server.ts';
import {
	keyAction,
	listKnown,
	loadKeys,
	readKeys,
	register,
	writeKeys,
	type Keyring,
	type KeySource
} from './master-key.server.ts';

const BATCH = 500;
const actor = operator('Dòng lệnh');

export type Rotation = { version: number; rewrapped: number; retired: number[] };

/**
 * Goes over to a new master key: makes it (in the environment's case it must stand there already, beside the old one),
 * wraps every data key anew, batch by batch, then retires the old keys. Interrupted at any point it is simply run again.
 * Throws `sealed.key_from_environment` where there is no newer key to go over to.
 */
export async function rotate(db: Db, source: KeySource, batch = BATCH): Promise<Rotation> {
	const ring = await loadKeys(db, source);
	const version = await target(db, source, ring);
	const keys = readKeys(source);
	let rewrapped = 0;
	let retired: number[];
	for (;;) {
		rewrapped += await rewrapAll(db, { current: version, keys }, batch);
		const done = await retireBefore(db, version);
		if (!done) continue;
		retired = done;
		break;
	}
	if (!source.masterKey) forgetRetired(source.data, keys, version);
	return { version, rewrapped, retired };
}

/** The version to go over to: one that was begun, else a new one. */
async function target(db: Db, source: KeySource, ring: Keyring): Promise<number> {
	const known = await listKnown(db);
	const unfinished = known.filter((one) => !one.retired).length > 1;
	if (unfinished) return ring.current;
	const newer = [...ring.keys.keys()].filter((version) => version > ring.current);
	const [begun] = newer.sort((a, b) => b - a);
	if (begun !== undefined) {
		await register(db, ring.keys, begun);
		return begun;
	}
	if (source.masterKey) throw problem('sealed.key_from_environment', { version: ring.current + 1 });
	// The key file still names a retired key: the last rotation ended between the database and the file.
	if (ring.keys.size > 1) return ring.current;
	const version = Math.max(ring.current, ...known.map((one) => one.version)) + 1;
	const keys = new Map([...ring.keys, [version, newKey()] as const]);
	writeKeys(source.data, keys);
	await register(db, keys, version);
	return version;
}

async function rewrapAll(db: Db, ring: Keyring, batch: number): Promise<number> {
	let total = 0;
	for (;;) {
		const count = await rewrapBatch(db, ring, batch);
		total += count;
		if (count < batch) return total;
	}
}

async function rewrapBatch(db: Db, ring: Keyring, batch: number): Promise<number> {
	const { rows: waiting } = await sql`
		select 1 from sealed_keys where master_version <> ${ring.current} limit 1`.execute(db);
	if (waiting.length === 0) return 0;
	return command(db, actor, async (tx) => {
		const { rows } = await sql<{ caseId: string; id: string; version: number; bytes: Buffer }>`
			select case_id as "caseId", id, master_version as version, wrapped as bytes from sealed_keys
			where master_version <> ${ring.current} order by case_id limit ${batch} for update`.execute(tx);
		for (const row of rows) {
			const dataKey = unwrap(keyIn(ring, row.version), row.version, row);
			const wrapped = wrap(keyIn(ring, ring.current), ring.current, dataKey);
			await sql`
				update sealed_keys set master_version = ${ring.current}, wrapped = ${wrapped}
				where case_id = ${row.caseId}::uuid`.execute(tx);
		}
		const details = { version: ring.current, count: rows.length };
		return { result: rows.length, actions: [keyAction('rewrap_keys', details)] };
	});
}

/** Retires every older key that wraps nothing; null when a case was sealed with one of them in the meantime. */
async function retireBefore(db: Db, version: number): Promise<number[] | null> {
	return command(db, actor, async (tx) => {
		const { rows } = await sql<{ version: number }>`
			select version from master_keys where version < ${version} and retired_at is null for update`.execute(tx);
		const { rows: left } = await sql`select 1 from sealed_keys where master_version <> ${version} limit 1`.execute(tx);
		const retired = rows.map((row) => row.version);
		if (left.length > 0) return { result: null, actions: [keyAction('rotate_again', { version })] };
		await sql`update master_keys set retired_at = now() where version = any(${retired}::int[])`.execute(tx);
		return { result: retired, actions: [keyAction('retire_keys', { version, retired })] };
	});
}

function forgetRetired(data: string, keys: Keyring['keys'], version: number): void {
	const key = keys.get(version);
	if (key && keys.size > 1) writeKeys(data, new Map([[version, key]]));
}

function keyIn({ keys }: Keyring, version: number) {
	const key = keys.get(version);
	if (!key) throw problem('sealed.key_missing', { version });
	return key;
}
