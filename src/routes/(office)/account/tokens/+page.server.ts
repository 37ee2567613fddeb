import { z } from 'zod';
import { unitsWhere } from '#lib/accounts/actor.ts';
import { mustProveAgain, proveAgain } from '#lib/accounts/again.server.ts';
import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import { TokenForm } from '#lib/accounts/token.schema.ts';
import * as tokens from '#lib/accounts/token.server.ts';
import { SCOPES } from '#lib/accounts/token.ts';
import { today } from '#lib/server/clock.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { listOwn, listPage } from '#lib/units/unit.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { word } from '#lib/ui/word.ts';
import { lineOf } from '../../../token-line.ts';
import { revokeToken } from '../../../token-revocation.server.ts';
import type { Actions, PageServerLoad } from './$types';

/** Offices have some hundred units under them; whoever has more names the unit by a role nearer to it. */
const UNITS_OFFERED = 500;
const USUAL_DAYS = 90;

export const load: PageServerLoad = async ({ locals }) => {
	const { db } = locals;
	const actor = signedIn(locals);
	const own = await listOwn(db, actor);
	const ids = own.map((unit) => unit.id);
	const units = await listPage(db, ids, { limit: UNITS_OFFERED });
	return {
		again: mustProveAgain(signedInSession(locals)),
		tokens: (await tokens.listOwn(db, actor)).map(lineOf),
		units: units.map(({ id, code, name }) => ({ value: id, label: `${name} (${code})` })),
		unitId: ids[0] ?? '',
		scopes: SCOPES.filter((scope) => unitsWhere(actor, scope).length > 0).map((scope) => ({
			value: scope,
			label: word('scope', scope)
		})),
		lastDay: formatDay(dayPlus(today(), USUAL_DAYS))
	};
};

const NewTokenForm = TokenForm.extend({ password: z.string().max(256).default('') });

export const actions: Actions = {
	create: async ({ locals, request, setHeaders }) => {
		const { db } = locals;
		const actor = signedIn(locals);
		const session = signedInSession(locals);
		const data = await request.formData();
		const read = parse(data, NewTokenForm);
		if (!read.ok) return read.failure;
		const { lastDay, password, ...wanted } = read.value;
		// Answered on this very page and never again; no cache may keep it.
		setHeaders({ 'cache-control': 'private, no-store' });
		const run = async () => {
			await proveAgain(db, actor, { session, password });
			const { secret } = await tokens.create(db, actor, { ...wanted, expiresOn: dayPlus(lastDay, 1) });
			return { made: { name: wanted.name, secret } };
		};
		return attempt(run, fields(data));
	},
	revoke: revokeToken
};
