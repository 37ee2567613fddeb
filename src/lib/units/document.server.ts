import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import * as files from '#lib/server/files.ts';
import { problem } from '#lib/server/problem.ts';
import { touchedVisible } from './event-list.server.ts';

/**
 * Keeps the document of a decision before the event is recorded, so that a preview does not lose it; what no event comes
 * to name is removed with all files that nothing names. `data`: the data folder.
 */
export async function keepDocument(
	db: Db,
	actor: Actor,
	{ upload, data }: { upload: files.Upload; data: string }
): Promise<{ id: string; name: string }> {
	const { name, mediaType, bytes } = await files.accept(upload);
	const stored = await files.store(data, bytes);
	const { id } = await inTransaction(db, (tx) => files.enter(tx, { ...stored, name, mediaType, createdBy: actor.id }));
	return { id, name };
}

/** Nobody attaches, and so reads, a file of somebody else. */
export async function refuseForeignDocument(tx: Tx, actor: Actor, fileId: string): Promise<void> {
	const { rows } = await sql`
		select 1 from files where id = ${fileId}::uuid and created_by is not distinct from ${actor.id}::uuid`.execute(tx);
	if (rows.length === 0) throw problem('file.not_found');
}

/** The document of an event's decision, for who may see a unit that the event is about. */
export async function downloadDocument(
	db: Db,
	actor: Actor,
	{ eventId, data }: { eventId: string; data: string }
): Promise<{ name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }> {
	const { rows } = await sql<{ name: string; mediaType: string; sha256: string }>`
		select f.name, f.media_type as "mediaType", f.sha256 from unit_events e
		join files f on f.id = e.file_id
		left join actions a on a.id = e.action_id
		where e.id = ${eventId}::uuid and ${touchedVisible(actor)}`.execute(db);
	const file = rows[0];
	if (!file) throw problem('file.not_found');
	return { name: file.name, mediaType: file.mediaType, bytes: await files.read(data, file.sha256) };
}
