import { sql } from 'kysely';
import { standApart } from '#lib/ledger/fold.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { Holding } from './follower.ts';
import type { Division } from './plan.ts';

/** A case of a split unit, by the unit its postings stand on, and to whom it goes from a day on. */
export type Share = {
	unitId: string;
	caseId: string;
	heirId: string;
	means: 'place' | 'list' | 'hand';
	from: string;
	eventId: string;
};

/** A case that stands, on that day, with this unit: its own, or of a closed one that went over to it. */
export type StandingCase = { unitId: string; caseId: string };

/** The cases that stood with a unit on the eve of a day, its own and those of units it took over, and that nobody was attributed on it. */
export async function casesOf(db: Db, unitId: string, day: string): Promise<StandingCase[]> {
	const { rows } = await sql<StandingCase>`
		with standing as (
			select ${unitId}::uuid as unit_id
			union all
			select unit_id from (
				select distinct on (gone.unit_id) gone.unit_id, gone.ancestor_id, gone.undivided from unit_paths gone
				join unit_versions open on open.unit_id = gone.ancestor_id and open.valid @> (${day}::date - 1)
				where gone.inherited and gone.valid @> (${day}::date - 1) and upper_inf(gone.known) and exists (
					select 1 from unit_paths below where below.unit_id = gone.unit_id and below.ancestor_id = ${unitId}::uuid
						and below.inherited and below.valid @> (${day}::date - 1) and upper_inf(below.known))
				order by gone.unit_id, gone.depth
			) taken where ancestor_id = ${unitId}::uuid and not undivided
		)
		select p.unit_id as "unitId", p.case_id as "caseId" from postings p
		left join case_shares s on s.unit_id = p.unit_id and s.case_id = p.case_id and s.valid @> ${day}::date and upper_inf(s.known)
		where (s.heir_id is null and p.unit_id in (select unit_id from standing)) or s.heir_id in (select unit_id from standing)
		group by p.unit_id, p.case_id having min(p.on_date) < ${day}::date`.execute(db);
	return rows;
}

/** Which case goes where by what a split decided: what is named by itself first, then what lies in a named place. */
export async function divide(
	db: Db,
	{ division, eventId, holdings }: { division: Division; eventId: string; holdings: readonly Holding[] }
): Promise<Share[]> {
	const { unitId, heirId, effectiveOn, places, cases } = division;
	if (places.length === 0 && cases.length === 0) return [];
	const standing = await casesOf(db, unitId, effectiveOn);
	const ids = [...new Set(standing.map((one) => one.caseId))];
	const lying = new Map<string, string>();
	if (places.length > 0) {
		for (const holding of holdings) {
			for (const [caseId, place] of (await holding.places?.(db, ids)) ?? []) lying.set(caseId, fold(place));
		}
	}
	const words = places.map((place) => fold(place));
	return standing.flatMap(({ unitId: standsOn, caseId }): Share[] => {
		const share = { unitId: standsOn, caseId, heirId, from: effectiveOn, eventId };
		if (cases.includes(caseId)) return [{ ...share, means: 'list' }];
		const place = lying.get(caseId);
		if (place === undefined || !words.some((word) => holds(place, word))) return [];
		return [{ ...share, means: 'place' }];
	});
}

/** Whole words only: "thôn 1" does not lie in "thôn 11". */
function holds(place: string, word: string): boolean {
	return ` ${place.replaceAll(/[^a-z0-9]+/g, ' ')} `.includes(` ${word.replaceAll(/[^a-z0-9]+/g, ' ').trim()} `);
}

/** Attributes cases; what was attributed before holds until the day of the new. Of two for one day the last counts. */
export async function addShares(tx: Tx, shares: readonly Share[], actionId: string): Promise<void> {
	if (shares.length === 0) return;
	const json = JSON.stringify(
		shares.map(({ unitId, caseId, heirId, means, from, eventId }) => ({
			unit_id: unitId,
			case_id: caseId,
			heir_id: heirId,
			means,
			begins: from,
			event_id: eventId
		}))
	);
	await rewrite(tx, {
		touched: sql`select unit_id, case_id from jsonb_to_recordset(${json}::jsonb) as r (unit_id uuid, case_id uuid)`,
		added: sql`select unit_id, case_id, heir_id, means, begins, event_id, ${actionId}::uuid as action_id
			from jsonb_to_recordset(${json}::jsonb) as r (unit_id uuid, case_id uuid, heir_id uuid, means text, begins date,
				event_id uuid)`,
		gone: []
	});
}

/** Takes back what these events attributed; what held before them holds again. */
export async function removeShares(tx: Tx, eventIds: readonly string[]): Promise<void> {
	await rewrite(tx, {
		touched: sql`select unit_id, case_id from case_shares where event_id = any(${[...eventIds]}::uuid[]) and upper_inf(known)`,
		added: null,
		gone: eventIds
	});
}

type Rewriting = {
	touched: ReturnType<typeof sql>;
	added: ReturnType<typeof sql> | null;
	gone: readonly string[];
};

/** The shares of the touched cases anew, each until the day of the next; what was known stays known as of then. */
async function rewrite(tx: Tx, { touched, added, gone }: Rewriting): Promise<void> {
	const { rows } = await sql<Record<string, string>>`
		with touched as (${touched}), facts as (
			select s.unit_id, s.case_id, s.heir_id, s.means, lower(s.valid) as begins, s.event_id, s.action_id, 0 as turn
			from case_shares s join touched using (unit_id, case_id)
			where upper_inf(s.known) and s.event_id <> all(${[...gone]}::uuid[])
			${added ? sql`union all select added.*, 1 as turn from (${added}) added` : sql``}
		), last as (
			select distinct on (unit_id, case_id, begins) * from facts order by unit_id, case_id, begins, turn desc
		)
		select unit_id, case_id, heir_id, means, event_id, action_id, begins,
			lead(begins) over (partition by unit_id, case_id order by begins) as ends
		from last`.execute(tx);
	await standApart(tx, sql`select unit_id from (${touched}) touched`);
	// Asked for by itself: what changes with every row may stand in no update of a distributed database.
	const { rows: now } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(tx);
	await sql`
		update case_shares s set known = tstzrange(lower(s.known), greatest(lower(s.known), ${now[0]?.at}::timestamptz))
		from (${touched}) touched
		where s.unit_id = touched.unit_id and s.case_id = touched.case_id and upper_inf(s.known)`.execute(tx);
	await sql`
		insert into case_shares (unit_id, case_id, heir_id, means, valid, event_id, action_id)
		select unit_id, case_id, heir_id, means, daterange(begins, ends), event_id, action_id
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (unit_id uuid, case_id uuid, heir_id uuid, means text,
			begins date, ends date, event_id uuid, action_id uuid)`.execute(tx);
}
