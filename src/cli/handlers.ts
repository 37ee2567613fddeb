import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { sweepRates } from '#lib/comments/rate.server.ts';
import { COUNTED_BY_UNIT } from '#lib/catalogue.ts';
import { createCipher } from '#lib/accounts/cipher.server.ts';
import { sweep } from '#lib/accounts/session.server.ts';
import { read } from '#lib/import/reading.server.ts';
import { carryOut } from '#lib/import/reorganising.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { gatherCounts } from '#lib/models/count.server.ts';
import { sendLetter } from '#lib/mail/sending.server.ts';
import { checkLinks } from '#lib/newsroom/link-check.server.ts';
import { drawPicture } from '#lib/newsroom/picture.server.ts';
import { appear } from '#lib/newsroom/publication.server.ts';
import { sealAndAnchor, verifyAnchored } from '#lib/actions/anchor.server.ts';
import { recordVerification } from '#lib/actions/audit.server.ts';
import { carryOutRetention } from '#lib/privacy/retention.server.ts';
import type { DB } from '#lib/server/db.ts';
import type { Handlers } from '#lib/server/jobs.ts';
import { readSecret, type Settings } from '#lib/server/settings.ts';

const One = z.strictObject({ id: z.uuid() });
/** Every site's where none is named. */
const OfSite = z.strictObject({ siteId: z.uuid().optional() });

/** Which noun carries out which job of the background. */
export function handlersOf(db: Kysely<DB>, settings: Settings): Handlers {
	const { open } = createCipher(readSecret(settings));
	return {
		'import.read': async (data) => read(db, settings.data, One.parse(data).id),
		'units.reorganise': async (data) => carryOut(db, settings.data, One.parse(data).id),
		'newsroom.appear': async (data) => appear(db, One.parse(data).id),
		'newsroom.draw': async (data) => drawPicture(db, settings.data, One.parse(data).id),
		'newsroom.check_links': async (data) => {
			await checkLinks(db, OfSite.parse(data));
		},
		'mail.send': async (data) => sendLetter(db, { id: One.parse(data).id, server: settings.mail, open }),
		'accounts.sweep': async () => {
			await sweep(db);
			await sweepRates(db);
		},
		'database.statistics': async () => void (await sql`select refresh_statistics()`.execute(db)),
		'actions.seal': async () => sealAndAnchor(db, settings.data),
		'ledger.fold': async () => {
			await fold(db, COUNTED_BY_UNIT);
			await gatherCounts(db);
		},
		'audit.verify': async () => recordVerification(db, 'Khéo', await verifyAnchored(db, settings.data)),
		'privacy.retention': async () => void (await carryOutRetention(db, settings.data))
	};
}
