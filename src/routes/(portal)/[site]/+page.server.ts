import { redirect } from '@sveltejs/kit';
import { makeMemory } from '#lib/newsroom/memory.ts';
import { listLinks, type LinkGroup } from '#lib/newsroom/menu.server.ts';
import { publicFront, type Front } from '#lib/newsroom/front.server.ts';
import { articleHref } from '#lib/newsroom/portal-address.ts';
import { findMoved, isAddressedByQuery } from '#lib/newsroom/public.server.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import { COUNTS_KEPT_S, lineOf, mostReadOn, shortLineOf, viewsText } from '#lib/newsroom/public-page.server.ts';
import { inLanguage } from '#lib/newsroom/site.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { PageServerLoad } from './$types';

const NEWEST = 9;
const OF_SECTION = 4;
const LEAD_SIZES = '(max-width: 56rem) 100vw, 36rem';

const fronts = makeMemory<Front>(COUNTS_KEPT_S);
const directory = makeMemory<LinkGroup[]>(60);
const addressedByQuery = makeMemory<boolean>(60);

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { db } = locals;
	const { frame } = await parent();
	// "/?p=123": the short address that WordPress gave each article.
	const isOld =
		url.search !== '' &&
		(await addressedByQuery(locals.fresh, frame.siteId, () => isAddressedByQuery(db, frame.siteId)));
	const movedTo = isOld ? await findMoved(db, frame.siteId, `/${url.search}`) : null;
	if (movedTo !== null) redirect(301, articleHref(frame.base, movedTo));
	const [{ head, bySection }, groups, most] = await Promise.all([
		fronts(locals.fresh, frame.siteId, () => publicFront(db, frame.siteId, { head: NEWEST, ofSection: OF_SECTION })),
		directory(locals.fresh, frame.siteId, () => listLinks(db, frame.siteId)),
		mostReadOn(frame, locals)
	]);
	const [first, ...rest] = head;
	const locale = getLocale();
	return notSent({
		first: first ? lineOf(first, frame.base, { sizes: LEAD_SIZES, isLazy: false }) : null,
		firstViews: viewsText(first?.viewCount ?? 0),
		mostRead: most,
		firstCaption: first?.cover?.caption ?? null,
		newest: rest.map((row) => shortLineOf(row, frame.base)),
		sections: frame.sections.flatMap((section) => {
			const rows = bySection.get(section.id) ?? [];
			return rows.length > 0 ? [{ ...section, lines: rows.map((row) => shortLineOf(row, frame.base)) }] : [];
		}),
		groups: groups
			.filter(({ links }) => links.length > 0)
			.map(({ id, nameVi, nameEn, links }) => ({ id, name: inLanguage(locale, nameVi, nameEn), links }))
	});
};
