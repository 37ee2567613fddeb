import type { Kysely } from 'kysely';
import { z } from 'zod';
import { seal } from '#lib/actions/chain.server.ts';
import { read } from '#lib/import/reading.server.ts';
import type { DB } from '#lib/server/db.ts';
import type { Handlers } from '#lib/server/jobs.ts';
import type { Settings } from '#lib/server/settings.ts';

const ImportReading = z.strictObject({ id: z.uuid() });

/** Which noun carries out which job of the background. */
export function handlersOf(db: Kysely<DB>, settings: Settings): Handlers {
	return {
		'import.read': async (data) => read(db, settings.data, ImportReading.parse(data).id),
		'actions.seal': async () => {
			await seal(db);
		}
	};
}
