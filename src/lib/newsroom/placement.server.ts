import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { tellStale } from '#lib/server/public-pages.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { actionOf, hold, type Held } from './change.server.ts';
import { holdSite } from './site.server.ts';
import type { PlacementState, PlacementWay } from './site.ts';

/** Articles on other sites than their own: a site above pushes them down, one below proposes them up. */

export type Placement = {
	siteId: string;
	siteName: string;
	way: PlacementWay;
	state: PlacementState;
	sectionId: string | null;
	position: number | null;
	reason: string | null;
	shownAt: Date | null;
};

/** Puts an article of a site onto sites below it, at once; who runs one of those may take it off again. */
export async function pushDown(
	db: Db,
	actor: Actor,
	given: { id: string; siteIds: readonly string[] }
): Promise<{ count: number }> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, given.id);
		await authorise(tx, actor, 'newsroom.publish', held.unitId);
		const actionId = newId();
		for (const siteId of new Set(given.siteIds)) {
			await refuseUnrelated(tx, { above: held.siteId, below: siteId });
			await place(tx, held, { siteId, way: 'down', state: 'accepted', actionId });
		}
		await tellStale(tx, { siteIds: [...given.siteIds], articleId: held.id });
		const details = { siteIds: given.siteIds };
		const action = actionOf(held, { id: actionId, verb: 'push_down', details });
		return { result: { count: new Set(given.siteIds).size }, actions: [action] };
	});
}

/** Asks a site above to take an article too. */
export async function proposeUp(db: Db, actor: Actor, given: { id: string; siteId: string }): Promise<void> {
	await command(db, actor, async (tx) => {
		const held = await hold(tx, given.id);
		await authorise(tx, actor, 'newsroom.edit', held.unitId);
		await refuseUnrelated(tx, { above: given.siteId, below: held.siteId });
		const actionId = newId();
		await place(tx, held, { siteId: given.siteId, way: 'up', state: 'proposed', actionId });
		const action = actionOf(held, { id: actionId, verb: 'propose_up', details: { siteId: given.siteId } });
		return { result: null, actions: [action] };
	});
}

/** The site takes what was proposed to it, into one of its own sections. */
export async function accept(
	db: Db,
	actor: Actor,
	given: { id: string; siteId: string; sectionId: string | null }
): Promise<void> {
	await decide(db, actor, { ...given, reason: null }, async (tx, held) => {
		const from = held.placement.state;
		if (from === 'accepted') throw problem('placement.state_conflict', { headline: held.headline });
		if (given.sectionId) await refuseForeignSection(tx, given.siteId, given.sectionId);
		return { state: 'accepted', verb: 'accept_placement' };
	});
}

/** The site does not take it, or takes it off again, and says why. */
export async function decline(
	db: Db,
	actor: Actor,
	given: { id: string; siteId: string; reason: string }
): Promise<void> {
	const reason = normalise(given.reason);
	await decide(db, actor, { ...given, reason, sectionId: null }, async (_tx, held) => {
		const { way, state } = held.placement;
		if (way === 'home' || state === 'declined') throw problem('placement.state_conflict', { headline: held.headline });
		return { state: 'declined', verb: 'decline_placement' };
	});
}

type Decided = { state: PlacementState; verb: string };
type Placed = Held & { placement: Pick<Placement, 'way' | 'state'> };

async function decide(
	db: Db,
	actor: Actor,
	given: { id: string; siteId: string; reason: string | null; sectionId: string | null },
	judge: (tx: Tx, held: Placed) => Promise<Decided>
): Promise<void> {
	await command(db, actor, async (tx) => {
		const site = await holdSite(tx, given.siteId);
		await authorise(tx, actor, 'newsroom.publish', site.unitId);
		const held = await holdPlaced(tx, given);
		const { state, verb } = await judge(tx, held);
		const actionId = newId();
		await sql`
			update placements set state = ${state}, reason = ${given.reason}, section_id = ${given.sectionId}::uuid, position = null,
				action_id = ${actionId}::uuid
			where site_id = ${given.siteId}::uuid and article_id = ${given.id}::uuid`.execute(tx);
		await tellStale(tx, { siteIds: [given.siteId], articleId: given.id });
		// The act is the receiving site's: it stands in that unit's log.
		const about = { id: held.id, homeId: site.homeId, unitId: site.unitId };
		const details = { siteId: given.siteId };
		return { result: null, actions: [actionOf(about, { id: actionId, verb, reason: given.reason, details })] };
	});
}

