import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { REASONS } from '#lib/comments/comment.ts';
import { AcceptForm, RefuseForm, RepliesForm } from '#lib/comments/comment.schema.ts';
import { countWork, list, VIEWS } from '#lib/comments/list.server.ts';
import * as moderation from '#lib/comments/moderation.server.ts';
import type { Decided } from '#lib/comments/moderation.server.ts';
import { Id } from '#lib/newsroom/article.schema.ts';
import { listSites } from '#lib/newsroom/site.server.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { chosenOrClosed } from '#lib/units/chosen.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const KEPT = ['unit', 'site', 'view'] as const;

/** Where this list is, narrowed as the address says, with these changes. */
function hrefOf(url: URL, changes: Record<string, string> = {}): string {
	const search = new URLSearchParams();
	for (const name of KEPT) if (url.searchParams.get(name)) search.set(name, url.searchParams.get(name) ?? '');
	for (const [name, value] of Object.entries(changes)) {
		search.delete(name);
		if (value) search.set(name, value);
	}
	return `/newsroom/comments${search.size > 0 ? `?${search}` : ''}`;
}

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenOrClosed(db, actor, url);
	const asked = (name: string) => url.searchParams.get(name) ?? '';
	const filter = {
		unitId: unit.id,
		siteId: Id.safeParse(asked('site')).success ? asked('site') : null,
		view: VIEWS.find((view) => view === asked('view')) ?? 'waiting',
		after: asked('after') || null
	};
	const [page, work, sites] = await Promise.all([
		list(db, actor, filter),
		countWork(db, actor, filter),
		listSites(db, actor, 'newsroom.moderate')
	]);
	const number = (name: string) => Math.max(0, Math.floor(Number(asked(name)) || 0));
	return {
		unit,
		view: filter.view,
		siteId: filter.siteId,
		rows: page.rows,
		work,
		tabs: VIEWS.map((view) => ({
			view,
			count: view === 'waiting' || view === 'reported' ? work[view] : null,
			href: hrefOf(url, { view: view === 'waiting' ? '' : view }),
			current: view === filter.view
		})),
		reportedHref: hrefOf(url, { view: 'reported' }),
		kept: hrefOf(url).split('?')[1] ?? '',
		next: page.next && hrefOf(url, { after: page.next }),
		first: filter.after && hrefOf(url),
		sites: sites.map(({ id: value, nameVi }) => ({ value, label: nameVi })),
		reasons: REASONS,
		done: number('done'),
		passed: number('passed')
	};
};

/** The ticked ones, decided together; back to the list, which tells how many. */
function deciding<S extends z.ZodType<{ ids: string[] }>>(
	form: S,
	run: (db: Db, actor: Actor, given: z.output<S>) => Promise<Decided>
) {
	return async ({ request, locals: { db, ...locals }, url }: RequestEvent) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, form);
		if (!read.ok) return read.failure;
		const decided = await attempt(() => run(db, actor, read.value), fields(data));
		if ('status' in decided) return decided;
		redirect(303, hrefOf(url, { done: String(decided.done), passed: String(decided.passed || '') }));
	};
}

export const actions: Actions = {
	accept: deciding(AcceptForm, moderation.accept),
	refuse: deciding(RefuseForm, moderation.refuse),
	restore: deciding(AcceptForm, moderation.restore),
	keep: deciding(AcceptForm, moderation.keep),
	reply: deciding(RepliesForm, moderation.reply)
};
