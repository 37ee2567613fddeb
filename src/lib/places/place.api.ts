import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING } from '#lib/api/operation.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { PLACE_KINDS, PLACE_TIERS, type Place } from './place.ts';
import * as places from './place.server.ts';
import { search } from './search.server.ts';

const PlaceCode = z.string().regex(/^\d{2,5}$/);
const Kind = z.enum(PLACE_KINDS);
const Tier = z.enum(PLACE_TIERS);
const Listed = z.strictObject({
	code: z.string(),
	name: z.string(),
	kind: Kind,
	tier: Tier,
	parent: z.string().nullable()
});
const Kin = z.strictObject({
	code: z.string().nullable(),
	name: z.string(),
	within: z.string().nullable(),
	on: z.string(),
	extent: z.enum(['whole', 'part']).nullable(),
	isPrimary: z.boolean(),
	isRemainder: z.boolean(),
	confidence: z.string().nullable()
});
const Found = z.strictObject({
	name: z.string(),
	code: z.string().nullable(),
	tier: Tier,
	within: z.string().nullable(),
	until: z.string().nullable(),
	becomes: z.array(
		z.strictObject({
			name: z.string(),
			code: z.string().nullable(),
			within: z.string().nullable(),
			extent: z.enum(['whole', 'part']).nullable()
		})
	)
});

const MOST_FOUND = 50;

/** What a code meant on the day; refuses one that meant nothing then. */
async function getByCode(db: Db, code: string, day: string): Promise<Place> {
	const place = await places.placeOf(db, code, day);
	if (!place) throw problem('place.not_found', { code });
	return place;
}

export const PLACE_OPERATIONS = [
	operation({
		name: 'places.list',
		method: 'GET',
		path: '/places',
		scope: 'unit.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({ in: PlaceCode.optional(), tier: Tier.optional(), on: Day.optional(), ...PAGING }),
		body: NOTHING,
		answer: pageOf(Listed),
		run: async ({ db }, { query: { in: code, tier, on, limit, cursor } }) => {
			const day = on ?? today();
			const inside = code ? (await getByCode(db, code, day)).id : null;
			const rows = await places.listPage(db, inside, { day, tier, limit: limit + 1, after: cursor });
			const items = rows
				.slice(0, limit)
				.map(({ code, name, kind, tier, parent }) => ({ code, name, kind, tier, parent }));
			return { items, next: rows.length > limit ? (items.at(-1)?.code ?? null) : null };
		}
	}),
	operation({
		name: 'places.search',
		method: 'GET',
		path: '/places/search',
		scope: 'unit.read',
		params: NOTHING,
		query: z.strictObject({ q: z.string().min(2).max(200), on: Day.optional() }),
		body: NOTHING,
		answer: z.strictObject({ found: z.array(Found), total: z.number().int() }),
		run: async ({ db }, { query: { q, on } }) => {
			const { hits, total } = await search(db, q, { day: on ?? today(), limit: MOST_FOUND });
			const found = hits.map(({ name, code, tier, within, until, becomes }) => ({
				name,
				code,
				tier,
				within,
				until,
				becomes: becomes.map((one) => ({ name: one.name, code: one.code, within: one.within, extent: one.extent }))
			}));
			return { found, total };
		}
	}),
	operation({
		name: 'places.get',
		method: 'GET',
		path: '/places/{code}',
		scope: 'unit.read',
		params: z.strictObject({ code: PlaceCode }),
		query: z.strictObject({ on: Day.optional() }),
		body: NOTHING,
		answer: z.strictObject({
			code: z.string().nullable(),
			name: z.string(),
			kind: Kind,
			tier: Tier,
			above: z.array(z.strictObject({ code: z.string().nullable(), name: z.string() })),
			versions: z.array(
				z.strictObject({
					code: z.string().nullable(),
					name: z.string(),
					kind: Kind,
					law: z.string().nullable(),
					from: z.string(),
					until: z.string().nullable()
				})
			),
			predecessors: z.array(Kin),
			successors: z.array(Kin)
		}),
		run: async ({ db }, { params, query }) => {
			const day = query.on ?? today();
			const place = await getByCode(db, params.code, day);
			const [above, versions] = [await places.listAbove(db, place, day), await places.listVersions(db, place.id)];
			const predecessors = await places.listPredecessors(db, place.id);
			const successors = await places.listSuccessors(db, place.id);
			return {
				code: place.code,
				name: place.name,
				kind: place.kind,
				tier: place.tier,
				above: above.map(({ code, name }) => ({ code, name })),
				versions: versions.map(({ code, name, kind, law, from, until }) => ({ code, name, kind, law, from, until })),
				predecessors: predecessors.map(told),
				successors: successors.map(told)
			};
		}
	})
];

function told({ id: _id, day, ...kin }: places.Kin) {
	return { ...kin, on: day };
}
