import fc from 'fast-check';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { COUNTED_BY_UNIT, figureNamed, FIGURES } from '#lib/catalogue.ts';
import { FIELDS, LEVELS, NOVELTIES, SUBJECTS } from '#lib/models/model.ts';
import {
	accept,
	correct,
	draft,
	giveBack,
	submit,
	withdraw,
	type RegistrationInput
} from '#lib/models/registration.server.ts';
import { appraise, honour, recognise, refuse, revoke } from '#lib/models/recognition.server.ts';
import { addSheet } from '#lib/models/score-sheet.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { knownNow } from '#lib/ledger/ledger.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { test } from '../../../tests/database.ts';
import { ask } from './ask.server.ts';
import { naive, type Fact } from '../../../tests/naive.ts';
import { records } from './records.server.ts';
import { prove } from './proofs.server.ts';

const actor = operator('thử nghiệm');
const RUNS = 40;
const STEPS = 14;

type World = { units: string[]; parents: Map<string, string | null>; facts: Fact[] };

/** A tree of three tiers: a province, two blocs, four base units. */
async function world(db: Db): Promise<World> {
	await addSheet(db, actor, {
		level: 'base',
		name: 'Thang điểm',
		passMark: 75,
		law: '–',
		from: '2009-01-01',
		criteria: [{ code: 'all', name: 'Chung', points: 100 }]
	});
	const parents = new Map<string, string | null>();
	const [top] = await establish(db, actor, {
		units: [{ code: 'T', name: 'Tỉnh uỷ', kind: 'province_committee', parentId: null }]
	});
	if (!top) throw new Error('no province');
	parents.set(top.id, null);
	const blocs = await establish(db, actor, {
		units: ['A', 'B'].map((code) => ({
			code: `T-${code}`,
			name: `Khối ${code}`,
			kind: 'bloc_committee',
			parentId: top.id
		}))
	});
	const bases = await establish(db, actor, {
		units: blocs.flatMap((bloc) =>
			['1', '2'].map((n) => ({
				code: `${bloc.code}-${n}`,
				name: `Đảng bộ ${bloc.code} ${n}`,
				kind: 'base_committee' as const,
				parentId: bloc.id
			}))
		)
	});
	for (const unit of [...blocs, ...bases]) parents.set(unit.id, unit.parentId);
	return { units: [top, ...blocs, ...bases].map((unit) => unit.id), parents, facts: [] };
}

const day = fc
	.integer({ min: 0, max: 500 })
	.map((days) => new Date(Date.UTC(2023, 6, 1) + days * 86_400_000).toISOString().slice(0, 10));
const step = fc.record({
	verb: fc.constantFrom(
		'register',
		'register',
		'register',
		'recognise',
		'refuse',
		'return',
		'correct',
		'withdraw',
		'revoke',
		'typical'
	),
	which: fc.nat(),
	unit: fc.integer({ min: 1, max: 6 }),
	on: day,
	level: fc.constantFrom(...LEVELS),
	field: fc.constantFrom(...FIELDS),
	subject: fc.constantFrom(...SUBJECTS),
	novelty: fc.constantFrom(...NOVELTIES)
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test(
	'every figure agrees with a second, naive computation over random histories',
	{ timeout: 180_000 },
	async ({ clone }) => {
		const { db } = clone;
		const made = await world(db);
		const known: Remembered[] = [];
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { minLength: 3, maxLength: STEPS }),
				day,
				day,
				fc.nat(6),
				async (steps, a, b, which) => {
					// What was entered before is folded for every other world, what follows is not.
					if (which % 2 === 0) await fold(db, COUNTED_BY_UNIT);
					for (const one of steps) await live(db, made, one);
					const [from, asOf] = a < b ? [a, b] : [b, a];
					const question = { unitId: made.units[which] ?? '', from, asOf };
					await compare(db, made, question);
					known.push(await remember(db, question));
				}
			),
			{ numRuns: RUNS, seed: 15_101_930, endOnFailure: true }
		);
		for (const { question, knownAt, values } of known)
			expect(await valuesOf(db, { ...question, knownAt })).toEqual(values);
	}
);

type Asked = { unitId: string; from: string; asOf: string };
type Remembered = { question: Asked; knownAt: Date; values: (number | null)[] };

/** What every figure says now; asked again later "as known then", it must say the same. */
async function remember(db: Db, question: Asked): Promise<Remembered> {
	const knownAt = await inTransaction(db, knownNow);
	return { question, knownAt, values: await valuesOf(db, { ...question, knownAt }) };
}

