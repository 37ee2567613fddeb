import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { history } from '#lib/actions/action.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import * as invitations from './invitation.server.ts';
import { keepLanguage } from './language.server.ts';
import { find } from './link.server.ts';
import { issuePasswordLink, requestPassword, resetPassword } from './password-change.server.ts';
import { door, office, PASSWORD, person, site } from './people.sample.ts';
import { actorOf } from './role.server.ts';
import { signIn } from './sign-in.server.ts';

const now = new Date('2026-11-21T05:00:00Z');
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

async function world(db: Db) {
	const { topId, baseId } = await office(db);
	const top = await person(db, { unitId: topId, role: 'administrator' });
	const base = await person(db, { unitId: baseId, role: 'administrator' });
	return { topId, baseId, top, base };
}

function guest(unitId: string, role: 'officer' | 'leader' = 'officer') {
	return { name: 'Đỗ An', email: 'do.an@example.vn', grants: [{ unitId, role }] };
}

/** An invitation on paper; answers its token. */
async function invited(db: Db, actor: Parameters<typeof invitations.invite>[1], unitId: string) {
	const made = await invitations.invite(db, actor, { person: guest(unitId), delivery: 'slip', site }, now);
	return { userId: made.userId, token: made.slip?.link.split('/').at(-1) ?? '' };
}

describe('refusals', () => {
	test('who runs accounts below invites nobody above, and renews nobody who also works above', async ({ db }) => {
		const { topId, baseId, base, top } = await world(db);
		const officer = await person(db, { unitId: baseId, role: 'officer' });
		const wanted = { person: guest(topId), delivery: 'slip', site } as const;
		await expect(invitations.invite(db, base.actor, wanted, now)).rejects.toMatchObject({ code: 'input.not_found' });
		const atBase = { ...wanted, person: guest(baseId) };
		await expect(invitations.invite(db, officer.actor, atBase, now)).rejects.toMatchObject({ code: 'access.denied' });
		await sql`
			insert into role_grants (id, user_id, unit_id, role, valid, action_id)
			values (gen_random_uuid(), ${top.id}::uuid, ${baseId}::uuid, 'officer', daterange('2020-01-01', null), gen_random_uuid())`.execute(
			db
		);
		const takeover = { userId: top.id, delivery: 'slip', site } as const;
		await expect(issuePasswordLink(db, base.actor, takeover, now)).rejects.toMatchObject({ code: 'account.not_found' });
		expect((await issuePasswordLink(db, top.actor, takeover, now)).slip).not.toBeNull();
	});

	test('a link works once, not when it is old, revoked, issued anew, or of the other kind', async ({ db }) => {
		const { topId, top } = await world(db);
		const { userId, token } = await invited(db, top.actor, topId);
		const accept = (with_: string, at = now) =>
			invitations.accept(db, { token: with_, password: PASSWORD, door: door() }, at);
		const used = { code: 'access.link_used' };
		await expect(accept('không-có')).rejects.toMatchObject(used);
		await expect(accept(token, days(7))).rejects.toMatchObject(used);
		await expect(resetPassword(db, { token, password: PASSWORD }, now)).rejects.toMatchObject(used);
		const again = await invitations.reissue(db, top.actor, { userId, delivery: 'slip', site }, now);
		await expect(accept(token)).rejects.toMatchObject(used);
		const fresh = again.slip?.link.split('/').at(-1) ?? '';
		expect(await accept(fresh, days(6))).toMatchObject({ kind: 'open' });
		await expect(accept(fresh, days(6))).rejects.toMatchObject(used);
		await expect(invitations.reissue(db, top.actor, { userId, delivery: 'slip', site }, now)).rejects.toMatchObject({
			code: 'account.accepted_already'
		});
	});

	test('a revoked invitation leaves neither link nor person nor role, only the log', async ({ db }) => {
		const { topId, top } = await world(db);
		const { userId, token } = await invited(db, top.actor, topId);
		await invitations.revoke(db, top.actor, userId, now);
		expect(await find(db, 'invitation', token, now)).toBeNull();
		const { rows } = await sql`select 1 from users where id = ${userId}::uuid`.execute(db);
		expect(rows).toEqual([]);
		expect((await history(db, [userId])).map(({ verb }) => verb)).toEqual(['invite', 'revoke_invitation']);
		expect((await invited(db, top.actor, topId)).userId).not.toBe(userId);
	});

	test('of two at the same time one comes in', async ({ clone: { db } }) => {
		const { topId, top } = await world(db);
		const { token } = await invited(db, top.actor, topId);
		const twice = [1, 2].map(() => invitations.accept(db, { token, password: PASSWORD, door: door() }, now));
		const outcomes = await Promise.allSettled(twice);
		expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
	});

	test('who is invited cannot sign in before, and no letter about a password goes to them', async ({ db }) => {
		const { topId, top } = await world(db);
		await invited(db, top.actor, topId);
		const attempt = signIn(db, { email: 'do.an@example.vn', password: PASSWORD }, door(), now);
		await expect(attempt).rejects.toMatchObject({ code: 'access.wrong_password' });
		for (const email of ['do.an@example.vn', 'khong-co@example.vn'])
			expect(await requestPassword(db, { email, address: '203.0.113.7', site }, now)).toBeUndefined();
		const { rows } = await sql`select 1 from outbox`.execute(db);
		expect(rows).toEqual([]);
	});
});

