import { signedIn } from '#lib/accounts/guard.ts';
import { Id } from '#lib/models/model.schema.ts';
import { problem } from '#lib/server/problem.ts';
import { savedFile } from '#lib/server/saved-file.ts';
import { readSettings } from '#lib/server/settings.ts';
import { downloadDocument } from '#lib/units/document.server.ts';
import type { RequestHandler } from './$types';

/** The document of an event's decision. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const id = Id.safeParse(params.id);
	if (!id.success) throw problem('file.not_found');
	return savedFile(await downloadDocument(db, actor, { eventId: id.data, data: readSettings().data }));
};
