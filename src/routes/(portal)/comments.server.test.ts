import { readFileSync } from 'node:fs';
import { isActionFailure, isRedirect } from '@sveltejs/kit';
import { expect } from 'vitest';
import { z } from 'zod';
import { site as installation } from '#lib/accounts/people.sample.ts';
import { discussed, SLUG, solve } from '#lib/comments/comments.sample.ts';
import { list } from '#lib/comments/list.server.ts';
import { accept } from '#lib/comments/moderation.server.ts';
import { Problem } from '#lib/server/problem.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import * as layout from './[site]/+layout.server.ts';
import * as article from './[site]/[...address]/+page.server.ts';
import * as comments from './[site]/binh-luan/[article]/+page.server.ts';
import * as check from './[site]/binh-luan/[article]/kiem-tra/+server.ts';
import * as own from './[site]/binh-luan/[article]/[comment]/rut/[secret]/+page.server.ts';
import * as report from './[site]/binh-luan/[article]/[comment]/+page.server.ts';

type Asked = { path?: string; params?: Record<string, string>; form?: Record<string, string>; route?: string };
const Check = z.object({ check: z.object({ pass: z.string() }) });
const Sent = z.object({ withdrawal: z.string() });
const Work = z.object({ pass: z.string(), bits: z.number() });
const COMMENTS = '/(portal)/[site]/binh-luan/[article]';
const WITHDRAWAL = `${COMMENTS}/[comment]/rut/[secret]`;
let networks = 0;

/** Calls a load, an action or an endpoint as SvelteKit would; answers what a reader is given, with the headers of a page. */
async function ask(db: Db, part: unknown, { path = '', params, form, route = COMMENTS }: Asked) {
	if (typeof part !== 'function') throw new Error('there is no such part');
	const url = new URL(`http://kheo.test/khoi/binh-luan/${SLUG}${path}`);
	const body = new FormData();
	for (const [name, value] of Object.entries(form ?? {})) body.append(name, value);
	const headers: Record<string, string> = {};
	networks += 1;
	const event = {
		locals: { db, site: installation, session: null },
		params: { site: 'khoi', article: SLUG, address: SLUG, ...params },
		url,
		request: new Request(url, form ? { method: 'POST', body } : {}),
		route: { id: route },
		cookies: { get: () => undefined },
		getClientAddress: () => `10.9.0.${networks}`,
		setHeaders: (set: Record<string, string>) => Object.assign(headers, set)
	};
	const parent = () => Reflect.apply(layout.load, undefined, [event]);
	try {
		const answer: unknown = await Reflect.apply(part, undefined, [{ ...event, parent }]);
		if (answer instanceof Response) return { answer: await answer.json(), headers };
		return {
			answer: isActionFailure(answer) ? { status: answer.status, ...z.looseObject({}).parse(answer.data) } : answer,
			headers
		};
	} catch (error) {
		if (isRedirect(error)) return { answer: error.location, headers };
		if (error instanceof Problem) return { answer: error.code, headers };
		throw error;
	}
}

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{@html x}`;
const NAME = '<b onclick=alert(1)>Hoa';
const typed = { name: NAME, text: HOSTILE, consent: 'on', website: '', pass: '', solution: '' };
const send = comments.actions['default'];

test('mistakes come back with what was typed; the trap is told in words', async ({ db }) => {
	await discussed(db);
	const { answer } = await ask(db, send, { form: { ...typed, consent: '', website: 'x', text: '\u202ex' } });
	expect(answer).toMatchObject({
		status: 400,
		issues: { consent: 'field_consent_needed', website: 'field_trap', text: 'field_signs_refused' },
		values: { name: NAME }
	});
	expect((await ask(db, comments.load, { params: { article: 'khong-co' } })).answer).toBe('input.not_found');
	const nobody = { comment: 'khong-phai-ma' };
	expect((await ask(db, report.load, { params: nobody })).answer).toBe('input.not_found');
	expect((await ask(db, report.actions['default'], { params: nobody, form: { reason: 'other' } })).answer).toBe(
		'input.not_found'
	);
});

test('without script it is read once more and waits; with script it is there at once; shown it is text', async ({
	db
}) => {
	const world = await discussed(db);
	const first = Check.parse((await ask(db, send, { form: typed })).answer);
	const { pass } = first.check;
	expect((await ask(db, send, { form: { ...typed, pass } })).answer).toMatchObject({
		check: { pass },
		values: { text: HOSTILE }
	});
	const work = Work.parse((await ask(db, check.POST, { form: {} })).answer);
	const proof = { pass: work.pass, solution: solve(work.pass, work.bits) };
	const { withdrawal } = Sent.parse((await ask(db, send, { form: { ...typed, ...proof } })).answer);
	expect(withdrawal).toMatch(new RegExp(`^http://kheo.test/khoi/binh-luan/${SLUG}/[0-9a-f-]{36}/rut/[\\w-]{32}$`));
	const before = await ask(db, article.load, {});
	expect(JSON.stringify(before.answer)).not.toContain('onclick');
	const waiting = await list(db, world.editor, { unitId: world.top, view: 'waiting' });
	const ids = waiting.rows.map(({ id }) => id);
	await accept(db, world.editor, { ids });
	const shown = { comments: { shown: [{ name: NAME, body: HOSTILE }], total: 1 } };
	expect((await ask(db, article.load, {})).answer).toMatchObject(shown);
	const page = await ask(db, comments.load, {});
	expect(page.answer).toMatchObject(shown);
	expect(page.headers).toHaveProperty('surrogate-key');
	const [id = ''] = ids;
	expect((await ask(db, report.load, { params: { comment: id } })).answer).toMatchObject({
		comment: { body: HOSTILE }
	});
	const reported = await ask(db, report.actions['default'], { params: { comment: id }, form: { reason: 'insult' } });
	expect(reported.answer).toMatchObject({ check: { pass: expect.any(String) } });
});

