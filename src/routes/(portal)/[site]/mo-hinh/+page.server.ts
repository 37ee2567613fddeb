import { listChoices, listPublic } from '#lib/models/public.server.ts';
import { FIELDS } from '#lib/models/model.ts';
import { publicIntroductions } from '#lib/newsroom/introduction.server.ts';
import { paged, PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import type { ListedPublic } from '#lib/newsroom/public.server.ts';
import { coverHtml, pageOf } from '#lib/newsroom/public-page.server.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import { problem } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const SEARCH_AT_MOST = 200;
const CARD_SIZES = '(max-width: 40rem) 100vw, 20rem';

/** The newest of the articles about a model that has a picture. */
function pictureOf(articles: readonly ListedPublic[] = []): string {
	const cover = articles.find((each) => each.cover)?.cover;
	return cover ? coverHtml(cover, { sizes: CARD_SIZES, isLazy: true }) : '';
}

export const load: PageServerLoad = async ({ locals: { db }, url, parent }) => {
	const { frame } = await parent();
	const asked = url.searchParams;
	const { years, units } = await listChoices(db, frame.unitId);
	const chosen = {
		field: FIELDS.find((each) => each === asked.get('field')) ?? null,
		year: years.find((each) => String(each) === asked.get('year')) ?? null,
		unit: units.find(({ code }) => code === asked.get('unit'))?.code ?? null,
		search: (asked.get('q') ?? '').slice(0, SEARCH_AT_MOST).trim()
	};
	const page = pageOf(url);
	const { rows, total, pages } = await listPublic(db, { unitId: frame.unitId, ...chosen }, page);
	if (page > pages) throw problem('input.not_found');
	const ids = rows.map(({ id }) => id);
	const told = await publicIntroductions(db, frame.siteId, ids);
	const wanted = [1, page - 2, page - 1, page, page + 1, page + 2, pages];
	const path = `/${PAGE_PATHS.register}`;
	const hrefs = new Map(wanted.map((each) => [each, paged(url, frame.base, { path, page: each })]));
	return notSent({
		chosen,
		years,
		units,
		fields: FIELDS,
		rows: rows.map((row) => ({ ...row, picture: pictureOf(told.get(row.id)) })),
		list: { total, page, pages },
		hrefs
	});
};
