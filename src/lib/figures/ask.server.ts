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
		case 'cohort':
			return { ...blank, ...(await measure(db, figure, asked)) };
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

type Measured = { value: number; about: boolean; parts: Part[] };

/**
 * The value and its parts, in one pass over the records. Facets a posting lacks group under '': visible, never dropped, so
 * that parts always add up.
 */
async function measure(db: Db, figure: Flow | Cohort, asked: Asked): Promise<Measured> {
	const keys = asked.by.map((_, i) => sql.ref(`k${i}`));
	const columns = asked.by.map((facet, i) => sql`, coalesce(${facetOf(facet)}, '') as ${sql.ref(`k${i}`)}`);
	const list = keys.length > 0 ? sql`${sql.join(keys)},` : sql``;
	const groups = keys.length > 0 ? sql`group by grouping sets ((), (${sql.join(keys)}))` : sql``;
	const whole = keys.length > 0 ? sql`grouping(${sql.join(keys)}) > 0` : sql`true`;
	const order = keys.length > 0 ? sql`order by ${sql.join(keys)}` : sql``;
	const { rows } = await sql<Record<string, string> & { whole: boolean; value: number; about: boolean }>`
		select ${list} ${whole} as whole, coalesce(sum(quantity), 0)::bigint as value, coalesce(bool_or(about), false) as about
		from (select p.quantity, p.about ${sql.join(columns, sql``)} ${condition(figure, asked)}) counted
		${groups} ${order}`.execute(db);
	const all = rows.find((row) => row.whole);
	const parts = rows
		.filter((row) => !row.whole && row.value !== 0)
		.map((row) => ({
			key: Object.fromEntries(asked.by.map((facet, i) => [facet, row[`k${i}`] ?? ''])),
			value: row.value
		}));
	return { value: all?.value ?? 0, about: all?.about ?? false, parts };
}

type Blank = Omit<Answer, 'value'>;

async function ratio(db: Db, figure: Extract<Figure, { kind: 'ratio' }>, asked: Asked, blank: Blank): Promise<Answer> {
	const above = await measure(db, figure.numerator, asked);
	const below = await measure(db, figure.denominator, asked);
	const byKey = new Map(above.parts.map((part) => [JSON.stringify(part.key), part.value ?? 0]));
	const parts = below.parts.map((part) => {
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
	const now = await measure(db, figure.base, { ...asked, by: [] });
	const then = await measure(db, figure.base, { ...before, by: [] });
	const difference = now.value - then.value;
	const value = figure.relative ? share(difference, then.value) : difference;
	return { ...blank, about: now.about || then.about, numerator: now.value, denominator: then.value, value };
}
