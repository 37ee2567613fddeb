import { sql } from 'kysely';
import type { Tx } from '#lib/server/db.ts';
import { rowOf, type Held } from './change.server.ts';

/** A registration as its row will be. Without `modelId` its model begins with it; `tags` and `importId` where it has any. */
export type Enrolled = {
	held: Held;
	modelId?: string | null;
	replicatedFromId?: string | null;
	tags?: readonly string[];
	importId?: string | null;
};

/** Inserts registrations, and the models that begin with them. The actions and postings are the caller's to write. */
export async function enrol(tx: Tx, entries: readonly Enrolled[]): Promise<void> {
	await insertModels(
		tx,
		entries.filter(({ modelId }) => !modelId)
	);
	await insertRegistrations(tx, entries);
	await insertTags(
		tx,
		entries.flatMap(({ held, tags = [] }) => [...new Set(tags)].map((tag) => ({ registration_id: held.id, tag })))
	);
}

async function insertModels(tx: Tx, entries: readonly Enrolled[]): Promise<void> {
	if (entries.length === 0) return;
	const rows = entries.map(({ held, replicatedFromId }) => ({
		id: held.modelId,
		home_id: held.homeId,
		name: held.name,
		replicated_from_id: replicatedFromId ?? null
	}));
	await sql`
		insert into models (id, home_id, name, replicated_from_id)
		select id, home_id, name, replicated_from_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, home_id uuid, name text, replicated_from_id uuid)`.execute(
		tx
	);
}

async function insertRegistrations(tx: Tx, entries: readonly Enrolled[]): Promise<void> {
	const rows = entries.map(({ held, importId }) => ({
		...rowOf(held),
		contents: held.contents,
		score: held.score,
		import_id: importId ?? null
	}));
	await sql`
		insert into registrations (id, home_id, model_id, previous_id, unit_id, year, level, kind, field, subject, novelty, state,
			name, name_key, place, note, registered_on, contents, score, import_id)
		select id, home_id, model_id, previous_id, unit_id, year, level, kind, field, subject, novelty, state,
			name, name_key, place, note, registered_on, contents, score, import_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, home_id uuid, model_id uuid, previous_id uuid,
			unit_id uuid, year int, level text, kind text, field text, subject text, novelty text, state text, name text,
			name_key text, place text, note text, registered_on date, contents jsonb, score numeric, import_id uuid)`.execute(tx);
}

/** Adds tags to registrations that have not got them. */
export async function insertTags(tx: Tx, tags: readonly { registration_id: string; tag: string }[]): Promise<void> {
	if (tags.length > 0)
		await tx
			.insertInto('registration_tags')
			.values([...tags])
			.execute();
}
