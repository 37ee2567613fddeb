import type { Kysely } from 'kysely';
import { z } from 'zod';
import { createCipher } from '#lib/accounts/cipher.server.ts';
import { sweep } from '#lib/accounts/session.server.ts';
import { seal } from '#lib/actions/chain.server.ts';
import { read } from '#lib/import/reading.server.ts';
import { sendLetter } from '#lib/mail/sending.server.ts';
import type { DB } from '#lib/server/db.ts';
import type { Handlers } from '#lib/server/jobs.ts';
import { readSecret, type Settings } from '#lib/server/settings.ts';

const One = z.strictObject({ id: z.uuid() });

/** Which noun carries out which job of the background. */
export function handlersOf(db: Kysely<DB>, settings: Settings): Handlers {
	const { open } = createCipher(readSecret(settings));
	return {
		'import.read': async (data) => read(db, settings.data, One.parse(data).id),
		'actions.seal': async () => {
			await seal(db);
		},
		'mail.send': async (data) => sendLetter(db, { id: One.parse(data).id, server: settings.mail, open }),
		'accounts.sweep': async () => {
			await sweep(db);
		}
	};
}
