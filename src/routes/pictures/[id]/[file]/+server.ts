import { Id } from '#lib/newsroom/article.schema.ts';
import { openPicture } from '#lib/newsroom/picture.server.ts';
import { readPictureAddress } from '#lib/newsroom/picture.ts';
import { showsPicture } from '#lib/newsroom/preview.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** A picture in one width and format: to everybody where it is public, else to its newsroom and who has a preview link. */
export const GET: RequestHandler = async ({ locals, params, url, setHeaders }) => {
	const asked = readPictureAddress(params.file);
	const id = Id.safeParse(params.id);
	if (!asked || !id.success) throw problem('picture.not_found', { id: params.id });
	const secret = url.searchParams.get('preview');
	const isShown = secret !== null && (await showsPicture(locals.db, secret, id.data));
	const actor = isShown ? operator('Khéo') : (locals.actor ?? null);
	const { bytes, isPublic } = await openPicture(locals.db, actor, { id: id.data, ...asked, data: readSettings().data });
	setHeaders({
		'content-type': `image/${asked.format}`,
		'content-length': String(bytes.byteLength),
		// What is drawn never changes under its address; what is withdrawn is gone from caches within the hour.
		'cache-control': isPublic ? 'public, max-age=3600' : 'private, max-age=300'
	});
	return new Response(bytes);
};
