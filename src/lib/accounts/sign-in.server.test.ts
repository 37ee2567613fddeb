import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { history } from '#lib/actions/action.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { changePassword } from './password-change.server.ts';
import { cipher, door, office, PASSWORD, person } from './people.sample.ts';
import { endRole, listUnder } from './role.server.ts';
import { machine } from './people.sample.ts';
import * as factors from './second-factor.server.ts';
import * as sessions from './session.server.ts';
import { signIn, signInWithCode } from './sign-in.server.ts';
import { codeOf, stepAt } from './totp.ts';

const noon = new Date('2026-11-21T05:00:00Z');
const later = (seconds: number, from = noon) => new Date(from.getTime() + seconds * 1000);

async function enter(db: Db, email: string, more: Parameters<typeof door>[1] = {}, at = noon) {
	const outcome = await signIn(db, { email, password: PASSWORD }, door('203.0.113.7', more), at);
	if (outcome.kind !== 'open') throw new Error('asked for a second factor');
	return outcome;
}

/** Turns the app on for somebody; answers its secret. */
async function withApp(db: Db, who: { actor: Parameters<typeof factors.beginTotp>[1]; email: string }) {
	const secret = await factors.beginTotp(db, who.actor, cipher);
	const session = await sessions.find(db, (await enter(db, who.email)).token, noon);
	const code = codeOf(secret, stepAt(noon));
	const codes = await factors.confirmTotp(db, who.actor, { cipher, code, sessionId: session?.id ?? '' }, noon);
	return { secret, codes };
}

