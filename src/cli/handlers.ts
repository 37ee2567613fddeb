import type { Kysely } from 'kysely';
import { seal } from '#lib/actions/chain.server.ts';
import type { DB } from '#lib/server/db.ts';
import type { Handlers } from '#lib/server/jobs.ts';
import type { Settings } from '#lib/server/settings.ts';

/** Which noun carries out which job of the background. */
export function handlersOf(db: Kysely<DB>, _settings: Settings): Handlers {
	return {
		'import.read': () => Promise.reject(new Error('no list is read yet')),
		'actions.seal': async () => {
			await seal(db);
		}
	};
}
