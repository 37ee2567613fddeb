import { languageOf } from '#lib/api/headers.ts';
import { describeApi } from '#lib/api/openapi.ts';
import { OPERATIONS } from '#lib/api/operations.ts';
import { inLanguage } from '#lib/api/language.server.ts';
import type { RequestHandler } from './$types';

/** The description for machines; it is no secret, the records are. */
export const GET: RequestHandler = ({ request }) => {
	const locale = languageOf(request.headers.get('accept-language'));
	return inLanguage(locale, async () =>
		Response.json(describeApi(OPERATIONS), {
			headers: { 'cache-control': 'public, max-age=300', 'content-language': locale, vary: 'accept-language' }
		})
	);
};
