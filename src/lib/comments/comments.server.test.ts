import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { setCommentsOpen } from '#lib/newsroom/article.server.ts';
import { withdraw } from '#lib/newsroom/publication.server.ts';
import { siteForm } from '#lib/newsroom/newsroom.sample.ts';
import { editSite } from '#lib/newsroom/site.server.ts';
import { pushDown } from '#lib/newsroom/placement.server.ts';
import { carryOutRetention } from '#lib/privacy/retention.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { WAITING_AT_MOST } from './comment.ts';
import { CommentForm } from './comment.schema.ts';
import { discussed, proof, reader, said, sent, SLUG, solve } from './comments.sample.ts';
import { countWork, get, list } from './list.server.ts';
import * as moderation from './moderation.server.ts';
import { givePass, PASS_S } from './pass.server.ts';
import { findShown, publicComments } from './public.server.ts';
import { SENT_AT_MOST, sweepRates } from './rate.server.ts';
import { offerPass, sendComment, sendReport } from './receive.server.ts';

const code = (name: string) => ({ code: name });
const first = async (db: Db) =>
	(await sql<{ id: string }>`select id from comments order by received_at, id`.execute(db)).rows;
const shownTexts = async (db: Db, articleId: string) =>
	(await publicComments(db, articleId, 1)).rows.map(({ name, body }) => `${name}: ${body}`);

describe('what is not taken in', () => {
	test('without consent, name or text, with the trap filled, with heaped marks or controls too long', () => {
		const wrong = (given: object) =>
			CommentForm.safeParse({ name: 'Hoa', text: 'Hay', consent: 'on', ...given }).success;
		expect(wrong({})).toBe(true);
		const refused = [
			{ consent: undefined },
			{ consent: 'off' },
			{ name: '  ' },
			{ name: '!!' },
			{ name: 'x'.repeat(61) },
			{ text: ' \n ' },
			{ text: 'x'.repeat(2001) },
			{ text: `a${'\u0301'.repeat(40)}` },
			{ website: 'http://spam.example' },
			{ other: 'field' }
		];
		expect(refused.filter(wrong)).toEqual([]);
		expect(said({ text: 'một\r\n\r\n\r\n\r\nhai' }).text).toBe('một\n\nhai');
	});

	test('on an article that is closed, withdrawn, not there, or on a closed site', async ({ db }) => {
		const world = await discussed(db);
		await setCommentsOpen(db, world.editor, { id: world.article, isOpen: false });
		await expect(sent(db)).rejects.toMatchObject(code('comment.closed'));
		await setCommentsOpen(db, world.leader, { id: world.article, isOpen: true });
		await pushDown(db, world.machine, { id: world.article, siteIds: [world.subsite] });
		await editSite(db, world.machine, {
			id: world.site,
			form: siteForm({ slug: 'khoi', nameVi: 'K', commentsOpen: '' })
		});
		await expect(sent(db)).rejects.toMatchObject(code('comment.closed'));
		await expect(sent(db, {}, reader({ site: 'y-te' }))).rejects.toMatchObject(code('comment.closed'));
		await expect(sent(db, {}, reader({ article: 'khong-co' }))).rejects.toMatchObject(code('input.not_found'));
		await withdraw(db, world.editor, { id: world.article, reason: 'Sai' });
		await expect(sent(db)).rejects.toMatchObject(code('input.not_found'));
		expect(await first(db)).toEqual([]);
	});

	test('with no pass, another article’s, a forged, expired, unsolved or early one: it is to be sent again', async ({
		db
	}) => {
		await discussed(db);
		const door = reader();
		const { pass: dear, bits } = await offerPass(db, { ...door, kind: 'work' });
		const good = { pass: dear, solution: solve(dear, bits) };
		const work = { subject: `khoi/${SLUG}/`, kind: 'work' as const, amount: 12 };
		const long = (s: number) => givePass(door.sign, { ...work, now: new Date(door.now.getTime() - s * 1000) });
		const old = long(PASS_S + 1);
		const elsewhere = proof(reader({ article: 'bai-khac' }));
		const forged = good.pass.replace(/\.work\.\d+\./, '.work.1.');
		for (const wrong of [
			{ pass: '', solution: '' },
			elsewhere,
			{ pass: forged, solution: solve(forged, 1) },
			{ pass: old, solution: solve(old, 12) },
			{ pass: good.pass, solution: String(Number(good.solution) - 1) },
			{ pass: 'x.y.z', solution: '1' }
		])
			expect(await sendComment(db, door, said(wrong)), wrong.pass).toMatchObject({ kind: 'wait', seconds: 5 });
		expect(await sendComment(db, door, said(good))).toMatchObject({ kind: 'received' });
		const early = await offerPass(db, { ...door, kind: 'wait' });
		expect(await sendComment(db, door, said({ pass: early.pass }))).toMatchObject({ kind: 'wait', pass: early.pass });
		expect(await first(db)).toHaveLength(1);
	});

	test('with a pass that was used: the same comment is one, another is refused', async ({ db }) => {
		await discussed(db);
		const door = reader();
		const pass = proof(door);
		for (let times = 0; times < 3; times += 1)
			expect(await sendComment(db, door, said(pass))).toMatchObject({ kind: 'received' });
		await expect(sendComment(db, door, said({ ...pass, text: 'Câu khác' }))).rejects.toMatchObject(
			code('comment.pass_used')
		);
		expect(await first(db)).toHaveLength(1);
	});

	test('too many from one network, which does not shut out others; far too many get no page', async ({ db }) => {
		await discussed(db);
		const one = reader();
		for (let n = 0; n < SENT_AT_MOST.proven; n += 1) await sent(db, {}, one);
		await expect(sent(db, {}, one)).rejects.toMatchObject(code('comment.too_many'));
		expect(await sent(db)).toMatchObject({ kind: 'received' });
		const flood = Array.from({ length: 2 * SENT_AT_MOST.tries + 1 }, () =>
			sendComment(db, one, said({})).catch(String)
		);
		const outcomes = await Promise.all(flood);
		// The first comes alone, the others are counted together.
		expect(outcomes.filter((each) => JSON.stringify(each).includes('crowded')).length).toBe(outcomes.length - 1);
		const { rows } = await sql<{ key: string }>`select key from comment_rates`.execute(db);
		expect(JSON.stringify(rows)).not.toContain(one.address);
		await sql`update comment_rates set ends_at = now() - interval '1 second'`.execute(db);
		await sql`update comment_keys set day = day - 1`.execute(db);
		await sweepRates(db);
		expect((await sql`select from comment_rates union all select from comment_keys`.execute(db)).rows).toEqual([]);
	});

	test('more than can be read: the list of an article and of a site stays short', async ({ db }) => {
		const world = await discussed(db);
		await sql`
			insert into comments (id, article_id, site_id, name, body, consent_version)
			select gen_random_uuid(), ${world.article}::uuid, ${world.site}::uuid, 'Hoa', 'Hay', 1
			from generate_series(2, ${WAITING_AT_MOST.article})`.execute(db);
		const door = reader();
		const pass = proof(door);
		expect(await sendComment(db, door, said(pass))).toMatchObject({ kind: 'received' });
		await expect(sent(db)).rejects.toMatchObject(code('comment.full'));
		// Who sent it before hears that it came in.
		expect(await sendComment(db, door, said(pass))).toMatchObject({ kind: 'received' });
		expect(await countWork(db, world.editor, { unitId: world.top })).toEqual({
			waiting: WAITING_AT_MOST.article,
			reported: 0
		});
	});
});

