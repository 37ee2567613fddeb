import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { problem } from '#lib/server/problem.ts';
import { findFaults } from './check.ts';
import { derive, type Book, type Counts } from './derive.ts';
import { readFolder } from './files.server.ts';
import type { Fault, Gazetteer } from './gazetteer.ts';
import { readPackage } from './package.server.ts';
import { PLACES_ID } from './place.ts';

/** `changed`: false where the places were these already, or lines were refused; then nothing was written. */
export type PlaceImport = { refused: Fault[]; changed: boolean; counts: Counts | null };

/** Takes in the lists of a folder, whole or not at all. The operator's own act: places belong to no unit. */
export async function importFolder(db: Db, actor: Actor, folder: string): Promise<PlaceImport> {
	const { gazetteer, faults } = await readFolder(folder);
	const refused = [...faults, ...(faults.length > 0 ? [] : findFaults(gazetteer))];
	if (refused.length > 0) return { refused, changed: false, counts: null };
	return { refused, ...(await write(db, actor, gazetteer)) };
}

/** On a first start the places come from the registry's package; those that are there stay. Answers whether it wrote any. */
export async function fillPlaces(db: Db): Promise<boolean> {
	const { rows } = await sql`select 1 from place_lists limit 1`.execute(db);
	if (rows.length > 0) return false;
	const gazetteer = await readPackage();
	const faults = findFaults(gazetteer);
	if (faults.length > 0) throw new Error(`${gazetteer.source.name}: ${JSON.stringify(faults.slice(0, 3))}`);
	const { counts } = await write(db, operator('Khéo'), gazetteer);
	log('info', 'places.from_package', { package: gazetteer.source.name, ...counts });
	return true;
}

/** Takes in lists without faults. */
async function write(db: Db, actor: Actor, gazetteer: Gazetteer): Promise<{ changed: boolean; counts: Counts }> {
	if (!actor.everything) throw problem('access.denied');
	const book = derive(gazetteer);
	const { counts, ...content } = book;
	const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
	return inTransaction(db, async (tx) => {
		await sql`select pg_advisory_xact_lock(hashtextextended('places', 0))`.execute(tx);
		if ((await latestDigest(tx)) === digest) return { changed: false, counts };
		await command(tx, actor, async () => {
			await replace(tx, book);
			const { kind, name } = gazetteer.source;
			const actionId = newId();
			await sql`insert into place_lists (id, source, name, digest, counts, action_id)
				values (${newId()}, ${kind}, ${name}, ${digest}, ${JSON.stringify(counts)}::jsonb, ${actionId})`.execute(tx);
			const details = { source: name, ...counts };
			const action = { id: actionId, homeId: PLACES_ID, recordId: PLACES_ID, unitId: null, details };
			return { result: null, actions: [{ ...action, noun: 'place', verb: 'load' }] };
		});
		return { changed: true, counts };
	});
}

async function latestDigest(tx: Tx): Promise<string | null> {
	const { rows } = await sql<{ digest: string }>`
		select digest from place_lists order by loaded_at desc, id desc limit 1`.execute(tx);
	return rows[0]?.digest ?? null;
}

/** Identities and versions that are in the lists again stay; what became of what and other names are written anew. */
async function replace(tx: Tx, book: Book): Promise<void> {
	await sql`delete from place_aliases`.execute(tx);
	await sql`delete from place_successions`.execute(tx);
	const versions = sql`
		(select id, "placeId" as place_id, tier, kind, code, name, "fullName" as full_name, "nameKey" as name_key,
			"markKey" as mark_key, "parentId" as parent_id, law, daterange("from", until) as valid
		from jsonb_to_recordset(${JSON.stringify(book.versions)}::jsonb) as r (id uuid, "placeId" uuid, tier text, kind text,
			code text, name text, "fullName" text, "nameKey" text, "markKey" text, "parentId" uuid, law text, "from" date,
			until date))`;
	await sql`delete from place_versions v where not exists (
		select 1 from ${versions} r where r.id = v.id and row(r.*) is not distinct from row(v.*))`.execute(tx);
	await sql`delete from places p where not exists (
		select 1 from unnest(${book.places}::uuid[]) kept (id) where kept.id = p.id)`.execute(tx);
	await sql`insert into places (id) select unnest(${book.places}::uuid[]) on conflict do nothing`.execute(tx);
	// In the order of their codes neighbours share pages of the index that keeps codes apart: half the time.
	await sql`
		insert into place_versions (id, place_id, tier, kind, code, name, full_name, name_key, mark_key, parent_id, law, valid)
		select r.* from ${versions} r where not exists (select 1 from place_versions v where v.id = r.id)
		order by r.code`.execute(tx);
	await sql`
		insert into place_successions
			(old_place_id, new_place_id, effective_on, extent, is_primary, is_remainder, confidence)
		select "oldPlaceId", "newPlaceId", day, extent, "isPrimary", "isRemainder", confidence
		from jsonb_to_recordset(${JSON.stringify(book.successions)}::jsonb) as r ("oldPlaceId" uuid, "newPlaceId" uuid,
			day date, extent text, "isPrimary" boolean, "isRemainder" boolean, confidence text)`.execute(tx);
	await sql`
		insert into place_aliases (id, place_id, kind, name, name_key, mark_key, within, code, valid)
		select id, "placeId", kind, name, "nameKey", "markKey", within, code, daterange(null, until)
		from jsonb_to_recordset(${JSON.stringify(book.aliases)}::jsonb) as r (id uuid, "placeId" uuid, kind text, name text,
			"nameKey" text, "markKey" text, within text, code text, until date)`.execute(tx);
}
