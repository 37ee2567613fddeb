import { listYears } from '#lib/newsroom/archive.server.ts';
import { PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import { readList } from '../list.server.ts';
import type { PageServerLoad } from './$types';

const SEARCH_AT_MOST = 200;

export const load: PageServerLoad = async ({ locals: { db }, url, parent }) => {
	const { frame } = await parent();
	const { siteId, base } = frame;
	const search = (url.searchParams.get('q') ?? '').slice(0, SEARCH_AT_MOST).trim();
	const section = frame.sections.find(({ slug }) => slug === url.searchParams.get('section'));
	const years = await listYears(db, siteId);
	const year = years.find((each) => String(each) === url.searchParams.get('year'));
	const filter = {
		siteId,
		search,
		sectionId: section?.id ?? null,
		...(year && { from: `${year}-01-01`, to: `${year}-12-31` })
	};
	const isAsked = search !== '';
	return {
		search,
		section: section?.slug ?? '',
		year: year ?? null,
		years,
		list: isAsked ? await readList(db, { url, base, path: `/${PAGE_PATHS.search}`, filter }) : null
	};
};