describe('moderation', () => {
	test('is for editors and leaders of the article’s office and above, once', async ({ db }) => {
		const world = await discussed(db);
		await sent(db);
		const [one] = await first(db);
		const ids = [one?.id ?? ''];
		for (const actor of [world.writer, world.nobody, world.belowEditor]) {
			await expect(moderation.accept(db, actor, { ids }), actor.name).rejects.toMatchObject({ name: 'Problem' });
			await expect(get(db, actor, ids[0] ?? '')).rejects.toMatchObject(code('comment.not_found'));
			expect((await list(db, actor, { unitId: world.top, view: 'waiting' })).rows).toEqual([]);
		}
		expect(await moderation.refuse(db, world.leader, { ids, reason: 'other', note: 'Trùng' })).toEqual({
			done: 1,
			passed: 0
		});
		await expect(moderation.refuse(db, world.editor, { ids, reason: 'insult', note: null })).rejects.toMatchObject(
			code('comment.decided_already')
		);
		const { history } = await get(db, world.editor, ids[0] ?? '');
		expect(history).toMatchObject([{ verb: 'refuse', actorName: 'lãnh đạo', reason: 'Lý do khác: Trùng' }]);
		const { rows } = await sql<{
			text: string;
		}>`select details::text || coalesce(reason, '') as text from actions`.execute(db);
		expect(JSON.stringify(rows)).not.toMatch(/bản tôi|Lò Thị Hoa/);
	});

	test('shows several at once, oldest first; takes one down with its reason; answers one', async ({ db }) => {
		const world = await discussed(db);
		for (const text of ['một', 'hai', '<b onclick=alert(1)>ba</b>']) await sent(db, { text });
		expect(await shownTexts(db, world.article)).toEqual([]);
		const waiting = await list(db, world.editor, { unitId: world.top, view: 'waiting', limit: 2 });
		expect(waiting.rows.map(({ body }) => body)).toEqual(['một', 'hai']);
		const rest = await list(db, world.editor, { unitId: world.top, view: 'waiting', limit: 2, after: waiting.next });
		expect(rest.rows.map(({ body }) => body)).toEqual(['<b onclick=alert(1)>ba</b>']);
		const ids = [...waiting.rows, ...rest.rows].map(({ id }) => id);
		expect(await moderation.accept(db, world.editor, { ids })).toEqual({ done: 3, passed: 0 });
		const [a = '', b = '', c = ''] = ids;
		await moderation.reply(db, world.editor, { ids: [a], reply: 'Cảm ơn bạn.' });
		await moderation.takeDown(db, world.editor, { id: b, reason: 'personal', note: 'Có số điện thoại' });
		expect((await publicComments(db, world.article, 1)).rows).toMatchObject([
			{ body: 'một', reply: { text: 'Cảm ơn bạn.' } },
			{ name: '', body: '', removed: { reason: 'personal', note: 'Có số điện thoại' } },
			{ body: '<b onclick=alert(1)>ba</b>', removed: null }
		]);
		expect(await findShown(db, { articleId: world.article, commentId: b })).toBeNull();
		await moderation.restore(db, world.editor, { ids: [b] });
		expect(await findShown(db, { articleId: world.article, commentId: b })).not.toBeNull();
		await expect(moderation.restore(db, world.editor, { ids: [c] })).rejects.toMatchObject(
			code('comment.decided_already')
		);
	});
});