test('an invited person sets a password, is in, and has the roles that were meant', async ({ db }) => {
	const { topId, top } = await world(db);
	const { userId, token } = await invited(db, top.actor, topId);
	expect((await invitations.listOpen(db, top.actor, topId, now)).map(({ name }) => name)).toEqual(['Đỗ An']);
	expect(await invitations.accept(db, { token, password: PASSWORD, door: door() }, now)).toMatchObject({
		kind: 'open'
	});
	expect(await invitations.listOpen(db, top.actor, topId, now)).toEqual([]);
	expect((await actorOf(db, { id: userId, name: 'Đỗ An' })).grants).toEqual([{ unitId: topId, role: 'officer' }]);
	expect((await history(db, [userId])).map(({ verb }) => verb)).toEqual(['invite', 'accept_invitation', 'sign_in']);
});

test('a forgotten password is set anew by letter; sessions end, and what was sealed in the letter opens once', async ({
	db
}) => {
	const { topId } = await world(db);
	const officer = await person(db, { unitId: topId, role: 'officer' });
	await requestPassword(db, { email: officer.email, address: '203.0.113.7', site }, now);
	const { rows } = await sql<{ body: string; sealed: string }>`
		select body, link_sealed as sealed from outbox where recipient = ${officer.email}`.execute(db);
	expect(rows[0]?.body).toContain('{link}');
	const link = site.cipher.open(rows[0]?.sealed ?? '') ?? '';
	expect(link).toMatch(/^https:\/\/kheo\.example\/password\/[\w-]{32}$/);
	const token = link.split('/').at(-1) ?? '';
	const password = 'chè Suối Giàng buổi sớm';
	await resetPassword(db, { token, password }, now);
	await expect(resetPassword(db, { token, password }, now)).rejects.toMatchObject({ code: 'access.link_used' });
	const old = signIn(db, { email: officer.email, password: PASSWORD }, door(), now);
	await expect(old).rejects.toMatchObject({ code: 'access.wrong_password' });
	expect(await signIn(db, { email: officer.email, password }, door(), now)).toMatchObject({ kind: 'open' });
	expect((await history(db, [officer.id])).map(({ verb }) => verb)).toEqual([
		'create',
		'issue_link',
		'reset_password',
		'sign_in'
	]);
});

test('a letter is in the language of who reads it, or Vietnamese; never of who causes it', async ({ db }) => {
	const { topId, top } = await world(db);
	const reader = await person(db, { unitId: topId, role: 'officer' });
	const subjects = async () => {
		const { rows } = await sql<{ subject: string }>`
			select subject from outbox where recipient = ${reader.email} order by id`.execute(db);
		return rows.map(({ subject }) => subject);
	};
	const send = () => issuePasswordLink(db, top.actor, { userId: reader.id, delivery: 'mail', site }, now);
	await keepLanguage(db, top.id, 'en');
	await send();
	await keepLanguage(db, reader.id, 'en');
	await send();
	expect(await subjects()).toEqual(['Đặt lại mật khẩu Khéo', m.letter_password_subject({}, { locale: 'en' })]);
});
