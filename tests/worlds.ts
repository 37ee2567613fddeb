import { sql } from 'kysely';
import { fillBloc } from '#lib/demo/load.ts';
import { establishProvince, registerProvince } from '#lib/demo/province.ts';
import { fillPlaces } from '#lib/places/import.server.ts';
import type { World } from './database.ts';

/** The bloc of Yên Bái 2023–2024: 133 and 182 models, 77 units. */
export const blocWorld: World = known({ name: 'bloc', fill: fillBloc });

/** The province of Kiên Giang 2018–2019: 15.073 registrations. */
export const provinceWorld: World = known({
	name: 'province',
	fill: async (db) => {
		await db.transaction().execute(async (tx) => registerProvince(tx, await establishProvince(tx)));
	}
});

/** The country's places, as a first start takes them in. */
export const placesWorld: World = known({ name: 'places', fill: async (db) => void (await fillPlaces(db)) });

/** The planner knows the world, as it does a minute after any list was written; a copy of the database takes that along. */
function known(world: World): World {
	return {
		name: world.name,
		fill: async (db) => {
			await world.fill(db);
			await sql`select refresh_statistics()`.execute(db);
		}
	};
}
