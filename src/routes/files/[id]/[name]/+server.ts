import { Id } from '#lib/newsroom/article.schema.ts';
import { openFile } from '#lib/newsroom/file.server.ts';
import { problem } from '#lib/server/problem.ts';
import { savedFile } from '#lib/server/saved-file.ts';
import { readSettings } from '#lib/server/settings.ts';
import type { RequestHandler } from './$types';

/** A file of an article: to everybody where a public text gives it, else to its newsroom. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const id = Id.safeParse(params.id);
	if (!id.success) throw problem('file.not_found');
	return savedFile(await openFile(locals.db, locals.actor ?? null, { id: id.data, data: readSettings().data }));
};
