import { listLinks } from '#lib/newsroom/menu.server.ts';
import { publicFront } from '#lib/newsroom/public.server.ts';
import { lineOf } from '#lib/newsroom/public-page.server.ts';
import { publicBySection } from '#lib/newsroom/section-fronts.server.ts';
import { inLanguage } from '#lib/newsroom/site.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { PageServerLoad } from './$types';

const NEWEST = 9;
const OF_SECTION = 4;
const LEAD_SIZES = '(max-width: 56rem) 100vw, 36rem';

export const load: PageServerLoad = async ({ locals: { db }, parent }) => {
	const { frame } = await parent();
	const [front, bySection, groups] = await Promise.all([
		publicFront(db, frame.siteId, NEWEST),
		publicBySection(db, frame.siteId, OF_SECTION),
		listLinks(db, frame.siteId)
	]);
	const [first, ...rest] = front;
	const locale = getLocale();
	return {
		first: first ? lineOf(first, frame.base, { sizes: LEAD_SIZES, isLazy: false }) : null,
		firstCaption: first?.cover?.caption ?? null,
		newest: rest.map((row) => lineOf(row, frame.base)),
		sections: frame.sections.flatMap((section) => {
			const rows = bySection.get(section.id) ?? [];
			return rows.length > 0 ? [{ ...section, lines: rows.map((row) => lineOf(row, frame.base)) }] : [];
		}),
		groups: groups
			.filter(({ links }) => links.length > 0)
			.map(({ id, nameVi, nameEn, links }) => ({ id, name: inLanguage(locale, nameVi, nameEn), links }))
	};
};