/** Keeps an article at the head of a site's front page, in this place; null: by its day again. */
export async function pin(
	db: Db,
	actor: Actor,
	given: { id: string; siteId: string; position: number | null }
): Promise<void> {
	await command(db, actor, async (tx) => {
		const site = await holdSite(tx, given.siteId);
		await authorise(tx, actor, 'newsroom.publish', site.unitId);
		const held = await holdPlaced(tx, given);
		if (held.placement.state !== 'accepted') throw problem('placement.state_conflict', { headline: held.headline });
		await sql`
			update placements set position = ${given.position}
			where site_id = ${given.siteId}::uuid and article_id = ${given.id}::uuid`.execute(tx);
		await tellStale(tx, { siteIds: [given.siteId] });
		const about = { id: held.id, homeId: site.homeId, unitId: site.unitId };
		const details = { siteId: given.siteId, position: given.position };
		return { result: null, actions: [actionOf(about, { id: newId(), verb: 'pin', details })] };
	});
}

async function holdPlaced(tx: Tx, { id, siteId }: { id: string; siteId: string }): Promise<Placed> {
	const held = await hold(tx, id);
	const { rows } = await sql<Placed['placement']>`
		select way, state from placements where site_id = ${siteId}::uuid and article_id = ${id}::uuid for update`.execute(tx);
	if (!rows[0]) throw problem('placement.not_found');
	return { ...held, placement: rows[0] };
}

async function place(
	tx: Tx,
	held: Held,
	placed: { siteId: string; way: 'down' | 'up'; state: PlacementState; actionId: string }
): Promise<void> {
	const { siteId, way, state, actionId } = placed;
	const shownAt = ['scheduled', 'published', 'corrected'].includes(held.state) ? held.publishedAt : null;
	const { numAffectedRows } = await sql`
		insert into placements (site_id, article_id, way, state, shown_at, action_id)
		values (${siteId}::uuid, ${held.id}::uuid, ${way}, ${state}, ${shownAt}, ${actionId}::uuid)
		on conflict (site_id, article_id) do update set way = excluded.way, state = excluded.state, shown_at = excluded.shown_at,
			reason = null, action_id = excluded.action_id where placements.state = 'declined'`.execute(tx);
	if (numAffectedRows === 0n) throw problem('placement.placed_already', { headline: held.headline });
}

async function refuseUnrelated(tx: Tx, { above, below }: { above: string; below: string }): Promise<void> {
	const { rows } = await sql`
		with recursive up (id, parent_id) as (
			select id, parent_id from sites where id = ${below}::uuid
			union select s.id, s.parent_id from sites s join up on s.id = up.parent_id
		)
		select 1 from up where parent_id = ${above}::uuid limit 1`.execute(tx);
	if (rows.length === 0) throw problem('placement.not_related');
}

async function refuseForeignSection(tx: Tx, siteId: string, sectionId: string): Promise<void> {
	const { rows } = await sql`
		select 1 from site_sections where id = ${sectionId}::uuid and site_id = ${siteId}::uuid and closed_at is null`.execute(
		tx
	);
	if (rows.length === 0) throw problem('section.not_found');
}

/** On which sites an article stands, or was asked to; the caller has checked that it may be read. */
export async function listPlacements(db: Db, articleId: string): Promise<Placement[]> {
	const { rows } = await sql<Placement>`
		select p.site_id as "siteId", s.name_vi as "siteName", p.way, p.state, p.section_id as "sectionId", p.position, p.reason,
			p.shown_at as "shownAt"
		from placements p join sites s on s.id = p.site_id where p.article_id = ${articleId}::uuid
		order by p.way <> 'home', s.name_vi, s.id`.execute(db);
	return rows;
}

export type Proposed = {
	articleId: string;
	headline: string;
	fromSite: string;
	siteId: string;
	siteName: string;
	way: PlacementWay;
};

/** What waits for an answer of the sites that the actor runs, oldest first. */
export async function listProposed(db: Db, actor: Actor): Promise<Proposed[]> {
	const { rows } = await sql<Proposed>`
		select a.id as "articleId", a.headline, h.name_vi as "fromSite", p.site_id as "siteId", s.name_vi as "siteName", p.way
		from placements p join articles a on a.id = p.article_id join sites h on h.id = a.site_id join sites s on s.id = p.site_id
		where p.state = 'proposed' and ${visibleTo(actor, 'newsroom.publish', { unit: 's.unit_id' })}
		order by a.changed_at, a.id limit 100`.execute(db);
	return rows;
}
