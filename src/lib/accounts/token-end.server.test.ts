import { expect } from 'vitest';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { test } from '../../../tests/database.ts';
import { issue } from './link.server.ts';
import { changePassword, resetPassword } from './password-change.server.ts';
import { machine, office, PASSWORD, person } from './people.sample.ts';
import { actorOf, endRole, grant, listOwn } from './role.server.ts';
import { create, ownersOf } from './token.server.ts';

const next = 'suối Giàng chè cổ thụ';
const ended = { code: 'api.token_ended' };
async function actorOfToken(db: Db, secret: string) {
	const found = (await ownersOf(db, [secret])).get(secret);
	if (!found || found instanceof Problem) throw found;
	return found;
}

/** Somebody with two roles and a token. */
async function owner(db: Db) {
	const { topId, baseId } = await office(db);
	const someone = await person(db, { unitId: topId, role: 'officer' });
	await grant(db, machine, { userId: someone.id, unitId: baseId, role: 'reviewer', from: today() });
	const wanted = {
		name: 'Kho dữ liệu',
		unitId: topId,
		scopes: ['unit.read'] as const,
		expiresOn: dayPlus(today(), 30)
	};
	const { secret } = await create(db, someone.actor, wanted);
	return { ...someone, topId, secret };
}

test('a wrong password ends no token, a changed one ends all of its owner and nobody else’s', async ({ db }) => {
	const { id, actor, secret, topId } = await owner(db);
	const other = await person(db, { unitId: topId, role: 'leader' });
	const theirs = await create(db, other.actor, {
		name: 'Máy khác',
		unitId: topId,
		scopes: ['unit.read'],
		expiresOn: dayPlus(today(), 30)
	});
	const change = (current: string) => changePassword(db, actor, { current, next, sessionId: id });
	await expect(change('sai')).rejects.toMatchObject({ code: 'account.wrong_password' });
	expect((await actorOfToken(db, secret)).id).toBe(id);
	await change(PASSWORD);
	await expect(actorOfToken(db, secret)).rejects.toMatchObject(ended);
	expect((await actorOfToken(db, theirs.secret)).id).toBe(other.id);
});

test('a password set anew by a link ends the tokens; a link that is none does not', async ({ db }) => {
	const { id, secret } = await owner(db);
	const now = new Date();
	await expect(resetPassword(db, { token: 'không có', password: next }, now)).rejects.toMatchObject({
		code: 'access.link_used'
	});
	const { token } = await issue(db, { userId: id, kind: 'password', delivery: 'slip' }, now);
	expect((await actorOfToken(db, secret)).id).toBe(id);
	await resetPassword(db, { token, password: next }, now);
	await expect(actorOfToken(db, secret)).rejects.toMatchObject(ended);
});

test('the last role that ends takes the tokens along, and another role later does not bring them back', async ({
	db
}) => {
	const { id, actor, secret, topId } = await owner(db);
	const end = async (role: string) => {
		const { held } = await listOwn(db, actor);
		await endRole(db, machine, held.find((one) => one.role === role)?.grantId ?? '');
	};
	await end('reviewer');
	expect((await actorOfToken(db, secret)).grants).toEqual([{ unitId: topId, role: 'officer' }]);
	await end('officer');
	await grant(db, machine, { userId: id, unitId: topId, role: 'officer', from: today() });
	expect((await actorOf(db, { id, name: actor.name })).grants).toHaveLength(1);
	await expect(actorOfToken(db, secret)).rejects.toMatchObject(ended);
});
