import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { listUnder } from '#lib/units/unit.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import type { ExistingRegistration } from './appraise.ts';

/** What a list is compared with. `day`: on which the office's units are taken. */
export type Books = { day: string; units: Unit[]; existing: ExistingRegistration[] };

/** The units at and under an office at the end of the list's year, with their registrations of that year and the one before. */
export async function openBooks(db: Db, unitId: string, year: number): Promise<Books> {
	const endOfYear = `${year}-12-31`;
	const day = endOfYear < today() ? endOfYear : today();
	const units = await listUnder(db, unitId, day);
	const { rows } = await sql<ExistingRegistration>`
		select r.model_id as "modelId", r.id as "registrationId", r.name, r.unit_id as "unitId", r.year, r.level, r.place
		from registrations r
		where r.unit_id = any(${units.map((unit) => unit.id)}::uuid[]) and r.year between ${year - 1} and ${year}
			and r.state <> 'withdrawn'
		order by r.id`.execute(db);
	return { day, units, existing: rows };
}
