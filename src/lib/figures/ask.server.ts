import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { complete, condition, facetOf, type Asked } from './condition.server.ts';
import { yearBefore, type Answer, type Cohort, type Figure, type Flow, type Part, type Question } from './figure.ts';
import { countHavingBy, countObligedThat } from './obliged.server.ts';

/** A figure's value and its parts, from the ledger. Refuses a unit the actor may not see and facets the figure has not. */
export async function ask(db: Db, actor: Actor, figure: Figure, question: Question): Promise<Answer> {
	await authorise(db, actor, 'unit.read', question.unitId);
	return answer(db, figure, complete(figure, question));
}

async function answer(db: Db, figure: Figure, asked: Asked): Promise<Answer> {
	const { by: _by, known: _known, ...said } = asked;
	const blank = { ...said, figure: figure.name, about: false, parts: [] };
	switch (figure.kind) {
		case 'flow':
		case 'cohort': {
			const sums = await total(db, figure, asked);
			return { ...blank, value: sums.value, about: sums.about, parts: await partsOf(db, figure, asked) };
		}
		case 'ratio':
			return ratio(db, figure, asked, blank);
		case 'units_with':
			return {
				...blank,
				value: await countObligedThat(db, 'have', { figure: figure.base, asked }),
				parts: asked.by.length === 0 ? [] : await countHavingBy(db, figure.base, asked)
			};
		case 'units_without':
			return { ...blank, value: await countObligedThat(db, 'lack', { figure: figure.base, asked }) };
		case 'change':
			return change(db, figure, asked, blank);
	}
}

async function total(db: Db, figure: Flow | Cohort, asked: Asked): Promise<{ value: number; about: boolean }> {
	const { rows } = await sql<{ value: number; about: boolean }>`
		select coalesce(sum(p.quantity), 0)::bigint as value, coalesce(bool_or(p.about), false) as about
		${condition(figure, asked)}`.execute(db);
	return rows[0] ?? { value: 0, about: false };
}

async function partsOf(db: Db, figure: Flow | Cohort, asked: Asked): Promise<Part[]> {
	if (asked.by.length === 0) return [];
	return grouped(db, figure, asked, sql<number>`sum(p.quantity)::bigint`);
}

/** Facets a posting lacks group under '': visible, never dropped, so that parts always add up. */
async function grouped(
	db: Db,
	figure: Flow | Cohort,
	asked: Asked,
	value: ReturnType<typeof sql<number>>
): Promise<Part[]> {
	const keys = sql.join(asked.by.map((facet, i) => sql`coalesce(${facetOf(facet)}, '') as ${sql.ref(`k${i}`)}`));
	const order = sql.join(asked.by.map((_, i) => sql.ref(`k${i}`)));
	const { rows } = await sql<Record<string, string> & { value: number }>`
		select ${keys}, ${value} as value ${condition(figure, asked)}
		group by ${order} having sum(p.quantity) <> 0 order by ${order}`.execute(db);
	return rows.map((row) => ({
		key: Object.fromEntries(asked.by.map((facet, i) => [facet, row[`k${i}`] ?? ''])),
		value: row.value
	}));
}

type Blank = Omit<Answer, 'value'>;

async function ratio(db: Db, figure: Extract<Figure, { kind: 'ratio' }>, asked: Asked, blank: Blank): Promise<Answer> {
	const above = await total(db, figure.numerator, asked);
	const below = await total(db, figure.denominator, asked);
	const [tops, bottoms] = [await partsOf(db, figure.numerator, asked), await partsOf(db, figure.denominator, asked)];
	const byKey = new Map(tops.map((part) => [JSON.stringify(part.key), part.value ?? 0]));
	const parts = bottoms.map((part) => {
		const numerator = byKey.get(JSON.stringify(part.key)) ?? 0;
		const denominator = part.value ?? 0;
		return { key: part.key, numerator, denominator, value: share(numerator, denominator) };
	});
	const about = above.about || below.about;
	return {
		...blank,
		about,
		numerator: above.value,
		denominator: below.value,
		value: share(above.value, below.value),
		parts
	};
}

/** A share of nothing is not applicable, not 0%. */
function share(numerator: number, denominator: number): number | null {
	return denominator === 0 ? null : numerator / denominator;
}

async function change(
	db: Db,
	figure: Extract<Figure, { kind: 'change' }>,
	asked: Asked,
	blank: Blank
): Promise<Answer> {
	const before = { ...asked, from: yearBefore(asked.from), asOf: yearBefore(asked.asOf) };
	const now = await total(db, figure.base, asked);
	const then = await total(db, figure.base, before);
	const difference = now.value - then.value;
	const value = figure.relative ? share(difference, then.value) : difference;
	return { ...blank, about: now.about || then.about, numerator: now.value, denominator: then.value, value };
}
