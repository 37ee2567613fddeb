import { signedIn } from '#lib/accounts/guard.ts';
import { download } from '#lib/models/attachment.server.ts';
import { Id } from '#lib/models/model.schema.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { recordId } from '../../../record.ts';
import type { RequestHandler } from './$types';

/** One attachment, to be saved and never shown in place: it is not ours. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const fileId = Id.safeParse(params.file);
	if (!fileId.success) throw problem('file.not_found');
	const file = await download(db, actor, { id: recordId(params.id), fileId: fileId.data, data: readSettings().data });
	return new Response(file.bytes, {
		headers: {
			'content-type': file.mediaType,
			'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, escaped)}`,
			'x-content-type-options': 'nosniff',
			'content-security-policy': "sandbox; default-src 'none'"
		}
	});
};

/** What `encodeURIComponent` leaves and RFC 8187 does not allow. */
function escaped(character: string): string {
	return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
