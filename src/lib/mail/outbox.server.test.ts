import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { describe, expect } from 'vitest';
import { office, person, site } from '#lib/accounts/people.sample.ts';
import { peopleOf } from '#lib/accounts/managed.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test as base } from '../../../tests/database.ts';
import { list, post } from './outbox.server.ts';
import { MOST_ATTEMPTS, sendLetter } from './sending.server.ts';

type Received = { from: string; to: string[]; text: string };
type Office = { url: string; received: Received[]; refuse: { with: string | null } };

/** A real mail server on this machine, which can be told to refuse. */
const test = base.extend('mail', async ({}, { onCleanup }): Promise<Office> => {
	const received: Received[] = [];
	const refuse: Office['refuse'] = { with: null };
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		onRcptTo: (_, _session, done) => done(refuse.with === null ? null : new Error(refuse.with)),
		onData: (stream, session, done) => {
			const pieces: Buffer[] = [];
			stream.on('data', (piece: Buffer) => pieces.push(piece));
			stream.on('end', () => {
				const { mailFrom, rcptTo } = session.envelope;
				const from = mailFrom ? mailFrom.address : '';
				received.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(pieces).toString() });
				done();
			});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onCleanup(() => new Promise<void>((resolve) => server.close(resolve)));
	const address = server.server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	return { url: `smtp://127.0.0.1:${port}`, received, refuse };
});

const from = 'Khéo <kheo@example.vn>';
const { seal, open } = site.cipher;

async function posted(db: Db, letter: Partial<Parameters<typeof post>[1]> = {}): Promise<string> {
	const link = 'https://kheo.example/invitation/bi-mat-cua-thu';
	const text = { to: 'do.an@example.vn', subject: 'Lời mời', body: 'Mở liên kết:\n{link}\n', linkSealed: seal(link) };
	await db.transaction().execute((tx) => post(tx, { ...text, ...letter }));
	const { rows } = await sql<{ id: string }>`select id from outbox order by created_at desc limit 1`.execute(db);
	return rows[0]?.id ?? '';
}

async function row(db: Db, id: string) {
	const { rows } = await sql<{ state: string; error: string | null; sealed: string | null; attempts: number }>`
		select state, last_error as error, link_sealed as sealed, attempt_count as attempts from outbox
		where id = ${id}::uuid`.execute(db);
	return rows[0];
}

describe('refusals', () => {
	test('no address and no subject brings headers of its own', async ({ clone: { db } }) => {
		for (const letter of [
			{ to: 'a@example.vn\r\nBcc: b@example.vn' },
			{ to: 'a@example.vn, b@example.vn' },
			{ to: 'A <a@example.vn>' },
			{ subject: 'Lời mời\r\nBcc: b@example.vn' },
			{ subject: 'Lời mời\nX-Other: 1' },
			{ subject: 'Lời mời\u0000' }
		])
			await expect(posted(db, letter), JSON.stringify(letter)).rejects.toThrow();
		const { rows } = await sql`select 1 from outbox`.execute(db);
		expect(rows).toEqual([]);
		const smuggled = sql`
			insert into outbox (id, recipient, subject, body) values (gen_random_uuid(), ${'a@b.vn\nBcc: c@d.vn'}, 'x', 'y')`;
		await expect(smuggled.execute(db)).rejects.toThrow(/outbox_recipient_check/);
	});

	test('what a person typed as a name stays in the text', async ({ clone: { db }, mail }) => {
		const body = 'Kính gửi đồng chí An\r\nBcc: b@example.vn\r\n.\r\nMAIL FROM:<x@y.vn>,\n';
		const id = await posted(db, { body, linkSealed: null });
		await sendLetter(db, { id, server: { url: mail.url, from }, open });
		expect(mail.received).toHaveLength(1);
		expect(mail.received[0]?.to).toEqual(['do.an@example.vn']);
		expect(mail.received[0]?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
	});

	test('a server that refuses is tried again, then given up; the link goes', async ({ clone: { db }, mail }) => {
		mail.refuse.with = 'hộp thư\r\nkhông có';
		const id = await posted(db);
		const server = { url: mail.url, from };
		for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
			await expect(sendLetter(db, { id, server, open })).rejects.toMatchObject({ code: 'mail.refused' });
			expect(await row(db, id)).toMatchObject({
				state: attempt < MOST_ATTEMPTS ? 'waiting' : 'failed',
				attempts: attempt
			});
		}
		expect((await row(db, id))?.sealed).toBeNull();
		expect((await row(db, id))?.error).not.toMatch(/\p{Cc}/u);
		await sendLetter(db, { id, server, open });
		expect(mail.received).toEqual([]);
	});

	test('a server that is not there is a refusal too', async ({ clone: { db } }) => {
		const id = await posted(db);
		const server = { url: 'smtp://127.0.0.1:1', from };
		await expect(sendLetter(db, { id, server, open })).rejects.toMatchObject({ code: 'mail.refused' });
	});
});

test('a letter is sent once, with its link; afterwards the link is nowhere', async ({ clone: { db }, mail }) => {
	const id = await posted(db);
	const before = await sql<{ text: string }>`select string_agg(o::text, ' ') as text from outbox o`.execute(db);
	expect(before.rows[0]?.text).not.toContain('bi-mat-cua-thu');
	const server = { url: mail.url, from };
	await sendLetter(db, { id, server, open });
	await sendLetter(db, { id, server, open });
	expect(mail.received).toHaveLength(1);
	expect(mail.received[0]?.text.replaceAll('=\r\n', '')).toContain('bi-mat-cua-thu');
	expect(await row(db, id)).toMatchObject({ state: 'sent', sealed: null, error: null });
});

test('without a mail server a letter is held and its link goes', async ({ clone: { db } }) => {
	const id = await posted(db);
	await sendLetter(db, { id, server: null, open });
	expect(await row(db, id)).toMatchObject({ state: 'held', sealed: null });
});

test('administrators see letters to people of their units, and no others', async ({ clone: { db } }) => {
	const { topId, baseId } = await office(db);
	const top = await person(db, { unitId: topId, role: 'administrator' });
	const below = await person(db, { unitId: baseId, role: 'administrator' });
	await posted(db, { to: top.email });
	await posted(db, { to: below.email });
	const seen = async ({ actor }: typeof top) =>
		(await list(db, await peopleOf(db, actor))).map(({ recipient }) => recipient).toSorted();
	expect(await seen(below)).toEqual([below.email]);
	expect(await seen(top)).toEqual([top.email, below.email].toSorted());
});