test('a report counts once a day from a network, and waits until somebody has looked', async ({ db }) => {
	const world = await discussed(db);
	await sent(db);
	const [{ id } = { id: '' }] = await first(db);
	const report = async (door = reader()) => {
		const pass = proof(door, id);
		const form = { reason: 'insult' as const, website: '', ...pass };
		return sendReport(db, { ...door, commentId: id }, form);
	};
	await expect(report()).rejects.toMatchObject(code('input.not_found'));
	await moderation.accept(db, world.editor, { ids: [id] });
	const one = reader();
	for (const door of [one, one, reader()]) expect(await report(door)).toMatchObject({ kind: 'received' });
	const comment = proof(one);
	const form = { reason: 'insult' as const, website: '', ...comment };
	expect(await sendReport(db, { ...one, commentId: id }, form)).toMatchObject({ kind: 'wait' });
	const reported = await list(db, world.editor, { unitId: world.top, view: 'reported' });
	expect(reported.rows).toMatchObject([{ id, reports: [{ reason: 'insult', count: 2 }] }]);
	await moderation.keep(db, world.editor, { ids: [id] });
	expect(await countWork(db, world.editor, { unitId: world.top })).toEqual({ waiting: 0, reported: 0 });
});

test('what was refused is erased in time, and of what was taken down all but that it was', async ({ db }) => {
	const world = await discussed(db);
	for (const text of ['một', 'hai', 'ba']) await sent(db, { text });
	const [a = '', b = ''] = (await first(db)).map(({ id }) => id);
	await moderation.refuse(db, world.editor, { ids: [a], reason: 'insult', note: null });
	await moderation.accept(db, world.editor, { ids: [b] });
	await moderation.takeDown(db, world.editor, { id: b, reason: 'asked', note: null });
	const after = (days: number) => new Date(Date.now() + days * 86_400_000);
	expect(await carryOutRetention(db, '/nonexistent', after(29))).toMatchObject({ comments: 0 });
	expect(await carryOutRetention(db, '/nonexistent', after(31))).toMatchObject({ comments: 2, comments_waiting: 0 });
	expect(await shownTexts(db, world.article)).toEqual([': ']);
	await expect(moderation.restore(db, world.editor, { ids: [b] })).rejects.toMatchObject(code('comment.erased'));
	expect(await carryOutRetention(db, '/nonexistent', after(181))).toMatchObject({ comments: 0, comments_waiting: 1 });
});

describe('at the same moment', () => {
	test('one pass makes one comment, and a small flood is one list that can be read', async ({ clone: { db } }) => {
		const world = await discussed(db);
		const door = reader();
		const pass = proof(door);
		const twice = await Promise.all([1, 2, 3, 4].map(() => sendComment(db, door, said(pass))));
		expect(twice.every(({ kind }) => kind === 'received')).toBe(true);
		expect(await first(db)).toHaveLength(1);
		const now = new Date();
		const flood = Array.from({ length: 300 }, () => {
			const one = reader();
			const cheap = givePass(one.sign, { subject: `khoi/${SLUG}/`, kind: 'wait', amount: 0, now });
			return sendComment(db, one, said({ pass: cheap })).then(
				({ kind }) => kind,
				() => 'refused'
			);
		});
		const kinds = await Promise.all(flood);
		expect(kinds.filter((kind) => kind === 'refused').length).toBeGreaterThan(180);
		const { waiting } = await countWork(db, world.editor, { unitId: world.top });
		expect(waiting).toBeGreaterThanOrEqual(WAITING_AT_MOST.article);
		expect(waiting).toBeLessThan(WAITING_AT_MOST.article + 20);
	});
});
