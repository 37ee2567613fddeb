import type { Kysely } from 'kysely';
import type { DB } from '#lib/server/db.ts';

/** An account of the demonstration world, with whom it stands for. */
export type DemonstrationAccount = { who: string; email: string; password: string };

/** Loads the demonstration world into an empty database; leaves a loaded one as it is. Answers its accounts. */
export async function loadDemonstration(_db: Kysely<DB>): Promise<readonly DemonstrationAccount[]> {
	return [];
}
