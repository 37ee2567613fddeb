import { signedIn } from '#lib/accounts/guard.ts';
import { download } from '#lib/models/attachment.server.ts';
import { Id } from '#lib/models/model.schema.ts';
import { problem } from '#lib/server/problem.ts';
import { savedFile } from '#lib/server/saved-file.ts';
import { readSettings } from '#lib/server/settings.ts';
import { recordId } from '../../../record.ts';
import type { RequestHandler } from './$types';

/** One attachment of a registration. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const fileId = Id.safeParse(params.file);
	if (!fileId.success) throw problem('file.not_found');
	const file = await download(db, actor, { id: recordId(params.id), fileId: fileId.data, data: readSettings().data });
	return savedFile(file);
};
