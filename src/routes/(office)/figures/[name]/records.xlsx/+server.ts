import { signedIn } from '#lib/accounts/guard.ts';
import { readQuestion } from '../question.server.ts';
import { recordsWorkbook } from './workbook.server.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params, url }) => {
	const actor = signedIn(locals);
	const asked = await readQuestion(locals.db, actor, { name: params.name, url });
	const bytes = await recordsWorkbook(locals.db, actor, asked);
	const name = `${params.name}-${asked.unit.code}-${asked.question.asOf}.xlsx`;
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`
		}
	});
};
