import { sql, type RawBuilder } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator, unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleOrWhole } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { command } from './action.server.ts';
import { SEALED, type Verification } from './chain.server.ts';

/** One line of the log. The unit's name is that of the day on which it was done. */
export type LoggedAction = {
	id: string;
	noun: string;
	recordId: string;
	verb: string;
	actorName: string;
	actedAt: Date;
	unitId: string | null;
	unitCode: string | null;
	unitName: string | null;
	reason: string | null;
	details: Record<string, unknown>;
	sealed: boolean;
};

/** What the log is narrowed by; all of it lives in the address. `unitId`: that unit and everything under it today. */
export type LogFilter = {
	from?: string | null;
	to?: string | null;
	unitId?: string | null;
	person?: string | null;
	noun?: string | null;
	verb?: string | null;
	/** One record's own history. */
	recordId?: string | null;
	reason?: string | null;
	after?: string | null;
	before?: string | null;
	limit?: number;
};

const PAGE = 50;
const FETCHED = 2000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const COLUMNS = sql<LoggedAction>`
	a.id, a.noun, a.record_id as "recordId", a.verb, a.actor_name as "actorName", a.acted_at as "actedAt",
	a.unit_id as "unitId", v.code as "unitCode", v.name as "unitName", a.reason, a.details,
	${SEALED} as sealed`;

export type LogPage = { rows: LoggedAction[]; previous: string | null; next: string | null };

/** The log as far as the actor may read it, latest first, page by page. Throws `access.denied`. */
export async function list(db: Db, actor: Actor, filter: LogFilter): Promise<LogPage> {
	refuseUnlessReader(actor);
	const { limit = PAGE } = filter;
	const backwards = Boolean(filter.before);
	const cursor = [filter.before, filter.after].find((text) => text && UUID.test(text));
	const from = cursor ? sql`and a.id ${backwards ? sql`>` : sql`<`} ${cursor}::uuid` : sql``;
	const { rows } = await sql<LoggedAction>`
		select ${COLUMNS} ${logged(actor, filter)} ${from}
		order by a.id ${backwards ? sql`asc` : sql`desc`} limit ${limit + 1}`.execute(db);
	const more = rows.length > limit;
	const shown = rows.slice(0, limit);
	if (backwards) shown.reverse();
	const [first, last] = [shown.at(0), shown.at(-1)];
	return {
		rows: shown,
		previous: first && (backwards ? more : cursor !== undefined) ? first.id : null,
		next: last && (backwards || more) ? last.id : null
	};
}

/** All that a filter finds, in batches, for a file. */
export async function* listWhole(tx: Tx, actor: Actor, filter: LogFilter): AsyncGenerator<LoggedAction[]> {
	refuseUnlessReader(actor);
	await sql`declare whole_log no scroll cursor for
		select ${COLUMNS} ${logged(actor, filter)} order by a.id desc`.execute(tx);
	for (;;) {
		const { rows } = await sql<LoggedAction>`fetch ${sql.lit(FETCHED)} from whole_log`.execute(tx);
		if (rows.length > 0) yield rows;
		if (rows.length < FETCHED) break;
	}
	await sql`close whole_log`.execute(tx);
}

function refuseUnlessReader(actor: Actor): void {
	if (!actor.everything && unitsWhere(actor, 'audit.read').length === 0) throw problem('access.denied');
}

