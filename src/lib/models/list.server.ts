import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { history, type ActionRow } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Structure } from '#lib/figures/figure.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { seesWhole, visibleTo, visibleUnder } from '#lib/units/authority.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import type { Registration } from './model.ts';
import { findSheet, type ScoreSheet } from './recognition.server.ts';

/**
 * One line of a list; the unit's name is that of the day of registration. `passed`: by the last appraisal, null before it.
 * `continued`: registered for the next year at the same level.
 */
export type ListedRegistration = Registration & {
	unitCode: string;
	unitName: string;
	passed: boolean | null;
	honours: string[];
	continued: boolean;
};

/** What a list is narrowed by; all of it lives in the address. `unitId`: that unit and everything under it today. */
export type ListFilter = {
	unitId: string;
	year?: number | null;
	level?: string | null;
	field?: string | null;
	state?: string | null;
	novelty?: string | null;
	subject?: string | null;
	search?: string | null;
	/** Of which tree the units are: of today (also where left out), of each registration's own day (`then`), or of a day. */
	structure?: Structure | null;
	/** Where the page begins: after the last line of the page before, or before the first line of the page after. */
	after?: string | null;
	before?: string | null;
	limit?: number;
};

/** The same line in a file, which tells less. */
export type FiledRegistration = Omit<
	ListedRegistration,
	'passed' | 'honours' | 'continued' | 'modelId' | 'previousId' | 'unitId' | 'note' | 'contents'
>;

const FILED = sql<FiledRegistration>`
	r.id, r.year, r.level, r.kind, r.field, r.subject, r.novelty, r.state, r.name, r.place, r.registered_on as "registeredOn",
	r.score::float8 as score, v.code as "unitCode", v.name as "unitName"`;

const COLUMNS = sql<ListedRegistration>`
	${FILED}, r.model_id as "modelId", r.previous_id as "previousId", r.unit_id as "unitId", r.note, r.contents,
	(select a.passed from appraisals a where a.registration_id = r.id and a.stage = 'appraisal'
		order by a.appraised_at desc, a.id desc limit 1) as passed,
	array(select h.honour from honours h where h.registration_id = r.id and h.revoked_by is null order by h.decided_on, h.id) as honours,
	exists (select 1 from registrations n where n.model_id = r.model_id and n.year = r.year + 1 and n.level = r.level
		and n.state <> 'withdrawn') as continued`;

/** The version of the unit on the day of registration; a unit that began later or had ended shows its nearest name. */
const UNIT_THEN = sql`
	cross join lateral (
		select u.code, u.name from unit_versions u where u.unit_id = r.unit_id
		order by (u.valid @> coalesce(r.registered_on, current_date)) desc, upper(u.valid) desc nulls first limit 1
	) v`;

/** Whose a registration `r` is. */
export const OWNED = { unit: 'r.unit_id', day: 'r.registered_on', case: 'r.id' } as const;

const PAGE = 50;
/** So many lines are looked through in the time in which the index of names is asked. */
const NEAREST = 20_000;
const DAY = sql`coalesce(r.registered_on, 'infinity'::date)`;

export type ListPage = { rows: ListedRegistration[]; previous: string | null; next: string | null };

/** Registrations under a unit, newest day first, page by page; `previous` and `next` are null at the ends. */
export async function list(db: Db, actor: Actor, filter: ListFilter): Promise<ListPage> {
	const limit = filter.limit ?? PAGE;
	const backwards = Boolean(filter.before);
	const cursor = readCursor(filter.before ?? filter.after);
	const from = cursor
		? sql`and (${DAY}, r.id) ${backwards ? sql`>` : sql`<`} (${cursor.day}::date, ${cursor.id}::uuid)`
		: sql``;
	const order = backwards ? sql`asc` : sql`desc`;
	const where = await listed(db, actor, filter);
	const read = async (among: RawBuilder<unknown>, day: RawBuilder<unknown>) => {
		// The page is found before anything is looked up for its lines: a planner would do that for the whole list.
		const { rows: found } = await sql<ListedRegistration & { cursorDay: string }>`
			select ${COLUMNS}, ${DAY}::text as "cursorDay"
			from (select r.id from ${among} r ${where} ${from} order by ${day} ${order}, r.id ${order} limit ${limit + 1}) page
			join registrations r on r.id = page.id ${UNIT_THEN}
			order by ${DAY} ${order}, r.id ${order}`.execute(db);
		return found;
	};
	const nearest = sql`(select r.*, ${DAY} as day from registrations r
		where ${filter.year ? sql`r.year = ${filter.year}` : sql`true`} ${from} order by ${DAY} ${order}, r.id ${order} limit ${NEAREST})`;
	// The planner takes every text for a rare one and would fetch all that have it: a page of a common one is near at hand.
	const hasWords = filter.search?.trim() && !/\d/.test(filter.search);
	const isNear = hasWords && (await seesWhole(db, actor, 'model.read', filter.unitId));
	const near = isNear ? await read(nearest, sql`r.day`) : [];
	const rows = near.length > limit ? near : await read(sql`registrations`, DAY);
	const more = rows.length > limit;
	const shown = rows.slice(0, limit);
	if (backwards) shown.reverse();
	const [first, last] = [shown.at(0), shown.at(-1)];
	return {
		rows: shown,
		previous: first && (backwards ? more : cursor !== null) ? `${first.cursorDay}~${first.id}` : null,
		next: last && (backwards || more) ? `${last.cursorDay}~${last.id}` : null
	};
}

