import { signedIn } from '#lib/accounts/guard.ts';
import { STATES } from '#lib/newsroom/article.ts';
import { countWork } from '#lib/comments/list.server.ts';
import { Id } from '#lib/newsroom/article.schema.ts';
import { countByState, list } from '#lib/newsroom/list.server.ts';
import { listProposed } from '#lib/newsroom/placement.server.ts';
import { rightsOn } from '#lib/newsroom/rights.server.ts';
import { listSections, listSites } from '#lib/newsroom/site.server.ts';
import { may } from '#lib/units/authority.server.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const asked = (name: string) => (url.searchParams.get(name) ?? '').trim().slice(0, 200);
	const id = (name: string) => (Id.safeParse(asked(name)).success ? asked(name) : null);
	const filter = {
		unitId: unit.id,
		siteId: id('site'),
		sectionId: id('section'),
		state: STATES.find((state) => state === asked('state')) ?? null,
		search: asked('q'),
		after: asked('after') || null
	};
	const [page, counts, sites, proposed, rights, comments, moderates] = await Promise.all([
		list(db, actor, filter),
		countByState(db, actor, filter),
		listSites(db, actor),
		listProposed(db, actor),
		rightsOn(db, actor, unit.id),
		countWork(db, actor, { unitId: unit.id }),
		may(db, actor, 'newsroom.moderate', unit.id)
	]);
	const sections =
		filter.siteId && sites.some((site) => site.id === filter.siteId) ? await listSections(db, filter.siteId) : [];
	const href = (changes: Record<string, string>) => {
		const search = new URLSearchParams(url.searchParams);
		search.delete('after');
		for (const [name, value] of Object.entries(changes)) {
			search.delete(name);
			if (value) search.set(name, value);
		}
		return `/newsroom${search.size > 0 ? `?${search}` : ''}`;
	};
	const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
	return {
		unit,
		filter,
		rows: page.rows,
		tabs: [
			{ state: '', count: total, href: href({ state: '' }), current: filter.state === null },
			...[...counts].map(([state, count]) => ({ state, count, href: href({ state }), current: filter.state === state }))
		],
		next: page.next && href({ after: page.next }),
		first: filter.after && href({}),
		sites: sites.map(({ id: value, nameVi }) => ({ value, label: nameVi })),
		sections: sections.map(({ id: value, nameVi }) => ({ value, label: nameVi })),
		proposed,
		rights,
		comments: moderates ? comments : null,
		isNarrowed: ['q', 'site', 'section'].some((name) => asked(name) !== '')
	};
};
