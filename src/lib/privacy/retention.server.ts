import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { listRules } from './register.server.ts';

/** Retention has no record; its actions are filed under this id. */
const RETENTION_ID = '00000000-0000-7000-8000-000000000003';

type Sweep = (tx: Tx, before: Date) => Promise<number>;

/** What each rule removes: everything whose use ended before the moment. What signing in leaves behind goes every hour (`accounts.sweep`). */
const SWEEPS: Readonly<Record<string, Sweep>> = {
	account_links: (tx, before) => remove(tx, 'account_links', sql`expires_at < ${before}`),
	outbox: (tx, before) => remove(tx, 'outbox', sql`created_at < ${before} and state <> 'waiting'`),
	idempotency_keys: async (tx, before) => {
		const { rows } = await sql<{ count: number }>`select remove_idempotency_keys(${before}) as count`.execute(tx);
		return rows[0]?.count ?? 0;
	},
	comments: async (tx, before) => {
		const refused = await remove(tx, 'comments', sql`state in ('refused', 'withdrawn') and decided_at < ${before}`);
		// Where one was taken down, readers still find that and why.
		const { numAffectedRows } = await sql`
			update comments set name = '', body = '', reply = null, replied_at = null
			where state = 'removed' and decided_at < ${before} and body <> ''`.execute(tx);
		return refused + Number(numAffectedRows ?? 0n);
	},
	comments_waiting: (tx, before) => remove(tx, 'comments', sql`state = 'waiting' and received_at < ${before}`),
	imports: (tx, before) =>
		remove(tx, 'imports', sql`state in ('done', 'discarded', 'refused') and changed_at < ${before}`)
};

/**
 * Removes what the rules of today say, and tells it in one action; then the bytes of files that nothing refers to any more.
 * Cut off before the bytes are gone, they stay behind: they harm nobody who has not the data folder. Answers how many of each kind.
 */
export async function carryOutRetention(db: Db, data: string, now = new Date()): Promise<Record<string, number>> {
	const { removed, digests } = await command(db, operator('Khéo'), async (tx) => {
		const removed: Record<string, number> = {};
		for (const { code, days } of await listRules(tx)) {
			const sweep = SWEEPS[code];
			if (!sweep) throw new Error(`no sweep carries out the retention rule ${code}`);
			removed[code] = await sweep(tx, new Date(now.getTime() - days * DAY_MS));
		}
		const digests = await removeFiles(tx, new Date(now.getTime() - DAY_MS));
		const details = { ...removed, files: digests.length };
		const action = { id: newId(), homeId: RETENTION_ID, recordId: RETENTION_ID, unitId: null, details };
		return { result: { removed, digests }, actions: [{ ...action, noun: 'retention', verb: 'remove_expired' }] };
	});
	for (const digest of digests) await rm(join(data, 'files', digest), { force: true });
	return { ...removed, files: digests.length };
}

const DAY_MS = 86_400_000;

/** Files that nothing refers to, a day after they came in; answers the digests whose bytes nobody needs. */
async function removeFiles(tx: Tx, before: Date): Promise<string[]> {
	const { rows } = await sql<{ sha256: string }>`
		with removed as (
			delete from files f where f.created_at < ${before}
				and not exists (select 1 from imports i where i.file_id = f.id)
				and not exists (select 1 from attachments a where a.file_id = f.id)
				and not exists (select 1 from unit_events e where e.file_id = f.id)
				and not exists (select 1 from reorganisations r where r.file_id = f.id)
				and not exists (select 1 from pictures p where p.file_id = f.id)
				and not exists (select 1 from picture_renditions d where d.file_id = f.id)
				and not exists (select 1 from article_files t where t.file_id = f.id)
			returning f.id, f.sha256
		)
		select distinct sha256 from removed r where not exists (select 1 from files f
			where f.sha256 = r.sha256 and f.id not in (select id from removed))`.execute(tx);
	return rows.map((row) => row.sha256);
}

async function remove(tx: Tx, table: string, ended: RawBuilder<unknown>): Promise<number> {
	const { numAffectedRows } = await sql`delete from ${sql.table(table)} where ${ended}`.execute(tx);
	return Number(numAffectedRows ?? 0n);
}