const FETCHED = 1000;

/**
 * The whole list, newest day first, some hundred lines at a time: for files, whose length nobody knows. The transaction
 * is the state of the books that the file shows.
 */
export async function* listWhole(tx: Tx, actor: Actor, filter: ListFilter): AsyncGenerator<FiledRegistration[]> {
	// A cursor is planned for its first rows; a file takes all of them.
	await sql`set local cursor_tuple_fraction = 1`.execute(tx);
	await sql`declare whole_list no scroll cursor for
		select ${FILED} from registrations r ${UNIT_THEN} ${await listed(tx, actor, filter)}
		order by ${DAY} desc, r.id desc`.execute(tx);
	for (;;) {
		const { rows } = await sql<FiledRegistration>`fetch ${sql.lit(FETCHED)} from whole_list`.execute(tx);
		if (rows.length > 0) yield rows;
		if (rows.length < FETCHED) break;
	}
	await sql`close whole_list`.execute(tx);
}

export const CURSOR = /^(infinity|\d{4}-\d{2}-\d{2})~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A place in the list as the address holds it; one that was tampered with counts as none. */
function readCursor(text: string | null | undefined): { day: string; id: string } | null {
	const [, day, id] = CURSOR.exec(text ?? '') ?? [];
	return day && id ? { day, id } : null;
}

/** Years in which anything was registered under a unit, latest first: one look for each, however many were. */
export async function listRegistrationYears(db: Db, actor: Actor, unitId: string): Promise<number[]> {
	const where = await listed(db, actor, { unitId });
	const latest = (before: RawBuilder<unknown>) =>
		sql`(select r.year from registrations r ${where} ${before} order by r.year desc limit 1)`;
	const { rows } = await sql<{ year: number }>`
		with recursive years (year) as (
			select ${latest(sql``)}
			union all
			select ${latest(sql`and r.year < years.year`)} from years where years.year is not null
		)
		select year from years where year is not null`.execute(db);
	return rows.map((row) => row.year);
}

/** How many a filter finds, by state: the same condition as the list. Of everything there is they are counted already. */
export async function countByState(db: Db, actor: Actor, filter: ListFilter): Promise<Map<string, number>> {
	const ofAny = { ...filter, state: null };
	const isCounted = !filter.search?.trim() && (await seesWhole(db, actor, 'model.read', filter.unitId));
	const { rows } = isCounted
		? await sql<{ state: string; count: number }>`
			select r.state, sum(r.count)::bigint as count from registration_counts r
			where ${sql.join([sql`true`, ...narrowed(ofAny)], sql` and `)} group by r.state having sum(r.count) <> 0`.execute(db)
		: await sql<{ state: string; count: number }>`
			select r.state, count(*)::bigint as count from registrations r ${await listed(db, actor, ofAny)} group by r.state`.execute(
				db
			);
	return new Map(rows.map((row) => [row.state, row.count]));
}

/** The one condition of a list and of its counts, on registrations `r`. */
async function listed(db: Db, actor: Actor, filter: ListFilter): Promise<RawBuilder<unknown>> {
	const { unitId, structure } = filter;
	const visible = await visibleUnder(db, actor, 'model.read', { of: OWNED, unitId, ...(structure && { structure }) });
	const named = filter.search?.trim() ? [isNamed(filter.search)] : [];
	return sql`where ${sql.join([visible, ...narrowed(filter), ...named], sql` and `)}`;
}

function narrowed(filter: ListFilter): RawBuilder<boolean>[] {
	const columns = ['year', 'level', 'field', 'state', 'novelty', 'subject'] as const;
	return columns.flatMap((column) =>
		filter[column] ? [sql<boolean>`${sql.ref(`r.${column}`)} = ${filter[column]}`] : []
	);
}

