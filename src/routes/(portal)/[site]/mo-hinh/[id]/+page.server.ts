import { findPublic } from '#lib/models/public.server.ts';
import { problem } from '#lib/server/problem.ts';
import { qrCode } from '#lib/ui/qr-code.ts';
import { pageHref } from '#lib/newsroom/portal-address.ts';
import type { PageServerLoad } from './$types';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const load: PageServerLoad = async ({ locals: { db }, params, parent }) => {
	const { frame } = await parent();
	const model = UUID.test(params.id) ? await findPublic(db, { unitId: frame.unitId, id: params.id }) : null;
	if (!model) throw problem('input.not_found');
	const own = `${frame.root}${pageHref('', 'register')}/${model.id}`;
	return { model, own, qr: qrCode(own) };
};
