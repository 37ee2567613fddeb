import { signedIn } from '#lib/accounts/guard.ts';
import { take } from '#lib/privacy/own-data.server.ts';
import type { RequestHandler } from './$types';

/** A POST: that the data were taken is written into the log. */
export const POST: RequestHandler = async ({ locals: { db, ...locals } }) =>
	new Response(await take(db, signedIn(locals)), {
		headers: {
			'content-type': 'application/zip',
			'content-disposition': 'attachment; filename="du-lieu-cua-toi.zip"'
		}
	});
