import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import type { LinkKind } from './event.ts';
import type { Outlook } from './outlook.ts';
import type { Planned } from './plan.ts';

/** Begins or ends the dated links that these events say. Refuses to end one that is not. */
export async function addLinks(tx: Tx, planned: readonly Planned[], view: Outlook): Promise<void> {
	for (const { id, event } of planned) {
		if (event.kind !== 'link') continue;
		const { effectiveOn, link, ends } = event;
		const find = (code: string): string =>
			(view.find(code, dayPlus(effectiveOn, -1)) ?? view.find(code, effectiveOn))?.unitId ?? '';
		const [unitId, otherId] = [find(event.unit), find(event.other)];
		if (unitId === otherId) throw problem('unit_event.into_itself', { unit: event.unit });
		if (!ends) {
			await sql`
				insert into unit_links (id, kind, unit_id, other_id, event_id, valid)
				values (${newId()}::uuid, ${link}, ${unitId}::uuid, ${otherId}::uuid, ${id}::uuid,
					daterange(${effectiveOn}::date, null))`.execute(tx);
			continue;
		}
		const { rows } = await sql`
			update unit_links set valid = daterange(lower(valid), ${effectiveOn}::date), ended_by_event_id = ${id}::uuid
			where kind = ${link} and unit_id = ${unitId}::uuid and other_id = ${otherId}::uuid
				and valid @> ${effectiveOn}::date and lower(valid) < ${effectiveOn}::date returning 1`.execute(tx);
		if (rows.length === 0) throw problem('unit_event.link_not_there', { unit: event.unit, other: event.other });
	}
}

/** Takes back what these events began or ended. */
export async function undoLinks(tx: Tx, eventIds: readonly string[]): Promise<void> {
	await sql`delete from unit_links where event_id = any(${[...eventIds]}::uuid[])`.execute(tx);
	await sql`
		update unit_links set valid = daterange(lower(valid), null), ended_by_event_id = null
		where ended_by_event_id = any(${[...eventIds]}::uuid[])`.execute(tx);
}

export type UnitLink = {
	kind: LinkKind;
	code: string;
	name: string;
	from: string;
	until: string | null;
	toward: boolean;
};

/** The links of a unit, present ones first. `toward`: it is the other one that the link leads to. `until`: the last day. */
export async function listLinks(db: Db, unitId: string): Promise<UnitLink[]> {
	const { rows } = await sql<UnitLink>`
		select l.kind, v.code, v.name, lower(l.valid) as "from", (upper(l.valid) - 1)::date as until,
			l.unit_id = ${unitId}::uuid as toward
		from unit_links l
		cross join lateral (
			select code, name from unit_versions u
			where u.unit_id = case when l.unit_id = ${unitId}::uuid then l.other_id else l.unit_id end
			order by upper(u.valid) desc nulls first limit 1
		) v
		where l.unit_id = ${unitId}::uuid or l.other_id = ${unitId}::uuid
		order by upper(l.valid) desc nulls first, v.code`.execute(db);
	return rows;
}
