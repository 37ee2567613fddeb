import { z } from 'zod';
import { Day, LARGEST_PAGE, NOTHING, operation, pageOf, PAGING, UnitCode, type Context } from '#lib/api/operation.ts';
import { FIGURES, figureNamed } from '#lib/catalogue.ts';
import { recordLines } from '#lib/models/record-line.server.ts';
import { whereOf } from '#lib/reports/compile.server.ts';
import { word } from '#lib/ui/word.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { ask } from './ask.server.ts';
import { coded } from './coded.server.ts';
import { COMMON_FACETS, type Question, type Where } from './figure.ts';
import { prove } from './proofs.server.ts';
import { records } from './records.server.ts';

const FACETS = [...new Set([...COMMON_FACETS, ...FIGURES.flatMap((figure) => figure.facets)])];
const ByName = z.strictObject({ name: z.string().max(80) });
const commas = z
	.string()
	.max(500)
	.transform((text) => text.split(',').filter((value) => value !== ''));

/** `where.level=bloc,province`: as in the addresses of the pages. */
const WHERE = Object.fromEntries(FACETS.map((facet) => [`where.${facet}`, commas.optional()]));
const ASKED = {
	unit: UnitCode,
	from: Day.optional(),
	asOf: Day.optional(),
	knownAt: z.iso.datetime({ offset: true }).optional(),
	structure: z.union([z.enum(['then', 'now']), Day]).optional()
};
const Asked = z.strictObject({ ...ASKED, ...WHERE });
const AskedBy = Asked.extend({ by: commas.optional() });

type AskedQuery = z.output<z.ZodObject<typeof ASKED>> & Record<string, unknown>;

async function questionOf({ db, actor }: Context, asked: AskedQuery, by: readonly string[] = []): Promise<Question> {
	const { from, asOf, structure } = asked;
	const unit = await getByCode(db, actor, asked.unit, asOf);
	await authorise(db, actor, 'figure.read', unit.id);
	const knownAt = asked.knownAt === undefined ? undefined : new Date(asked.knownAt);
	const where: Where = Object.fromEntries(
		FACETS.flatMap((facet) => {
			const values = z.array(z.string()).optional().parse(asked[`where.${facet}`]);
			return values ? [[facet, values]] : [];
		})
	);
	const day = { where, day: asOf ?? '' };
	return {
		unitId: unit.id,
		from,
		asOf,
		knownAt,
		structure,
		by,
		where: where['unit'] ? await whereOf(db, actor, day) : where
	};
}

const Value = z.number().nullable();
const Part = z.strictObject({
	key: z.record(z.string(), z.string()),
	value: Value,
	numerator: z.number().optional(),
	denominator: z.number().optional()
});
const Counted = z.number().int();

const Proof = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('partition'),
		name: z.string(),
		holds: z.boolean(),
		total: Counted,
		parts: z.array(z.strictObject({ name: z.string(), value: Counted })),
		inNone: z.array(z.uuid()),
		inSeveral: z.array(z.uuid())
	}),
	z.strictObject({ kind: z.literal('children'), holds: z.boolean(), total: Counted, sum: Counted }),
	z.strictObject({ kind: z.literal('late'), holds: z.boolean(), count: Counted })
]);

export const FIGURE_OPERATIONS = [
	operation({
		name: 'figures.list',
		method: 'GET',
		path: '/figures',
		scope: 'figure.read',
		params: NOTHING,
		query: NOTHING,
		body: NOTHING,
		answer: z.strictObject({
			items: z.array(
				z.strictObject({
					name: z.string(),
					label: z.string(),
					definition: z.string(),
					kind: z.string(),
					unitOfMeasure: z.string(),
					facets: z.array(z.string()),
					law: z.string(),
					from: Day
				})
			)
		}),
		run: async () => ({
			items: FIGURES.map(({ name, kind, unitOfMeasure, facets, law, from }) => ({
				name,
				label: word('figure', name),
				definition: word('figure', `${name}_definition`),
				kind,
				unitOfMeasure,
				facets: [...COMMON_FACETS, ...facets],
				law,
				from
			}))
		})
	}),
	operation({
		name: 'figures.value',
		method: 'GET',
		path: '/figures/{name}',
		scope: 'figure.read',
		params: ByName,
		query: AskedBy,
		body: NOTHING,
		answer: z.strictObject({
			figure: z.string(),
			unit: z.string(),
			value: Value,
			numerator: z.number().optional(),
			denominator: z.number().optional(),
			about: z.boolean(),
			from: Day,
			asOf: Day,
			structure: z.string(),
			parts: z.array(Part),
			closed: z.enum(['records', 'value']).optional()
		}),
		run: async (context, { params: { name }, query: { by, ...asked } }) => {
			const figure = figureNamed(name);
			const answer = await ask(context.db, context.actor, figure, await questionOf(context, asked, by));
			// When it was asked is left out: the same figure then has the same bytes, and so the same ETag.
			const { unitId: _, knownAt: _known, where: _where, ...said } = answer;
			return { ...said, unit: asked.unit, parts: await coded(context.db, answer) };
		}
	}),
	operation({
		name: 'figures.records',
		method: 'GET',
		path: '/figures/{name}/records',
		scope: 'model.read',
		isPaged: true,
		params: ByName,
		query: Asked.extend({
			side: z.enum(['numerator', 'denominator']).default('numerator'),
			limit: PAGING.limit,
			cursor: z
				.string()
				.regex(/^(\d{4}-\d{2}-\d{2}~)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
				.optional()
		}),
		body: NOTHING,
		answer: pageOf(
			z.strictObject({
				id: z.uuid().nullable(),
				unit: z.string(),
				name: z.string().nullable(),
				onDate: Day.nullable(),
				quantity: Counted
			})
		).extend({ closed: z.boolean() }),
		run: async (context, { params: { name }, query: { side, limit, cursor, ...asked } }) => {
			const figure = figureNamed(name);
			const question = await questionOf(context, asked);
			const page = { side, limit: Math.min(limit, LARGEST_PAGE), after: cursor };
			const found = await records(context.db, context.actor, { figure, question, page });
			return {
				items: await recordLines(context.db, context.actor, found.records),
				next: found.next,
				closed: found.closed
			};
		}
	}),
	operation({
		name: 'figures.proofs',
		method: 'GET',
		path: '/figures/{name}/proofs',
		scope: 'figure.read',
		params: ByName,
		query: Asked,
		body: NOTHING,
		answer: z.strictObject({
			items: z.array(z.strictObject({ figure: z.string(), proofs: z.array(Proof) }))
		}),
		run: async (context, { params: { name }, query }) => ({
			items: await prove(context.db, context.actor, figureNamed(name), await questionOf(context, query))
		})
	})
];
