import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { history, type ActionRow } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { seesWhole, visibleTo } from '#lib/units/authority.server.ts';
import type { Registration } from './model.ts';
import { DAY, listed, narrowed, OWNED, readSought, type ListFilter } from './narrow.server.ts';
import { findSheet, type ScoreSheet } from './recognition.server.ts';
import { countSought, findStretch, type Place } from './walk.server.ts';

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

/** The same for many lines: versions are joined at once, and only where none was in force is the nearest looked for. */
const UNITS_THEN = sql`
	left join unit_versions t on t.unit_id = r.unit_id and t.valid @> coalesce(r.registered_on, current_date)
	left join lateral (
		select u.code, u.name from unit_versions u where t.unit_id is null and u.unit_id = r.unit_id
		order by upper(u.valid) desc nulls first limit 1
	) near on true
	cross join lateral (select coalesce(t.code, near.code) as code, coalesce(t.name, near.name) as name
		where t.unit_id is not null or near.code is not null) v`;

const PAGE = 50;
export type ListPage = { rows: ListedRegistration[]; previous: string | null; next: string | null };

/** Registrations under a unit, newest day first, page by page; `previous` and `next` are null at the ends. */
export async function list(db: Db, actor: Actor, filter: ListFilter): Promise<ListPage> {
	const limit = filter.limit ?? PAGE;
	const backwards = Boolean(filter.before);
	const from = readCursor(filter.before ?? filter.after);
	// The page is found before anything is looked up for its lines: a planner would do that for the whole list.
	const places = await findStretch(db, actor, filter, { from, backwards, limit: limit + 1 });
	const more = places.length > limit;
	const shown = places.slice(0, limit);
	if (backwards) shown.reverse();
	const ids = shown.map((place) => place.id);
	const { rows } = await sql<ListedRegistration>`
		select ${COLUMNS} from registrations r ${UNIT_THEN} where r.id = any(${ids}::uuid[])
		order by ${DAY} desc, r.id desc`.execute(db);
	const [first, last] = [shown.at(0), shown.at(-1)];
	return {
		rows,
		previous: first && (backwards ? more : from !== null) ? `${first.day}~${first.id}` : null,
		next: last && (backwards || more) ? `${last.day}~${last.id}` : null
	};
}

const FETCHED = 250;

/**
 * The whole list, newest day first, some hundred lines at a time: for files, whose length nobody knows. The transaction
 * is the state of the books that the file shows.
 */
export async function* listWhole(tx: Tx, actor: Actor, filter: ListFilter): AsyncGenerator<FiledRegistration[]> {
	const sought = await readSought(tx, filter.search);
	// A cursor is planned for its first rows; a file takes all of them.
	await sql`set local cursor_tuple_fraction = 1`.execute(tx);
	await sql`declare whole_list no scroll cursor for
		select ${FILED} from registrations r ${UNITS_THEN} where ${await listed(tx, actor, filter, sought)}
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
function readCursor(text: string | null | undefined): Place | null {
	const [, day, id] = CURSOR.exec(text ?? '') ?? [];
	return day && id ? { day, id } : null;
}

/** Years in which anything was registered under a unit, latest first: one look for each, however many were. */
export async function listRegistrationYears(db: Db, actor: Actor, unitId: string): Promise<number[]> {
	const where = sql`where ${await listed(db, actor, { unitId }, null)}`;
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

/** So many hits of a search are counted; whoever finds more goes on narrowing. */
export const MOST_COUNTED = 1000;

/**
 * How many a filter finds, by state: the same condition as the list. Of everything there is they are counted already; null
 * where a search finds more than `MOST_COUNTED`.
 */
export async function countByState(db: Db, actor: Actor, filter: ListFilter): Promise<Map<string, number> | null> {
	const ofAny = { ...filter, state: null };
	if (filter.search?.trim()) return countSought(db, actor, { filter: ofAny, most: MOST_COUNTED });
	const { rows } = (await seesWhole(db, actor, 'model.read', filter.unitId))
		? await sql<{ state: string; count: number }>`
			select r.state, sum(r.count)::bigint as count from registration_counts r
			where ${sql.join([sql`true`, ...narrowed(ofAny)], sql` and `)} group by r.state having sum(r.count) <> 0`.execute(db)
		: await sql<{ state: string; count: number }>`
			select r.state, count(*)::bigint as count from registrations r where ${await listed(db, actor, ofAny, null)}
			group by r.state`.execute(db);
	return new Map(rows.map((row) => [row.state, row.count]));
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
