import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { accept, enter, read, store, type Upload } from '#lib/server/files.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { needs } from './article.ts';
import { actionOf, hold } from './change.server.ts';
import { findPublicFile } from './public.server.ts';

/** Puts a file to an article; readers get it once the text names it. Throws the refusals of `accept` and `store`. */
export async function attachFile(
	db: Db,
	actor: Actor,
	given: { id: string; upload: Upload; data: string }
): Promise<{ id: string; name: string; size: number }> {
	const accepted = await accept(given.upload);
	const stored = await store(given.data, accepted.bytes);
	return command(db, actor, async (tx) => {
		const held = await hold(tx, given.id);
		await authorise(tx, actor, needs(held.state, 'save'), held.unitId);
		const { name, mediaType } = accepted;
		const { id } = await enter(tx, { ...stored, name, mediaType, createdBy: actor.id });
		const actionId = newId();
		await tx.insertInto('article_files').values({ article_id: held.id, file_id: id, action_id: actionId }).execute();
		const action = actionOf(held, { id: actionId, verb: 'attach', details: { file: name } });
		return { result: { id, name, size: stored.sizeBytes }, actions: [action] };
	});
}

/** A file's bytes for the public where a public text gives it, else for who may read its article. Throws `file.not_found`. */
export async function openFile(
	db: Db,
	actor: Actor | null,
	{ id, data }: { id: string; data: string }
): Promise<{ name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }> {
	const found = (await findPublicFile(db, id)) ?? (actor && (await findOwnFile(db, actor, id)));
	if (!found) throw problem('file.not_found');
	return { name: found.name, mediaType: found.mediaType, bytes: await read(data, found.sha256) };
}

async function findOwnFile(db: Db, actor: Actor, id: string) {
	const { rows } = await sql<{ name: string; mediaType: string; sha256: string }>`
		select f.name, f.media_type as "mediaType", f.sha256 from article_files t
		join files f on f.id = t.file_id join articles a on a.id = t.article_id
		where t.file_id = ${id}::uuid and ${visibleTo(actor, 'newsroom.read', { unit: 'a.unit_id' })} limit 1`.execute(db);
	return rows[0] ?? null;
}
