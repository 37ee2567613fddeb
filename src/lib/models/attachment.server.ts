import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { accept, enter, read, store, type Upload } from '#lib/server/files.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, may, visibleTo } from '#lib/units/authority.server.ts';
import { holderOf } from '#lib/units/taker.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { actionOf, hold, type Held } from './change.server.ts';
import { OWNED } from './narrow.server.ts';

export type Attachment = {
	id: string;
	name: string;
	mediaType: string;
	sizeBytes: number;
	caption: string | null;
	at: Date;
};

/**
 * Puts a file to a registration; whoever may write or review it may. The same bytes twice are kept once.
 * `data`: the data folder. Throws the refusals of `accept` and `store`.
 */
export async function attach(
	db: Db,
	actor: Actor,
	given: { id: string; upload: Upload; caption?: string | null; data: string }
): Promise<{ id: string }> {
	await authoriseFiles(db, actor, await unitOf(db, given.id));
	const accepted = await accept(given.upload);
	const stored = await store(given.data, accepted.bytes);
	return command(db, actor, async (tx) => {
		const held = await holdForFiles(tx, actor, given.id);
		const known = await findSame(tx, given.id, stored.sha256);
		const { id } =
			known ??
			(await enter(tx, { ...stored, name: accepted.name, mediaType: accepted.mediaType, createdBy: actor.id }));
		const actionId = newId();
		const caption = normalise(given.caption ?? '') || null;
		await sql`
			insert into attachments (file_id, noun, record_id, caption, action_id)
			values (${id}::uuid, 'registration', ${given.id}::uuid, ${caption}, ${actionId}::uuid)
			on conflict (record_id, file_id) do update set caption = coalesce(excluded.caption, attachments.caption)`.execute(tx);
		return {
			result: { id },
			actions: [actionOf(held, { id: actionId, verb: 'attach', details: { file: accepted.name } })]
		};
	});
}

/** Takes a file away from a registration; its bytes stay, the history tells its name. Throws `file.not_found`. */
export async function detach(db: Db, actor: Actor, given: { id: string; fileId: string }): Promise<{ name: string }> {
	return command(db, actor, async (tx) => {
		const held = await holdForFiles(tx, actor, given.id);
		const file = (await list(tx, given.id)).find(({ id }) => id === given.fileId);
		if (!file) throw problem('file.not_found');
		await sql`delete from attachments where record_id = ${given.id}::uuid and file_id = ${given.fileId}::uuid`.execute(
			tx
		);
		const action = actionOf(held, { id: newId(), verb: 'detach', details: { file: file.name } });
		return { result: { name: file.name }, actions: [action] };
	});
}

async function findSame(db: Db, recordId: string, sha256: string): Promise<{ id: string } | null> {
	const { rows } = await sql<{ id: string }>`
		select f.id from attachments a join files f on f.id = a.file_id
		where a.record_id = ${recordId}::uuid and f.sha256 = ${sha256} limit 1`.execute(db);
	return rows[0] ?? null;
}

async function unitOf(db: Db, id: string): Promise<string> {
	const found = await db.selectFrom('registrations').select('unit_id').where('id', '=', id).executeTakeFirst();
	if (!found) throw problem('model.not_found', { id });
	return holderOf(db, { id, unitId: found.unit_id });
}

async function holdForFiles(tx: Parameters<typeof hold>[0], actor: Actor, id: string): Promise<Held> {
	const held = await hold(tx, id);
	await authoriseFiles(tx, actor, await holderOf(tx, held));
	return held;
}

async function authoriseFiles(db: Db, actor: Actor, unitId: string): Promise<void> {
	if (!(await may(db, actor, 'model.review', unitId))) await authorise(db, actor, 'model.write', unitId);
}

/** Files of a registration, in the order in which they came. The caller has checked that the record may be seen. */
export async function list(db: Db, id: string): Promise<Attachment[]> {
	const { rows } = await sql<Attachment>`
		select f.id, f.name, f.media_type as "mediaType", f.size_bytes as "sizeBytes", a.caption, f.created_at as at
		from attachments a join files f on f.id = a.file_id where a.record_id = ${id}::uuid order by f.created_at, f.id`.execute(
		db
	);
	return rows;
}

/** One file with its bytes, if the actor may see its registration. Throws `file.not_found`. */
export async function download(
	db: Db,
	actor: Actor,
	wanted: { id: string; fileId: string; data: string }
): Promise<{ name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }> {
	const { rows } = await sql<{ name: string; mediaType: string; sha256: string }>`
		select f.name, f.media_type as "mediaType", f.sha256
		from attachments a join files f on f.id = a.file_id join registrations r on r.id = a.record_id
		where a.record_id = ${wanted.id}::uuid and a.file_id = ${wanted.fileId}::uuid and ${visibleTo(actor, 'model.read', OWNED)}`.execute(
		db
	);
	const file = rows[0];
	if (!file) throw problem('file.not_found');
	return { name: file.name, mediaType: file.mediaType, bytes: await read(wanted.data, file.sha256) };
}
