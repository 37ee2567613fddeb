import { sectionHref } from '#lib/newsroom/portal-address.ts';
import { mostReadOn } from '#lib/newsroom/public-page.server.ts';
import { inLanguage } from '#lib/newsroom/site.ts';
import { listSections } from '#lib/newsroom/site.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { problem } from '#lib/server/problem.ts';
import { readList } from '../../list.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, parent }) => {
	const { db } = locals;
	const { frame } = await parent();
	// One that is closed keeps its articles and its address.
	const section = (await listSections(db, frame.siteId)).find(({ slug }) => slug === params.section);
	if (!section) throw problem('input.not_found');
	const filter = { siteId: frame.siteId, sectionId: section.id };
	return {
		name: inLanguage(getLocale(), section.nameVi, section.nameEn),
		slug: section.slug,
		mostRead: await mostReadOn(frame, locals),
		list: await readList(db, { url, base: frame.base, path: sectionHref('', section.slug), filter })
	};
};