async function valuesOf(db: Db, question: Asked & { knownAt: Date }): Promise<(number | null)[]> {
	const values = [];
	for (const figure of FIGURES) values.push((await ask(db, actor, figure, question)).value);
	return values;
}

/** What an officer does; the same is told to the naive ledger of facts. */
async function live(db: Db, made: World, one: Step): Promise<void> {
	const unitId = made.units[one.unit] ?? '';
	if (one.verb === 'register') return begin(db, made, inputOf(one, unitId), one);
	const open = made.facts.filter((fact) => !fact.withdrawn && !fact.returned);
	const fact = open[one.which % Math.max(open.length, 1)];
	if (!fact) return;
	const decidedOn = one.on < fact.input.registeredOn ? fact.input.registeredOn : one.on;
	switch (one.verb) {
		case 'recognise':
		case 'refuse':
			return decide(db, fact, { outcome: one.verb, decidedOn });
		case 'withdraw':
			if (fact.decided) return;
			await withdraw(db, actor, { ids: [fact.id], reason: 'xin rút' });
			fact.withdrawn = true;
			return;
		case 'revoke':
			if (!fact.decided) return;
			await revoke(db, actor, fact.id, 'xét lại');
			Object.assign(fact, { decided: null, typicalOn: null });
			return;
		case 'typical':
			if (fact.decided?.outcome !== 'recognised' || fact.typicalOn || decidedOn < fact.decided.on) return;
			await honour(db, actor, { ids: [fact.id], verb: 'choose_typical', decision: { number: null, decidedOn } });
			fact.typicalOn = decidedOn;
			return;
		case 'correct': {
			if (fact.decided) return;
			const input = { ...inputOf(one, unitId), level: fact.input.level, name: fact.input.name };
			await correct(db, actor, { id: fact.id, input, reason: 'ghi nhầm' });
			fact.input = input;
			return;
		}
		case 'return':
			return;
	}
}

type Input = RegistrationInput & { registeredOn: string };

function inputOf(one: Step, unitId: string): Input {
	const { level, field, subject, novelty, on } = one;
	return {
		unitId,
		year: Number(on.slice(0, 4)),
		level,
		field,
		subject,
		novelty,
		registeredOn: on,
		name: `Mô hình ${one.which}`
	};
}

async function begin(db: Db, made: World, input: Input, one: Step): Promise<void> {
	const { id } = await draft(db, actor, input);
	await submit(db, actor, [id]);
	const returned = one.which % 5 === 0;
	if (returned) await giveBack(db, actor, { ids: [id], reason: 'ghi rõ hơn' });
	else await accept(db, actor, [id]);
	made.facts.push({ id, input, returned, withdrawn: false, decided: null, typicalOn: null });
}

async function decide(db: Db, fact: Fact, by: { outcome: 'recognise' | 'refuse'; decidedOn: string }): Promise<void> {
	if (fact.decided || fact.input.level !== 'base') return;
	await appraise(db, actor, fact.id, { points: { all: by.outcome === 'recognise' ? 80 : 40 }, vetoes: [] });
	const act = by.outcome === 'recognise' ? recognise : refuse;
	await act(db, actor, [fact.id], { number: '01-QĐ', decidedOn: by.decidedOn });
	fact.decided = { outcome: by.outcome === 'recognise' ? 'recognised' : 'not_recognised', on: by.decidedOn };
}

async function compare(db: Db, made: World, question: { unitId: string; from: string; asOf: string }): Promise<void> {
	for (const figure of FIGURES) {
		const expected = naive(figure.name, made, question);
		if (expected === undefined) continue;
		const answer = await ask(db, actor, figure, question);
		expect(answer.value, `${figure.name} ${JSON.stringify(question)}`).toBe(expected);
		if (figure.kind !== 'flow' && figure.kind !== 'cohort') continue;
		const listed = await records(db, actor, { figure, question, page: { limit: 500 } });
		expect(listed.records.reduce((sum, record) => sum + record.quantity, 0)).toBe(answer.value);
		for (const by of [['unit'], ['field', 'novelty'], ['month'], ['unit', 'level']]) {
			const { parts } = await ask(db, actor, figure, { ...question, by });
			expect(parts.reduce((sum, part) => sum + (part.value ?? 0), 0)).toBe(answer.value);
		}
		const proofs = (await prove(db, actor, figure, question)).flatMap((base) => base.proofs);
		expect(proofs.filter((proof) => proof.kind !== 'late' && !proof.holds)).toEqual([]);
	}
	const registered = await ask(db, actor, figureNamed('models.registered'), {
		...question,
		knownAt: new Date('2020-01-01')
	});
	expect(registered.value).toBe(0);
}
