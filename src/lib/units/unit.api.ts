import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode } from '#lib/api/operation.ts';
import { listVersions } from './tree.server.ts';
import { UNIT_KINDS } from './unit.ts';
import * as units from './unit.server.ts';

const Kind = z.enum(UNIT_KINDS);
const Unit = z.strictObject({ code: z.string(), name: z.string(), kind: Kind, parent: z.string().nullable() });
const Placed = Unit.extend({ depth: z.number().int() });
const ByCode = z.strictObject({ code: UnitCode });

export const UNIT_OPERATIONS = [
	operation({
		name: 'units.list',
		method: 'GET',
		path: '/units',
		scope: 'unit.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({ under: UnitCode.optional(), on: Day.optional(), ...PAGING }),
		body: NOTHING,
		answer: pageOf(Placed),
		run: async ({ db, actor }, { query: { under, on, limit, cursor } }) => {
			const tops = under ? [await units.getByCode(db, actor, under)] : await units.listOwn(db, actor);
			const ids = tops.map((unit) => unit.id);
			const rows = await units.listPage(db, ids, { day: on, limit: limit + 1, after: cursor });
			const shown = rows.slice(0, limit);
			const items = shown.map(({ code, name, kind, parent, depth }) => ({ code, name, kind, parent, depth }));
			return { items, next: rows.length > limit ? (items.at(-1)?.code ?? null) : null };
		}
	}),
	operation({
		name: 'units.get',
		method: 'GET',
		path: '/units/{code}',
		scope: 'unit.read',
		params: ByCode,
		query: z.strictObject({ on: Day.optional() }),
		body: NOTHING,
		answer: Unit.extend({
			above: z.array(z.strictObject({ code: z.string(), name: z.string(), kind: Kind })),
			versions: z.array(
				z.strictObject({
					code: z.string(),
					name: z.string(),
					kind: z.string(),
					from: z.string(),
					until: z.string().nullable()
				})
			)
		}),
		run: async ({ db, actor }, { params, query: { on } }) => {
			const { id, code, name, kind, parentId } = await units.getByCode(db, actor, params.code, on);
			const [above, versions] = [await units.listAbove(db, id, on), await listVersions(db, id)];
			return {
				code,
				name,
				kind,
				parent: above.find((unit) => unit.id === parentId)?.code ?? null,
				above: above
					.filter((unit) => unit.id !== id)
					.map((unit) => ({ code: unit.code, name: unit.name, kind: unit.kind })),
				versions: versions.map((version) => ({
					code: version.code,
					name: version.name,
					kind: version.kind,
					from: version.from,
					until: version.until
				}))
			};
		}
	}),
	operation({
		name: 'units.tree',
		method: 'GET',
		path: '/units/{code}/tree',
		scope: 'unit.read',
		params: ByCode,
		query: z.strictObject({ on: Day.optional(), depth: z.coerce.number().int().min(1).max(10).default(2) }),
		body: NOTHING,
		answer: z.strictObject({ units: z.array(Placed) }),
		run: async ({ db, actor }, { params, query: { on, depth } }) => {
			const top = await units.getByCode(db, actor, params.code, on);
			const under = (await units.listUnder(db, top.id, on)).filter((unit) => unit.depth <= depth);
			const codes = new Map(under.map((unit) => [unit.id, unit.code]));
			return {
				units: under.map((unit) => ({
					code: unit.code,
					name: unit.name,
					kind: unit.kind,
					parent: codes.get(unit.parentId ?? '') ?? null,
					depth: unit.depth
				}))
			};
		}
	})
];
