import { json } from '@sveltejs/kit';
import { offerPass } from '#lib/comments/receive.server.ts';
import { doorOf } from '../../../comments.server.ts';
import type { RequestHandler } from './$types';

/** What a page's script works on before it sends: pages are kept for everybody, so none has a pass of its own. */
export const POST: RequestHandler = async (event) => {
	const commentId = event.url.searchParams.get('comment')?.slice(0, 40);
	const { pass, bits } = await offerPass(event.locals.db, { ...doorOf(event), kind: 'work', commentId });
	return json({ pass, bits });
};
