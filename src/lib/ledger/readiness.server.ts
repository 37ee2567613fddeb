import { sql } from 'kysely';
import type { Db, Tx } from '#lib/server/db.ts';

/** Something derived that is complete, or not there: by whom it is read, and in which of its forms. */
export type Made = { what: string; version: number };

/** What there is. */
export async function listMade(db: Db): Promise<Made[]> {
	const { rows } = await sql<Made>`select what, version from readiness order by what`.execute(db);
	return rows;
}

/** From now on it is complete. */
export async function noteMade(tx: Tx, { what, version }: Made): Promise<void> {
	await sql`
		insert into readiness (what, version) values (${what}, ${version})
		on conflict (what) do update set version = excluded.version, made_at = clock_timestamp()`.execute(tx);
}

/** From now on it is not, and is made anew in the background. */
export async function forgetMade(tx: Tx, what: string): Promise<void> {
	await sql`delete from readiness where what = ${what}`.execute(tx);
}
