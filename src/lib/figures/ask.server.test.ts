import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { accept, correct, draft, submit, withdraw, type RegistrationInput } from '#lib/models/registration.server.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { ask } from './ask.server.ts';
import type { Question } from './figure.ts';
import { prove } from './proofs.server.ts';
import { records } from './records.server.ts';

const actor = operator('thử nghiệm');

async function bloc(db: Db) {
	const [top] = await establish(db, actor, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	if (!top) throw new Error('no unit');
	const bases = await establish(db, actor, {
		units: ['Sở Y tế', 'Sở Nội vụ', 'Báo tỉnh'].map((name, i) => ({
			code: `K-${i + 1}`,
			name: `Đảng bộ ${name}`,
			kind: 'base_committee',
			parentId: top.id
		}))
	});
	return { top: top.id, bases: bases.map((unit) => unit.id) };
}

async function register(
	db: Db,
	input: Partial<RegistrationInput> & { unitId: string; registeredOn: string }
): Promise<string> {
	const { id } = await draft(db, actor, {
		year: Number(input.registeredOn.slice(0, 4)),
		level: 'base',
		field: 'economy',
		subject: 'collective',
		novelty: 'new',
		name: 'Thu gom vỏ chai nhựa gây quỹ',
		...input
	});
	await submit(db, actor, [id]);
	await accept(db, actor, [id]);
	return id;
}

async function value(db: Db, name: string, question: Question, as: Actor = actor) {
	return (await ask(db, as, figureNamed(name), question)).value;
}

describe('refusals', () => {
	test('a unit is not found by who has no role in its tree; an unknown facet says which are known', async ({ db }) => {
		const { top, bases } = await bloc(db);
		const stranger: Actor = { id: null, name: 'người khác', grants: [], everything: false };
		await expect(value(db, 'models.registered', { unitId: top }, stranger)).rejects.toMatchObject({
			code: 'input.not_found'
		});
		const own: Actor = { ...stranger, grants: [{ unitId: bases[0] ?? '', role: 'officer' }] };
		await expect(value(db, 'models.registered', { unitId: bases[0] ?? '' }, own)).resolves.toBe(0);
		await expect(value(db, 'models.registered', { unitId: top, by: ['religion'] })).rejects.toMatchObject({
			code: 'figure.unknown_facet'
		});
		await expect(
			value(db, 'models.registered', { unitId: top, from: '2024-02-01', asOf: '2024-01-01' })
		).rejects.toMatchObject({
			code: 'figure.period_reversed'
		});
	});
});

describe('a figure and its records', () => {
	test('the cut-off day is inclusive; value, parts, list and proofs agree', async ({ db }) => {
		const { top, bases } = await bloc(db);
		const [a = '', b = ''] = bases;
		await register(db, { unitId: a, registeredOn: '2024-06-15' });
		await register(db, { unitId: a, registeredOn: '2024-06-16', name: 'Ngày thứ Bảy vì dân ở cơ sở' });
		await register(db, { unitId: b, registeredOn: '2024-01-02', novelty: 'continuing', field: 'culture_society' });
		await register(db, { unitId: top, registeredOn: '2024-03-01', level: 'bloc', novelty: 'continuing' });
		const question = { unitId: top, asOf: '2024-06-15' };
		const answer = await ask(db, actor, figureNamed('models.registered'), { ...question, by: ['unit', 'novelty'] });
		expect(answer.value).toBe(3);
		expect(answer.parts.reduce((sum, part) => sum + (part.value ?? 0), 0)).toBe(3);
		expect(answer.parts.map((part) => part.key.unit).sort()).toEqual([a, b, top].sort());
		const page = await records(db, actor, { figure: figureNamed('models.registered'), question, page: { limit: 2 } });
		expect(page.records).toHaveLength(2);
		const rest = await records(db, actor, {
			figure: figureNamed('models.registered'),
			question,
			page: { after: page.next ?? '', limit: 2 }
		});
		expect(rest.records).toHaveLength(1);
		expect(rest.next).toBeNull();
		const proofs = (await prove(db, actor, figureNamed('models.registered'), question)).flatMap((base) => base.proofs);
		expect(proofs.filter((proof) => proof.kind !== 'late').every((proof) => proof.holds)).toBe(true);
		expect(proofs[0]).toMatchObject({ name: 'standing', parts: [{ value: 1 }, { value: 1 }, { value: 1 }] });
		expect(await value(db, 'models.units_registered', question)).toBe(2);
		expect(await value(db, 'models.units_not_registered', question)).toBe(1);
		expect(await value(db, 'models.recognition_rate', question)).toBe(0);
		expect(
			await value(db, 'models.recognition_rate', { ...question, from: '2024-06-14', asOf: '2024-06-14' })
		).toBeNull();
	});

	test('a correction keeps what was known before; a withdrawal leaves nothing', async ({ db }) => {
		const { top, bases } = await bloc(db);
		const [a = '', b = ''] = bases;
		const id = await register(db, { unitId: a, registeredOn: '2024-05-01' });
		const before = new Date(Date.now() + 1);
		await new Promise((done) => setTimeout(done, 5));
		const input: RegistrationInput = {
			unitId: b,
			year: 2024,
			level: 'base',
			field: 'culture_society',
			subject: 'collective',
			novelty: 'new',
			name: 'Thu gom vỏ chai nhựa gây quỹ',
			registeredOn: '2024-05-02'
		};
		await correct(db, actor, { id, input, reason: 'ghi nhầm đơn vị' });
		const question = { unitId: a, asOf: '2024-06-15' };
		expect(await value(db, 'models.registered', question)).toBe(0);
		expect(await value(db, 'models.registered', { ...question, knownAt: before })).toBe(1);
		expect(await value(db, 'models.registered', { ...question, unitId: b })).toBe(1);
		expect(
			await value(db, 'models.registered', { ...question, unitId: top, where: { field: ['culture_society'] } })
		).toBe(1);
		await withdraw(db, actor, { ids: [id], reason: 'đơn vị xin rút' });
		expect(await value(db, 'models.registered', { ...question, unitId: top })).toBe(0);
		const listed = await records(db, actor, {
			figure: figureNamed('models.registered'),
			question: { ...question, unitId: top }
		});
		expect(listed.records).toEqual([]);
	});
});
