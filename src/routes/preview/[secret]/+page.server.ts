import { operator } from '#lib/accounts/actor.ts';
import { readPreview } from '#lib/newsroom/preview.server.ts';
import { showText } from '#lib/newsroom/shown.server.ts';
import type { PageServerLoad } from './$types';

/** For who has the link and no account. Whoever made it may see the figures, and they are in the text that is sent. */
export const load: PageServerLoad = async ({ locals: { db }, params, setHeaders }) => {
	const { unitId, text } = await readPreview(db, params.secret);
	setHeaders({ 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'no-referrer' });
	const { body: _body, coverId: _coverId, ...said } = text;
	return { text: said, html: await showText(db, operator('Khéo'), { unitId, text, secret: params.secret }) };
};
