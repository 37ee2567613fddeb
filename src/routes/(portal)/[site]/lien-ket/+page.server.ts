import { listLinks } from '#lib/newsroom/menu.server.ts';
import { inLanguage } from '#lib/newsroom/site.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, parent }) => {
	const { frame } = await parent();
	const groups = await listLinks(db, frame.siteId);
	const named = groups.map(({ id, nameVi, nameEn, links }) => ({
		id,
		name: inLanguage(getLocale(), nameVi, nameEn),
		links
	}));
	return { groups: named.filter(({ links }) => links.length > 0) };
};
