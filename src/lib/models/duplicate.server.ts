import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { isAlike, modelKey } from '#lib/import/model-names.ts';
import type { Db } from '#lib/server/db.ts';
import { visibleTo } from '#lib/units/authority.server.ts';
import { OWNED } from './narrow.server.ts';

export type Candidate = {
	id: string;
	name: string;
	year: number;
	level: string;
	state: string;
	registeredOn: string | null;
};

/**
 * Registrations of the same unit, this year or last, whose name is alike once tone marks and the phrase "tại xã …" are
 * taken out: a warning to look at, never a refusal. `exceptModelId`: the model itself, in whatever year.
 */
export async function findDuplicates(
	db: Db,
	actor: Actor,
	sought: { name: string; unitId: string; year: number; exceptModelId?: string }
): Promise<Candidate[]> {
	const { rows } = await sql<Candidate & { modelId: string }>`
		select r.id, r.model_id as "modelId", r.name, r.year, r.level, r.state, r.registered_on as "registeredOn"
		from registrations r
		where r.unit_id = ${sought.unitId}::uuid and r.year in (${sought.year}, ${sought.year - 1}) and r.state <> 'withdrawn'
			and ${visibleTo(actor, 'model.read', OWNED)}
		order by r.year desc, r.id`.execute(db);
	const key = modelKey(sought.name);
	return rows.filter((row) => row.modelId !== sought.exceptModelId && isAlike(modelKey(row.name), key));
}
