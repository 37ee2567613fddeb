import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { dayAfter, dice, type Dice } from '#lib/demo/dice.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { knownNow, post, type NewPosting } from '#lib/ledger/ledger.server.ts';
import { FIELDS } from '#lib/models/model.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import { CITUS_NODES } from '../../../tests/citus.ts';
import { begin, deed, type Chronicler } from '../../../tests/chronicler.ts';
import { test } from '../../../tests/database.ts';
import { asTold } from '../../../tests/reorganised.ts';
import { complete } from './condition.server.ts';
import type { Cohort, FigureRecord, Flow, Structure } from './figure.ts';
import { visiblePosting } from './reach.server.ts';
import { groupedCases, newestCases } from './records.server.ts';

const actor = operator('thử nghiệm');
const HISTORIES = 12;
const ROUNDS = 4;
const CASES = 40;
const QUESTIONS = 60;
const figures = ['models.registered', 'models.recognised', 'models.new'].map(figureNamed);
const rate = figureNamed('models.recognition_rate');

const TITLE =
	'page by page the walk from the newest day finds all cases of the period: on every tree, as known at every moment, for every reader';

test(TITLE, { timeout: 120_000 }, async ({ clone: { db }, skip }) => {
	skip(CITUS_NODES.length > 0, 'a cluster gathers the cases of every question');
	const chance = dice(1930);
	const chroniclers = Array.from({ length: HISTORIES }, (_, n) => begin(`H${n}`, 1930 + n));
	const top = await found(db, chroniclers);
	const known: Date[] = [];
	for (let round = 1; round <= ROUNDS; round += 1) {
		const events = chroniclers.flatMap((one) => deed(one, round) ?? []).map((one) => UnitEvent.parse(asTold(one)));
		await record(db, actor, { events, followers: FOLLOWERS });
		await enterCases(db, { top, chance });
		known.push(await inTransaction(db, knownNow));
	}
	const bases = [...figures, ...(rate.kind === 'ratio' ? [rate.numerator, rate.denominator] : [])];
	let listed = 0;
	for (let n = 0; n < QUESTIONS; n += 1) {
		const figure = chance.pick(bases);
		if (figure.kind !== 'flow' && figure.kind !== 'cohort') throw new Error(`${figure.name} has no cases`);
		listed += await compare(db, figure, await askedBy(db, { top, chance, known }));
	}
	expect(listed).toBeGreaterThan(5 * QUESTIONS);
});

type Told = { top: string; chance: Dice };

async function found(db: Db, chroniclers: readonly Chronicler[]): Promise<string> {
	const unit = (code: string, parentId: string | null) => {
		const kind: 'province_committee' | 'base_committee' = parentId === null ? 'province_committee' : 'base_committee';
		return { id: newId(), code, name: code, kind, parentId };
	};
	const top = unit('R', null);
	const ids = new Map<string, string>();
	const under = chroniclers.flatMap(({ told }) => {
		const root = unit(told.root, top.id);
		ids.set(told.root, root.id);
		const below = told.deeds.flatMap((one) => {
			if (one.kind !== 'establish') return [];
			const made = unit(one.unit, ids.get(one.parent) ?? null);
			ids.set(one.unit, made.id);
			return [made];
		});
		return [root, ...below];
	});
	await establish(db, actor, { units: [top, ...under] });
	return top.id;
}

/** Cases that are counted, put right on the same day or another, taken back, and counted again. */
async function enterCases(db: Db, { top, chance }: Told): Promise<void> {
	const { rows: units } = await sql<{ id: string }>`select id from units where id <> ${top}::uuid order by id`.execute(
		db
	);
	const postings: NewPosting[] = [];
	for (let n = 0; n < CASES; n += 1) {
		const caseId = newId();
		const cohortOn = dayAfter('2023-06-01', chance.whole(300));
		const enter = (quantity: number, later: number) =>
			postings.push({
				homeId: top,
				unitId: chance.pick(units).id,
				caseId,
				noun: 'registration',
				actionId: newId(),
				measure: chance.pick(['model.registered', 'model.registered', 'model.recognised']),
				onDate: dayAfter(cohortOn, later),
				cohortOn,
				quantity,
				facets: {
					year: '2024',
					level: 'base',
					kind: 'model',
					field: chance.pick(FIELDS),
					subject: 'collective',
					novelty: chance.pick(['new', 'continuing'])
				}
			});
		for (let time = 0; time <= chance.whole(4); time += 1) enter(chance.pick([1, 1, -1]), chance.whole(3));
	}
	await inTransaction(db, (tx) => post(tx, postings));
}

type Asking = {
	asked: ReturnType<typeof complete>;
	reader: Actor;
	limit: number;
};

async function askedBy(db: Db, { top, chance, known }: Told & { known: readonly Date[] }): Promise<Asking> {
	const { rows: units } = await sql<{ id: string }>`select id from units order by id`.execute(db);
	const days = [dayAfter('2023-05-01', chance.whole(400)), dayAfter('2023-05-01', chance.whole(400))].toSorted();
	const [from = '', asOf = ''] = chance.whole(2) === 0 ? ['2023-01-01', '2024-12-31'] : days;
	const structures: Structure[] = ['then', 'then', 'now', '2023-09-01', '2024-12-31'];
	const structure = chance.pick(structures);
	const question = {
		unitId: chance.pick([top, chance.pick(units).id]),
		from,
		asOf,
		structure,
		...(chance.whole(3) === 0 && { knownAt: chance.pick(known) }),
		...(chance.whole(3) === 0 && { where: { field: FIELDS.slice(0, 2) } })
	};
	const grants = [1, 2, 3].map(() => ({ unitId: chance.pick(units).id, role: 'officer' as const }));
	const reader = chance.whole(3) === 0 ? { id: null, name: 'Cán bộ', grants, everything: false } : actor;
	return { asked: complete(figureNamed('models.registered'), question), reader, limit: 1 + chance.whole(30) };
}

/** Answers how many records the question has. */
async function compare(db: Db, figure: Flow | Cohort, { asked, reader, limit }: Asking): Promise<number> {
	const only = reader.everything ? null : visiblePosting(reader);
	const page = { side: 'numerator' as const, only };
	const all = await groupedCases(db, figure, asked, { ...page, after: '', limit: 10_000 });
	const walked: FigureRecord[] = [];
	for (;;) {
		const last = walked.at(-1);
		const after = last ? `${last.onDate}~${last.caseId}` : '';
		const next = await newestCases(db, figure, asked, { ...page, after, limit });
		walked.push(...next);
		if (next.length < limit) break;
	}
	expect(walked, JSON.stringify(asked)).toEqual(all);
	return all.length;
}
