import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { ACTS, NOUNS } from '#lib/acts.ts';
import { askVerification, chainState, list } from '#lib/actions/audit.server.ts';
import { attempt } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { listUnder } from '#lib/units/unit.server.ts';
import { word } from '#lib/ui/word.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import { logHref, NARROWING, readFilter } from './filter.ts';
import { askedUnit, did, mayAudit, nameRecords } from './log.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	if (!mayAudit(actor)) throw problem('access.denied');
	const filter = readFilter(url, await askedUnit(db, actor, url));
	const [page, chain, under] = await Promise.all([
		list(db, actor, filter),
		chainState(db),
		Promise.all([...new Set(unitsWhere(actor, 'audit.read'))].map((unitId) => listUnder(db, unitId)))
	]);
	const records = await nameRecords(db, actor, page.rows);
	const verbs = [...new Set(Object.values(ACTS).flat())];
	return {
		filter: {
			...filter,
			unit: url.searchParams.get('unit') ?? '',
			from: url.searchParams.get('from'),
			to: url.searchParams.get('to')
		},
		narrowed: NARROWING.some((name) => url.searchParams.get(name)),
		rows: page.rows.map((row) => ({
			id: row.id,
			when: formatInstant(row.actedAt),
			who: row.actorName,
			what: did(row),
			record: records.get(row.recordId) ?? null,
			unit: row.unitName,
			reason: row.reason,
			sealed: row.sealed
		})),
		units: under.flat().map(({ code, name }) => ({ value: code, label: name })),
		nouns: NOUNS.map((noun) => ({ value: noun, label: word('audit_noun', noun) })),
		verbs: verbs
			.map((verb) => ({ value: verb, label: word('audit_verb', verb) }))
			.filter(({ value, label }) => value !== label),
		chain: {
			...chain,
			sealedUntil: chain.sealedUntil && formatInstant(chain.sealedUntil),
			verified: chain.verified && { ...chain.verified, at: formatInstant(chain.verified.at) }
		},
		pager: {
			previous: page.previous && logHref(url, { before: page.previous }),
			next: page.next && logHref(url, { after: page.next })
		},
		href: { csv: logHref(url, {}, '/audit/log.csv'), xlsx: logHref(url, {}, '/audit/log.xlsx') }
	};
};

export const actions: Actions = {
	verify: async ({ locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const done = await attempt(() => askVerification(db, actor));
		if ('asked' in done) redirect(303, '/audit');
		return done;
	}
};