function logged(actor: Actor, filter: LogFilter): RawBuilder<unknown> {
	const conditions = [visibleOrWhole(actor, 'audit.read', { unit: 'a.unit_id', day: 'a.acted_on' })];
	if (filter.unitId)
		conditions.push(sql`exists (select 1 from (select unit_id from unit_paths where ancestor_id = ${filter.unitId}::uuid
			and valid @> ${today()}::date and upper_inf(known)) under where under.unit_id = a.unit_id)`);
	// Ids carry the time at which they were made: a day's slack covers clocks that differ, and the index finds the period.
	if (filter.from)
		conditions.push(sql`a.acted_on >= ${filter.from}::date and a.id >= ${idAt(filter.from, -DAY_MS)}::uuid`);
	if (filter.to) conditions.push(sql`a.acted_on <= ${filter.to}::date and a.id < ${idAt(filter.to, 2 * DAY_MS)}::uuid`);
	if (filter.noun) conditions.push(sql`a.noun = ${filter.noun}`);
	if (filter.verb) conditions.push(sql`a.verb = ${filter.verb}`);
	if (filter.recordId) conditions.push(sql`a.record_id = ${filter.recordId}::uuid`);
	if (filter.person?.trim()) conditions.push(sql`a.actor_name ilike ${like(filter.person)}`);
	if (filter.reason?.trim()) conditions.push(sql`a.reason ilike ${like(filter.reason)}`);
	return sql`
		from (select *, (acted_at at time zone 'Asia/Ho_Chi_Minh')::date as acted_on from actions) a
		left join lateral (
			select u.code, u.name from unit_versions u where u.unit_id = a.unit_id
			order by (u.valid @> a.acted_on) desc, upper(u.valid) desc nulls first limit 1
		) v on true
		where ${sql.join(conditions, sql` and `)}`;
}

const DAY_MS = 86_400_000;

/** The lowest UUIDv7 of a moment. */
function idAt(day: string, shift_ms: number): string {
	const hex = Math.max(0, Date.parse(`${day}T00:00:00+07:00`) + shift_ms)
		.toString(16)
		.padStart(12, '0');
	return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function like(text: string): string {
	return `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`;
}

/** The chain as a whole has no record; its actions are filed under this id. */
const CHAIN_ID = '00000000-0000-7000-8000-000000000002';

/** Up to when the log is sealed, how much waits, and what the last verification said; null where there was none. */
export type ChainState = {
	blocks: number;
	sealedUntil: Date | null;
	waiting: number;
	verified: { at: Date; actions: number; broken: number } | null;
	asked: boolean;
};

/** Sealing runs every minute: what waits is among the latest. */
const RECENT = 20_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export async function chainState(db: Db): Promise<ChainState> {
	const { rows } = await sql<Omit<ChainState, 'verified'>>`
		select coalesce(max(number), 0)::int as blocks, max(sealed_at) as "sealedUntil",
			(select count(*) from actions a where not ${SEALED} and a.id >= coalesce((
				select id from actions order by id desc offset ${RECENT} limit 1), ${FIRST_ID}::uuid))::int as waiting,
			exists (select 1 from actions asked where asked.record_id = ${CHAIN_ID}::uuid and asked.verb = 'ask_verification'
				and asked.acted_at > now() - interval '1 hour' and asked.id > coalesce((
					select done.id from actions done where done.record_id = ${CHAIN_ID}::uuid and done.verb = 'verify'
					order by done.id desc limit 1), ${FIRST_ID}::uuid)) as asked
		from action_blocks`.execute(db);
	const { rows: last } = await sql<{ at: Date; actions: number; broken: number }>`
		select acted_at as at, (details->>'actions')::int as actions, (details->>'broken')::int as broken from actions
		where record_id = ${CHAIN_ID}::uuid and verb = 'verify' order by id desc limit 1`.execute(db);
	const [state] = rows;
	if (!state) throw new Error('an aggregate answered no row');
	return { ...state, verified: last[0] ?? null };
}

/** Has the whole chain recomputed in the background. */
export async function askVerification(db: Db, actor: Actor): Promise<{ asked: true }> {
	refuseUnlessReader(actor);
	return command(db, actor, async (tx) => {
		await enqueue(tx, 'audit.verify', {});
		const unitId = unitsWhere(actor, 'audit.read')[0] ?? null;
		const homeId = unitId ? await homeOf(tx, unitId, today()) : CHAIN_ID;
		return {
			result: { asked: true },
			actions: [{ id: newId(), homeId, noun: 'chain', recordId: CHAIN_ID, verb: 'ask_verification', unitId }]
		};
	});
}

/** Puts into the log what a verification found. */
export async function recordVerification(
	db: Db,
	name: string,
	{ blocks, actions, broken }: Verification
): Promise<void> {
	const details = { blocks, actions, broken: broken.length };
	await command(db, operator(name), async () => ({
		result: null,
		actions: [
			{ id: newId(), homeId: CHAIN_ID, noun: 'chain', recordId: CHAIN_ID, verb: 'verify', unitId: null, details }
		]
	}));
}