describe('refusals', () => {
	test('a wrong password and an unknown address are one refusal, after the same work', async ({ db }) => {
		const { email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		// Hours apart, so that no throttle stands in; the shortest of several, which other work on the machine cannot shorten.
		const shortest = async (address: string) => {
			const taken: number[] = [];
			for (let i = 0; i < 6; i += 1) {
				const started = performance.now();
				const attempt = signIn(db, { email: address, password: 'sai hoàn toàn' }, door(), later(i * 7200));
				await expect(attempt).rejects.toMatchObject({ code: 'access.wrong_password' });
				taken.push(performance.now() - started);
			}
			return Math.min(...taken);
		};
		const [known, unknown] = [await shortest(email), await shortest('khong-co@example.vn')];
		expect(Math.min(known, unknown) / Math.max(known, unknown)).toBeGreaterThan(0.3);
	});

	test('10.000 tries on one account within a day reach the password a hundred times at most', async ({ db }) => {
		const { id, email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const codes = new Map<string, number>();
		for (let i = 0; i < 10_000; i += 1) {
			const from = `198.51.${Math.floor(i / 250) % 250}.${i % 250}`;
			const at = later(i * 8.6);
			const code = await signIn(db, { email, password: `đoán ${i}` }, door(from), at).catch((error) => error.code);
			codes.set(code, (codes.get(code) ?? 0) + 1);
		}
		const reached = codes.get('access.wrong_password') ?? 0;
		expect([...codes.keys()].toSorted()).toEqual(['access.too_many_tries', 'access.wrong_password']);
		expect(reached).toBeLessThanOrEqual(110);
		// The log tells of it in steps that double, not ten thousand times.
		const told = (await history(db, [id])).filter(({ verb }) => verb === 'sign_in_refused');
		expect(told.length).toBeGreaterThan(2);
		expect(told.length).toBeLessThan(10);
	}, 60_000);

	test('tries on many accounts from one address are slowed down too', async ({ db }) => {
		const tries = Array.from({ length: 80 }, (_, i) => `nguoi-${i}@example.vn`);
		let blocked = 0;
		for (const email of tries) {
			const code = await signIn(db, { email, password: 'mat-khau' }, door(), noon).catch((error) => error.code);
			if (code === 'access.too_many_tries') blocked += 1;
		}
		expect(blocked).toBe(30);
	});

	test('tries side by side cannot pass together', async ({ clone: { db } }) => {
		const { email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const tries = Array.from({ length: 40 }, (_, i) =>
			signIn(db, { email, password: `đoán ${i}` }, door(`198.51.100.${i}`), noon).catch((error) => error.code)
		);
		const codes = await Promise.all(tries);
		expect(codes.filter((code) => code === 'access.wrong_password')).toHaveLength(5);
	});

	test('who fails on purpose elsewhere cannot keep out the owner in their own browser', async ({ db }) => {
		const { email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const { device } = await enter(db, email);
		for (let i = 0; i < 12; i += 1)
			await signIn(db, { email, password: 'sai' }, door('198.51.100.9'), noon).catch(() => undefined);
		await expect(enter(db, email)).rejects.toMatchObject({ code: 'access.too_many_tries' });
		await expect(enter(db, email, { device: `giả.${cipher.sign('x')}` })).rejects.toMatchObject({
			code: 'access.too_many_tries'
		});
		expect((await enter(db, email, { device })).token).not.toBe('');
	});

	test('a code works once, also for whoever saw it', async ({ db }) => {
		const who = await person(db, { unitId: (await office(db)).topId, role: 'leader' });
		const { secret, codes } = await withApp(db, who);
		const begin = async (at: Date) => {
			const outcome = await signIn(db, { email: who.email, password: PASSWORD }, door(), at);
			if (outcome.kind !== 'second_factor') throw new Error('not asked');
			return outcome.pending;
		};
		const at = later(60);
		const code = codeOf(secret, stepAt(at));
		// The code that turned the app on is spent as well.
		const spent = { pending: await begin(noon), code: codeOf(secret, stepAt(noon)) };
		await expect(signInWithCode(db, spent, door(), noon)).rejects.toMatchObject({ code: 'access.wrong_code' });
		expect(await signInWithCode(db, { pending: await begin(at), code }, door(), at)).toMatchObject({ kind: 'open' });
		const again = signInWithCode(db, { pending: await begin(at), code }, door(), at);
		await expect(again).rejects.toMatchObject({ code: 'access.wrong_code' });
		const [recovery = ''] = codes;
		expect(
			await signInWithCode(db, { pending: await begin(at), code: recovery.toLowerCase() }, door(), at)
		).toMatchObject({ kind: 'open' });
		await expect(signInWithCode(db, { pending: await begin(at), code: recovery }, door(), at)).rejects.toMatchObject({
			code: 'access.wrong_code'
		});
	});

	test('codes cannot be guessed: the sixth try waits, from wherever it comes', async ({ db }) => {
		const who = await person(db, { unitId: (await office(db)).topId, role: 'leader' });
		await withApp(db, who);
		const codes: string[] = [];
		for (let i = 0; i < 20; i += 1) {
			const outcome = await signIn(db, { email: who.email, password: PASSWORD }, door(`198.51.100.${i}`), later(90));
			if (outcome.kind !== 'second_factor') throw new Error('not asked');
			const attempt = { pending: outcome.pending, code: String(i).padStart(6, '0') };
			codes.push(await signInWithCode(db, attempt, door(`198.51.100.${i}`), later(90)).catch((error) => error.code));
		}
		expect(codes.filter((code) => code === 'access.wrong_code')).toHaveLength(5);
		expect(codes.filter((code) => code === 'access.too_many_tries')).toHaveLength(15);
	});

	test('a role that asks for a second factor keeps the last one; the secret is not in the database', async ({ db }) => {
		const who = await person(db, { unitId: (await office(db)).topId, role: 'leader' });
		const { secret, codes } = await withApp(db, who);
		await expect(factors.removeTotp(db, who.actor)).rejects.toMatchObject({ code: 'account.factor_required' });
		const { rows } = await sql<{ text: string }>`
			select (select string_agg(t::text, ' ') from totp_secrets t) || (select string_agg(c::text, ' ') from recovery_codes c)
				|| (select string_agg(s::text, ' ') from sessions s) as text`.execute(db);
		for (const clear of [secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
			expect(rows[0]?.text).not.toContain(clear);
	});
});

describe('a session', () => {
	test('is a new one at each sign-in, and the one that was in the browser ends', async ({ db }) => {
		const { email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const first = await enter(db, email);
		const second = await enter(db, email, { replaces: first.token });
		expect(second.token).not.toBe(first.token);
		expect(await sessions.find(db, first.token, noon)).toBeNull();
		expect(await sessions.find(db, second.token, noon)).toMatchObject({ user: { email } });
		// A token that somebody planted before the sign-in opens nothing after it.
		const planted = 'A'.repeat(32);
		const third = await enter(db, email, { replaces: planted });
		expect(third.token).not.toBe(planted);
		expect(await sessions.find(db, planted, noon)).toBeNull();
	});

	test('ends after two idle hours, and after twelve in any case', async ({ db }) => {
		const { email } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const idle = await enter(db, email);
		expect(await sessions.find(db, idle.token, later(2 * 3600 - 1))).not.toBeNull();
		const busy = await enter(db, email);
		for (let at = 0; at < 12 * 3600; at += 3600) expect(await sessions.find(db, busy.token, later(at))).not.toBeNull();
		expect(await sessions.find(db, busy.token, later(12 * 3600))).toBeNull();
		expect(await sessions.find(db, idle.token, later(4 * 3600))).toBeNull();
		expect(await sessions.sweep(db, later(12 * 3600))).toBe(2);
	});

	test('ends when a role ends, on all devices', async ({ db }) => {
		const { topId } = await office(db);
		const { email } = await person(db, { unitId: topId, role: 'officer' });
		const tokens = [(await enter(db, email)).token, (await enter(db, email)).token];
		const [grant] = await listUnder(db, machine, topId);
		await endRole(db, machine, grant?.grantId ?? '');
		for (const token of tokens) expect(await sessions.find(db, token, noon)).toBeNull();
	});

	test('others end when the password changes, which takes the present one', async ({ db }) => {
		const { actor, email, id } = await person(db, { unitId: (await office(db)).topId, role: 'officer' });
		const [here, elsewhere] = [await enter(db, email), await enter(db, email)];
		const sessionId = (await sessions.find(db, here.token, noon))?.id ?? '';
		const next = 'suối Giàng chè cổ thụ';
		await expect(changePassword(db, actor, { current: 'sai', next, sessionId }, noon)).rejects.toMatchObject({
			code: 'account.wrong_password'
		});
		await changePassword(db, actor, { current: PASSWORD, next, sessionId }, noon);
		expect(await sessions.find(db, elsewhere.token, noon)).toBeNull();
		expect(await sessions.find(db, here.token, noon)).not.toBeNull();
		await expect(enter(db, email)).rejects.toMatchObject({ code: 'access.wrong_password' });
		const verbs = (await history(db, [id])).map(({ verb }) => verb);
		expect(verbs).toEqual(['create', 'sign_in', 'sign_in', 'change_password']);
	});

	test('of somebody else cannot be ended; own ones can, one or all others', async ({ db }) => {
		const { topId, baseId } = await office(db);
		const mine = await person(db, { unitId: topId, role: 'officer' });
		const other = await person(db, { unitId: baseId, role: 'officer' });
		const theirs = await sessions.find(db, (await enter(db, other.email)).token, noon);
		await expect(sessions.revoke(db, mine.actor, theirs?.id ?? '')).rejects.toMatchObject({
			code: 'account.session_not_found'
		});
		const here = await sessions.find(db, (await enter(db, mine.email)).token, noon);
		await enter(db, mine.email);
		await enter(db, mine.email);
		expect(await sessions.revokeOthers(db, mine.actor, here?.id ?? '')).toBe(2);
		expect((await sessions.listOwn(db, mine.actor, noon)).map(({ id }) => id)).toEqual([here?.id]);
	});
});
