import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode } from '#lib/api/operation.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { list } from './audit.server.ts';

export const ACTION_OPERATIONS = [
	operation({
		name: 'actions.list',
		method: 'GET',
		path: '/actions',
		scope: 'audit.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({
			unit: UnitCode,
			noun: z
				.string()
				.regex(/^[a-z_]{1,40}$/)
				.optional(),
			record: z.uuid().optional(),
			from: Day.optional(),
			to: Day.optional(),
			limit: PAGING.limit,
			cursor: z.uuid().optional()
		}),
		body: NOTHING,
		answer: pageOf(
			z.strictObject({
				id: z.uuid(),
				at: z.iso.datetime(),
				noun: z.string(),
				recordId: z.uuid(),
				verb: z.string(),
				by: z.string(),
				unit: z.string().nullable(),
				reason: z.string().nullable(),
				details: z.record(z.string(), z.unknown())
			})
		),
		run: async ({ db, actor }, { query: { unit, record, cursor, limit, ...filter } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			await authorise(db, actor, 'audit.read', unitId);
			const page = await list(db, actor, { ...filter, unitId, recordId: record, after: cursor, limit });
			const items = page.rows.map(({ id, actedAt, noun, recordId, verb, actorName, unitCode, reason, details }) => {
				const about = { noun, recordId, verb, by: actorName, unit: unitCode, reason, details };
				return { id, at: actedAt.toISOString(), ...about };
			});
			return { items, next: page.next };
		}
	})
];
