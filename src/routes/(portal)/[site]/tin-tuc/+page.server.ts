import { PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import { readList } from '../list.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, url, parent }) => {
	const { frame } = await parent();
	const filter = { siteId: frame.siteId };
	return { list: await readList(db, { url, base: frame.base, path: `/${PAGE_PATHS.news}`, filter }) };
};