/** By name, tone marks or not; what has a digit may also be the number of a decision. */
function isNamed(search: string): RawBuilder<boolean> {
	const name = sql<boolean>`r.name_key like ${`%${escapeLike(fold(search))}%`}`;
	if (!/\d/.test(search)) return name;
	const number = `${escapeLike(search.trim().toLowerCase())}%`;
	// As an array, so that names and numbers are each looked up in their own index.
	return sql<boolean>`(${name} or r.id = any(array(
		select registration_id from recognitions where lower(decision_number) like ${number})))`;
}

function escapeLike(text: string): string {
	return text.replace(/[\\%_]/g, '\\$&');
}

/** Lines for these ids, by id; what the actor may not see is absent. The way from a figure's records to their names. */
export async function describe(db: Db, actor: Actor, ids: readonly string[]): Promise<Map<string, ListedRegistration>> {
	if (ids.length === 0) return new Map();
	const { rows } = await sql<ListedRegistration>`
		select ${COLUMNS} from registrations r ${UNIT_THEN}
		where r.id = any(${[...ids]}::uuid[]) and ${visibleTo(actor, 'model.read', OWNED)}`.execute(db);
	return new Map(rows.map((row) => [row.id, row]));
}

export type Appraisal = {
	stage: 'self' | 'appraisal';
	points: Record<string, number>;
	vetoes: string[];
	total: number;
	passed: boolean;
	remark: string | null;
	at: Date;
};
export type Decided = { what: string; number: string | null; on: string; note: string | null };
export type FullRegistration = ListedRegistration & {
	tags: string[];
	appraisals: Appraisal[];
	decisions: Decided[];
	years: Pick<Registration, 'id' | 'year' | 'level' | 'state' | 'score'>[];
	replicatedFrom: { registrationId: string; name: string; unitName: string } | null;
	replicas: { registrationId: string; name: string; unitName: string }[];
	history: ActionRow[];
	sheet: ScoreSheet | null;
};

/** Everything about one registration: the model's other years, its marks, decisions, copies and history. */
export async function get(db: Db, actor: Actor, id: string): Promise<FullRegistration> {
	const found = (await describe(db, actor, [id])).get(id);
	if (!found) throw problem('model.not_found', { id });
	const [tags, appraisals, decisions, years, copies, actions, sheet] = await Promise.all([
		db.selectFrom('registration_tags').select('tag').where('registration_id', '=', id).orderBy('tag').execute(),
		listAppraisals(db, id),
		listDecisions(db, id),
		listYears(db, found.modelId),
		listCopies(db, actor, found.modelId),
		history(db, [id]),
		findSheet(db, found.level, found.registeredOn ?? today())
	]);
	return {
		...found,
		tags: tags.map((row) => row.tag),
		appraisals,
		decisions,
		years,
		replicatedFrom: copies.find((copy) => copy.source) ?? null,
		replicas: copies.filter((copy) => !copy.source),
		history: actions,
		sheet
	};
}

async function listAppraisals(db: Db, id: string): Promise<Appraisal[]> {
	const { rows } = await sql<Appraisal>`
		select stage, points, vetoes, total::float8 as total, passed, remark, appraised_at as at
		from appraisals where registration_id = ${id}::uuid order by appraised_at desc, id desc`.execute(db);
	return rows;
}

async function listDecisions(db: Db, id: string): Promise<Decided[]> {
	const { rows } = await sql<Decided>`
		select outcome as what, decision_number as number, decided_on as on, reason as note from recognitions
		where registration_id = ${id}::uuid and revoked_by is null
		union all
		select honour, decision_number, decided_on, note from honours where registration_id = ${id}::uuid and revoked_by is null
		order by 3, 1`.execute(db);
	return rows;
}

async function listYears(db: Db, modelId: string): Promise<FullRegistration['years']> {
	const { rows } = await sql<FullRegistration['years'][number]>`
		select id, year, level, state, score::float8 as score from registrations
		where model_id = ${modelId}::uuid order by year, level`.execute(db);
	return rows;
}

async function listCopies(db: Db, actor: Actor, modelId: string) {
	const { rows } = await sql<{ registrationId: string; name: string; unitName: string; source: boolean }>`
		select distinct on (m.id) r.id as "registrationId", r.name, v.name as "unitName", (me.replicated_from_id = m.id) as source
		from models me join models m on m.replicated_from_id = me.id or m.id = me.replicated_from_id
		join registrations r on r.model_id = m.id ${UNIT_THEN}
		where me.id = ${modelId}::uuid and ${visibleTo(actor, 'model.read', OWNED)}
		order by m.id, r.year`.execute(db);
	return rows;
}