test('who sent it takes it back on a page that nobody keeps', async ({ db }) => {
	await discussed(db);
	const work = Work.parse((await ask(db, check.POST, { form: {} })).answer);
	const proof = { pass: work.pass, solution: solve(work.pass, work.bits) };
	const { withdrawal } = Sent.parse((await ask(db, send, { form: { ...typed, ...proof } })).answer);
	const [, comment = '', , secret = ''] = withdrawal.split(SLUG)[1]?.split('/') ?? [];
	const params = { comment, secret };
	const page = await ask(db, own.load, { params, route: WITHDRAWAL });
	expect(page.answer).toMatchObject({ own: { name: NAME, body: HOSTILE, isWithdrawn: false } });
	expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
	expect(page.headers).not.toHaveProperty('surrogate-key');
	for (const wrong of [
		{ ...params, secret: 'x' },
		{ ...params, comment: 'khong-phai-ma' }
	])
		for (const part of [own.load, own.actions['default']])
			expect((await ask(db, part, { params: wrong, route: WITHDRAWAL })).answer).toBe('input.not_found');
	expect((await ask(db, own.actions['default'], { params, form: {} })).answer).toEqual({ isDone: true });
	expect((await ask(db, own.load, { params, route: WITHDRAWAL })).answer).toMatchObject({ own: { isWithdrawn: true } });
});

test('comments are shown by components that make no markup of them', () => {
	for (const file of [
		'Comments.svelte',
		'CommentForm.svelte',
		'binh-luan/[article]/[comment]/+page.svelte',
		'binh-luan/[article]/[comment]/rut/[secret]/+page.svelte'
	])
		expect(readFileSync(`src/routes/(portal)/[site]/${file}`, 'utf8')).not.toContain('{@html');
});

test('the answer to a form is not kept for others', async ({ db }) => {
	await discussed(db);
	const { headers } = await ask(db, layout.load, { form: typed });
	expect(headers).toEqual({});
});
