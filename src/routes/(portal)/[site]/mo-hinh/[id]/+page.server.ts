import { findPublic } from '#lib/models/public.server.ts';
import { publicIntroductions } from '#lib/newsroom/introduction.server.ts';
import { coverHtml, lineOf, sharedPicture } from '#lib/newsroom/public-page.server.ts';
import { TEXT_SIZES } from '#lib/newsroom/render.ts';
import { problem } from '#lib/server/problem.ts';
import { m } from '#lib/paraglide/messages.js';
import { pageHref, qrHref } from '#lib/newsroom/portal-address.ts';
import type { PageServerLoad } from './$types';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const load: PageServerLoad = async ({ locals: { db }, params, parent }) => {
	const { frame } = await parent();
	const model = UUID.test(params.id) ? await findPublic(db, { unitId: frame.unitId, id: params.id }) : null;
	if (!model) throw problem('input.not_found');
	const path = `${pageHref('', 'register')}/${model.id}`;
	const own = frame.root + path;
	const articles = (await publicIntroductions(db, frame.siteId, [model.id])).get(model.id) ?? [];
	const cover = articles.find((each) => each.cover)?.cover ?? null;
	return {
		model,
		own,
		qr: qrHref(frame.base, path),
		lead: articles[0]?.lead ?? '',
		photo: cover && {
			html: coverHtml(cover, { sizes: TEXT_SIZES, isLazy: false }),
			caption: cover.caption,
			credit: cover.credit && m.article_credit({ name: cover.credit })
		},
		sharePicture: cover && { ...sharedPicture(cover, frame), alt: cover.alt },
		articles: articles.map((row) => lineOf(row, frame.base))
	};
};
