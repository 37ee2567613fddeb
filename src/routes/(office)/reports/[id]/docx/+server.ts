import { docxOf } from '#lib/reports/paper.server.ts';
import { open } from '../report-page.server.ts';
import type { RequestHandler } from './$types';

const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The report as a file: with its frozen figures, or marked as a draft with those of this moment. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { db, actor, report } = await open(locals, params);
	const { name, bytes } = await docxOf(db, actor, report);
	return new Response(new Uint8Array(bytes), {
		headers: { 'content-type': TYPE, 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }
	});
};
