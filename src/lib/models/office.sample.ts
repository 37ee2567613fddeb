import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { operator, type Actor, type Role } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import type { State, Verb } from './model.ts';
import { carryOver, replicate } from './continuation.server.ts';
import { appraise, honour, recognise, refuse, revoke, selfAssess, start } from './recognition.server.ts';
import {
	accept,
	correct,
	draft,
	edit,
	end,
	giveBack,
	submit,
	withdraw,
	type RegistrationInput
} from './registration.server.ts';

/** A small office for tests: a bloc with two base units, one person in each role, one with no rights, a score sheet. */

export const GOOD = { points: { effect: 60, spread: 30 }, vetoes: [] };
export const POOR = { points: { effect: 40, spread: 10 }, vetoes: [] };
export const DECISION = { number: '12-QĐ/ĐUK', decidedOn: '2024-11-20' };

export type Office = Awaited<ReturnType<typeof office>>;

export async function office(db: Db) {
	const machine = operator('thử nghiệm');
	const [top] = await establish(db, machine, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	if (!top) throw new Error('no unit');
	const [one, two] = await establish(db, machine, {
		units: ['Đảng bộ Sở Y tế', 'Chi bộ Báo tỉnh'].map((name, i) => ({
			code: `K-${i + 1}`,
			name,
			kind: 'base_committee',
			parentId: top.id
		}))
	});
	if (!one || !two) throw new Error('no unit');
	await scoreSheet(db, 'base');
	return {
		top: top.id,
		one: one.id,
		two: two.id,
		machine,
		officer: person('cán bộ Sở Y tế', one.id, 'officer'),
		neighbour: person('cán bộ Báo tỉnh', two.id, 'officer'),
		reviewer: person('cán bộ Khối', top.id, 'reviewer'),
		leader: person('lãnh đạo Khối', top.id, 'leader'),
		nobody: { id: randomUUID(), name: 'người ngoài', grants: [], everything: false } satisfies Actor
	};
}

function person(name: string, unitId: string, role: Role): Actor {
	return { id: randomUUID(), name, grants: [{ unitId, role }], everything: false };
}

export async function scoreSheet(db: Db, level: string): Promise<void> {
	const id = newId();
	await sql`
		insert into score_sheets (id, level, name, pass_mark, law, valid)
		values (${id}, ${level}, 'Thang điểm mô hình', 75, 'Hướng dẫn của Ban Dân vận', daterange('2020-01-01', null))`.execute(
		db
	);
	await db
		.insertInto('score_criteria')
		.values([
			{ sheet_id: id, code: 'effect', position: 1, name: 'Hiệu quả', points: '60' },
			{ sheet_id: id, code: 'spread', position: 2, name: 'Sức lan toả', points: '40' },
			{ sheet_id: id, code: 'complaint', position: 3, name: 'Có đơn thư đúng', points: null }
		])
		.execute();
}

export function input(unitId: string, given: Partial<RegistrationInput> = {}): RegistrationInput {
	return {
		unitId,
		year: 2024,
		level: 'base',
		field: 'economy',
		subject: 'collective',
		novelty: 'new',
		name: 'Thu gom vỏ chai nhựa gây quỹ',
		registeredOn: '2024-03-01',
		...given
	};
}

/** A registration accepted by the office. */
export async function registered(db: Db, actor: Actor, given: RegistrationInput): Promise<string> {
	const { id } = await draft(db, actor, given);
	await submit(db, actor, [id]);
	await accept(db, actor, [id]);
	return id;
}

/** A registration with a passing appraisal. */
export async function appraised(db: Db, actor: Actor, given: RegistrationInput): Promise<string> {
	const id = await registered(db, actor, given);
	await appraise(db, actor, id, GOOD);
	return id;
}

export async function put(db: Db, id: string, state: State): Promise<void> {
	await sql`update registrations set state = ${state} where id = ${id}::uuid`.execute(db);
}

/** Each verb with something sensible to do it with. */
export function doing(
	world: Pick<Office, 'one' | 'two'>
): Record<Verb, (db: Db, actor: Actor, id: string) => Promise<unknown>> {
	return {
		edit: (db, actor, id) => edit(db, actor, id, input(world.one, { name: 'Bếp ăn nghĩa tình ở bệnh viện' })),
		submit: (db, actor, id) => submit(db, actor, [id]),
		return: (db, actor, id) => giveBack(db, actor, { ids: [id], reason: 'chưa rõ mục tiêu' }),
		accept: (db, actor, id) => accept(db, actor, [id]),
		start: (db, actor, id) => start(db, actor, [id]),
		self_assess: (db, actor, id) => selfAssess(db, actor, id, GOOD),
		appraise: (db, actor, id) => appraise(db, actor, id, GOOD),
		recognise: (db, actor, id) => recognise(db, actor, [id], DECISION),
		refuse: (db, actor, id) => refuse(db, actor, [id], { ...DECISION, reason: 'chưa hiệu quả' }),
		revoke: (db, actor, id) => revoke(db, actor, id, 'sai thẩm quyền'),
		choose_typical: (db, actor, id) => honour(db, actor, { ids: [id], verb: 'choose_typical', decision: DECISION }),
		propose: (db, actor, id) => honour(db, actor, { ids: [id], verb: 'propose', decision: DECISION }),
		reward: (db, actor, id) => honour(db, actor, { ids: [id], verb: 'reward', decision: DECISION }),
		continue: (db, actor, id) => carryOver(db, actor, [id]),
		replicate: (db, actor, id) => replicate(db, actor, { id, unitId: world.two, year: 2024 }),
		withdraw: (db, actor, id) => withdraw(db, actor, { ids: [id], reason: 'trùng' }),
		end: (db, actor, id) => end(db, actor, { ids: [id], reason: 'xong việc' }),
		correct: (db, actor, id) =>
			correct(db, actor, { id, input: input(world.one, { field: 'culture_society' }), reason: 'ghi nhầm' })
	};
}
