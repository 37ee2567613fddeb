import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { onOneMoment, type Db } from '#lib/server/db.ts';
import { complete, condition, facetOf, type Asked } from './condition.server.ts';
import {
	basesOf,
	COMMON_FACETS,
	yearBefore,
	type Answer,
	type Cohort,
	type Figure,
	type Flow,
	type Part,
	type Question
} from './figure.ts';
import { foldedRows, planOf, type Plan } from './folded.server.ts';
import { countHaving, countLacking } from './obliged.server.ts';
import { countHidden, reachOf, SMALLEST_CLOSED } from './reach.server.ts';

/**
 * A figure's value and its parts, from the ledger. Refuses a unit of another tree and facets the figure has not. Where the
 * records are not the actor's to see, the value alone is told, and only when it gives away no fewer than five of them:
 * parts and narrowed questions would, by subtraction.
 */
export async function ask(db: Db, actor: Actor, figure: Figure, question: Question): Promise<Answer> {
	const asked = complete(figure, question);
	if ((await reachOf(db, actor, { figure, asked })) === 'records') return answer(db, figure, asked);
	const told = await answer(db, figure, { ...asked, by: [] });
	if (Object.keys(asked.where).length === 0 && !(await givesFewAway(db, actor, { figure, asked })))
		return { ...told, closed: 'records' };
	const { numerator: _numerator, denominator: _denominator, ...rest } = told;
	return { ...rest, value: null, closed: 'value' };
}

/** Is there a number in the answer over few records that the actor may not see? */
async function givesFewAway(
	db: Db,
	actor: Actor,
	{ figure, asked }: { figure: Figure; asked: Asked }
): Promise<boolean> {
	const years =
		figure.kind === 'change'
			? [asked, { ...asked, from: yearBefore(asked.from), asOf: yearBefore(asked.asOf) }]
			: [asked];
	for (const base of basesOf(figure)) {
		for (const year of years) {
			const hidden = await countHidden(db, actor, { figure: base, asked: year });
			if (hidden > 0 && hidden < SMALLEST_CLOSED) return true;
		}
	}
	return false;
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
			return { ...blank, ...(await countHaving(db, figure.base, asked)) };
		case 'units_without':
			return { ...blank, value: await countLacking(db, figure.base, asked) };
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
	// On the tree of now cells hold until something moves: what is planned must still be so when they are read.
	return asked.structure === 'then' ? read(db, figure, asked) : onOneMoment(db, (tx) => read(tx, figure, asked));
}

async function read(db: Db, figure: Flow | Cohort, asked: Asked): Promise<Measured> {
	const plan = await planOf(db, figure, asked);
	const singly = asked.by.length === 0 ? whole : wholeAndParts;
	const { rows } = await sql<Record<string, string> & { whole: boolean; value: number; about: boolean }>`
		${plan ? folded(figure, asked, plan) : singly(figure, asked)}`.execute(db);
	const all = rows.find((row) => row.whole);
	const parts = rows
		.filter((row) => !row.whole && row.value !== 0)
		.map((row) => ({
			key: Object.fromEntries(asked.by.map((facet, i) => [facet, row[`k${i}`] ?? ''])),
			value: row.value
		}));
	return { value: all?.value ?? 0, about: all?.about ?? false, parts };
}

const SUMS = sql`coalesce(sum(quantity), 0)::bigint as value, coalesce(bool_or(about), false) as about`;

function folded(figure: Flow | Cohort, { by }: Asked, plan: Plan): RawBuilder<unknown> {
	const counted = foldedRows(figure, plan);
	if (by.length === 0) return sql`select true as whole, ${SUMS} from (${counted}) counted`;
	const keys = sql.join(by.map((_, i) => sql.ref(`k${i}`)));
	return sql`
		select ${keys}, grouping(${keys}) > 0 as whole, ${SUMS} from (${counted}) counted
		group by grouping sets ((), (${keys})) order by ${keys}`;
}

function whole(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	return sql`select true as whole, ${SUMS} from (select p.quantity, p.about ${condition(figure, asked)}) counted`;
}

/**
 * Postings are gathered by all their facets as one text, so that the facets are taken apart once a group, not once a posting;
 * but not by months, which leave hardly any two postings together. A child stays an id until its postings are gathered.
 */
function wholeAndParts(figure: Flow | Cohort, asked: Asked): RawBuilder<unknown> {
	const isPlace = (facet: string) => COMMON_FACETS.some((common) => common === facet);
	const gathers = !asked.by.includes('month') && !asked.by.every(isPlace);
	const told = asked.by.map((facet, i) => ({ facet, key: sql.ref(`k${i}`), early: isPlace(facet) || !gathers }));
	const keys = sql.join(told.map(({ key }) => key));
	const early = told.filter((one) => one.early);
	const found = early.map(({ facet, key }) => {
		if (facet === 'unit') return sql`, path.child as ${key}`;
		return sql`, coalesce(${facetOf(facet)}, '') as ${key}`;
	});
	const gathered = sql.join([...(gathers ? [sql`p.facets_text`] : []), ...early.map(({ key }) => key)]);
	const columns = told.map(({ facet, key, early: known }) => {
		if (facet === 'unit') return sql`${key}::text as ${key}`;
		return known ? key : sql`coalesce(facets ->> ${sql.lit(facet)}, '') as ${key}`;
	});
	return sql`
		select ${keys}, grouping(${keys}) > 0 as whole, ${SUMS}
		from (
			select ${sql.join(columns)}, quantity, about from (
				select ${gathers ? sql`p.facets_text::jsonb as facets,` : sql``} sum(p.quantity) as quantity, bool_or(p.about) as about
					${sql.join(found, sql``)} ${condition(figure, asked)} group by ${gathered}
			) gathered
		) counted
		group by grouping sets ((), (${keys})) order by ${keys}`;
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
