import { listChoices, listPublic } from '#lib/models/public.server.ts';
import { FIELDS } from '#lib/models/model.ts';
import { paged, PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import { pageOf } from '#lib/newsroom/public-page.server.ts';
import { problem } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const SEARCH_AT_MOST = 200;

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
	const wanted = [1, page - 2, page - 1, page, page + 1, page + 2, pages];
	const path = `/${PAGE_PATHS.register}`;
	const hrefs = new Map(wanted.map((each) => [each, paged(url, frame.base, { path, page: each })]));
	return { chosen, years, units, fields: FIELDS, rows, list: { total, page, pages }, hrefs };
};
