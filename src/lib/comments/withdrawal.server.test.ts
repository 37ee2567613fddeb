import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { withdraw as withdrawArticle } from '#lib/newsroom/publication.server.ts';
import { carryOutRetention } from '#lib/privacy/retention.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { discussed, proof, reader, said } from './comments.sample.ts';
import { get, list } from './list.server.ts';
import * as moderation from './moderation.server.ts';
import { publicComments } from './public.server.ts';
import { sendComment } from './receive.server.ts';
import { readOwn, withdraw } from './withdrawal.server.ts';

/** A comment with the link by which its sender takes it back. */
async function sentOwn(db: Db, text = 'Việc này ở bản tôi cũng làm được.') {
	const door = reader();
	const form = said({ ...proof(door), text });
	const [one, again] = [await sendComment(db, door, form), await sendComment(db, door, form)];
	// A sender whose first answer was lost sends again, and gets the same link.
	expect(again).toEqual(one);
	if (one.kind !== 'received' || !one.withdrawal) throw new Error('no link');
	return one.withdrawal;
}

describe('a comment is taken back by who sent it', () => {
	test('by its link only, of which only a hash is kept', async ({ db }) => {
		await discussed(db);
		const [mine, other] = [await sentOwn(db), await sentOwn(db, 'Bài khác.')];
		const wrong = [
			{ ...mine, secret: other.secret },
			{ ...mine, secret: '' },
			{ ...other, id: mine.id }
		];
		for (const by of wrong) {
			await expect(withdraw(db, by)).rejects.toMatchObject({ code: 'input.not_found' });
			await expect(readOwn(db, by)).rejects.toMatchObject({ code: 'input.not_found' });
		}
		const { rows } = await sql<{ kept: string }>`select string_agg(c::text, ' ') as kept from comments c`.execute(db);
		expect(rows[0]?.kept).not.toContain(mine.secret);
		expect(await readOwn(db, mine)).toMatchObject({ name: 'Lò Thị Hoa', isWithdrawn: false });
	});

	test('and is gone for readers at once, with the answer below it; the newsroom sees that', async ({ db }) => {
		const world = await discussed(db);
		const [mine, other] = [await sentOwn(db), await sentOwn(db, 'Bài khác.')];
		const ids = [mine.id, other.id];
		await moderation.accept(db, world.editor, { ids });
		await moderation.reply(db, world.editor, { ids, reply: 'Cảm ơn bạn.' });
		await withdraw(db, mine);
		await withdraw(db, mine);
		expect((await publicComments(db, world.article, 1)).rows).toMatchObject([{ body: 'Bài khác.' }]);
		expect(await readOwn(db, mine)).toEqual({ name: '', body: '', isWithdrawn: true });
		const seen = await list(db, world.editor, { unitId: world.top, view: 'withdrawn' });
		expect(seen.rows).toMatchObject([{ id: mine.id, state: 'withdrawn', name: '', body: '', reply: null }]);
		// Sending and taking back are no acts of the office.
		expect((await get(db, world.editor, mine.id)).history.map(({ verb }) => verb).toSorted()).toEqual([
			'accept',
			'reply'
		]);
		await expect(moderation.accept(db, world.editor, { ids: [mine.id] })).rejects.toMatchObject({
			code: 'comment.decided_already'
		});
		expect(await moderation.takeDown(db, world.editor, { id: other.id, reason: 'asked', note: null })).toEqual({
			done: 1,
			passed: 0
		});
		expect(await carryOutRetention(db, '/nonexistent', new Date(Date.now() + 31 * 86_400_000))).toMatchObject({
			comments: 2
		});
		await expect(readOwn(db, mine)).rejects.toMatchObject({ code: 'input.not_found' });
	});

	test('before it was read, after it was refused, and where the article is gone', async ({ db }) => {
		const world = await discussed(db);
		const [waiting, refused] = [await sentOwn(db), await sentOwn(db, 'Bài khác.')];
		await moderation.refuse(db, world.editor, { ids: [refused.id], reason: 'off_topic', note: null });
		await withdrawArticle(db, world.editor, { id: world.article, reason: 'Sai' });
		for (const each of [waiting, refused]) {
			await withdraw(db, each);
			expect(await readOwn(db, each)).toMatchObject({ isWithdrawn: true });
		}
	});
});

test('several are answered, kept and shown again together; what does not fit is passed over', async ({ db }) => {
	const world = await discussed(db);
	const ids = [(await sentOwn(db, 'một')).id, (await sentOwn(db, 'hai')).id, (await sentOwn(db, 'ba')).id];
	const [a = '', b = '', c = ''] = ids;
	await moderation.accept(db, world.editor, { ids: [a, b] });
	await moderation.reply(db, world.editor, { ids: [a], reply: 'Riêng.' });
	expect(await moderation.reply(db, world.editor, { ids, reply: 'Chung.' })).toEqual({ done: 1, passed: 2 });
	expect((await publicComments(db, world.article, 1)).rows.map(({ reply }) => reply?.text)).toEqual([
		'Riêng.',
		'Chung.'
	]);
	await expect(moderation.reply(db, world.nobody, { ids, reply: 'x' })).rejects.toThrow();
	for (const id of [a, b]) await moderation.takeDown(db, world.editor, { id, reason: 'asked', note: null });
	expect(await moderation.restore(db, world.editor, { ids })).toEqual({ done: 2, passed: 1 });
	expect((await list(db, world.editor, { unitId: world.top, view: 'waiting' })).rows.map(({ id }) => id)).toEqual([c]);
});
