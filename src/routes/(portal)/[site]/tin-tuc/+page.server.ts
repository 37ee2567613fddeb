import { PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import { mostReadOn } from '#lib/newsroom/public-page.server.ts';
import { readList } from '../list.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { db } = locals;
	const { frame } = await parent();
	const filter = { siteId: frame.siteId };
	return {
		mostRead: await mostReadOn(frame, locals),
		list: await readList(db, { url, base: frame.base, path: `/${PAGE_PATHS.news}`, filter })
	};
};
