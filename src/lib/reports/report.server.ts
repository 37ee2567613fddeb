import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import type { Structure } from '#lib/figures/figure.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { questionsOf } from './compile.server.ts';
import type { ReportBody } from './document.ts';
import type { Letterhead } from './letterhead.ts';
import { officeOf } from './office.server.ts';
import { fillBody, fillLetterhead, wordsOf } from './period.ts';
import { allowed, LEADS_TO, may, NEEDS, type Report, type ReportVerb, type ReturnedParagraph } from './report.ts';
import * as templates from './template.server.ts';

export type NewReport = {
	unitId: string;
	template: string;
	asOf: string;
	from?: string | undefined;
	structure?: Structure | undefined;
};

/**
 * Begins a report from the office's template: its words filled in, its figures still questions. `from` defaults to the
 * calendar's period with this cut-off, else to the first of January.
 */
export async function createFromTemplate(db: Db, actor: Actor, wanted: NewReport): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'report.write', wanted.unitId);
		const template = await templates.inUse(tx, wanted.unitId, wanted.template);
		const beginsOn = wanted.from ?? (await firstDayOf(tx, wanted));
		if (beginsOn > wanted.asOf) throw problem('figure.period_reversed', { from: beginsOn, asOf: wanted.asOf });
		const period = { code: template.code, beginsOn, asOf: wanted.asOf };
		const office = await officeOf(tx, wanted.unitId, wanted.asOf);
		const words = wordsOf(period, office);
		const letterhead = fillLetterhead(template.letterhead, words);
		const report = {
			id: newId(),
			home_id: await homeOf(tx, wanted.unitId, wanted.asOf),
			unit_id: wanted.unitId,
			template_id: template.id,
			code: template.code,
			title: `${letterhead.typeName} ${letterhead.abstract[0] ?? ''}`.replace(/[,;.\s]*$/, ''),
			family: template.family,
			begins_on: beginsOn,
			as_of: wanted.asOf,
			// What is signed must still say the same after the next reorganisation: "now" is this day.
			structure: wanted.structure === 'now' ? today() : (wanted.structure ?? 'then'),
			state: 'draft',
			version: 1
		};
		const actionId = newId();
		await tx.insertInto('reports').values(report).execute();
		const body = fillBody(template.body, words, office);
		await saveVersion(tx, { reportId: report.id, version: 1, body, letterhead, actionId });
		const details = { template: template.code, templateVersion: template.version, from: beginsOn, asOf: wanted.asOf };
		const about = { id: report.id, homeId: report.home_id, unitId: report.unit_id };
		return { result: { id: report.id }, actions: [actionOf(about, { id: actionId, verb: 'create', details })] };
	});
}

async function firstDayOf(tx: Tx, wanted: NewReport): Promise<string> {
	const { rows } = await sql<{ beginsOn: string }>`
		select begins_on as "beginsOn" from report_periods
		where unit_id = ${wanted.unitId}::uuid and code = ${wanted.template} and cut_off_on = ${wanted.asOf}::date`.execute(tx);
	return rows[0]?.beginsOn ?? `${wanted.asOf.slice(0, 4)}-01-01`;
}

async function saveVersion(
	tx: Tx,
	saved: { reportId: string; version: number; body: ReportBody; letterhead: Letterhead; actionId: string }
): Promise<void> {
	await tx
		.insertInto('report_versions')
		.values({
			report_id: saved.reportId,
			version: saved.version,
			body: JSON.stringify(saved.body),
			letterhead: JSON.stringify(saved.letterhead),
			action_id: saved.actionId
		})
		.execute();
}

/**
 * Saves a new version of the text. `version` is the one that was being edited: when somebody has saved since, nothing is
 * written, the writer keeps their text, and the refusal says whose text stands.
 */
export async function edit(
	db: Db,
	actor: Actor,
	edited: { id: string; version: number; body: ReportBody; letterhead?: Letterhead | undefined }
): Promise<{ version: number }> {
	return change(db, actor, {
		id: edited.id,
		verb: 'edit',
		effect: async (tx, held, actionId) => {
			if (held.version !== edited.version) throw problem('report.changed_meanwhile', await lastSaved(tx, held));
			// Figures of units the writer may not see, and unknown ones, are refused here and not at the leader's desk.
			await questionsOf(tx, actor, { ...held, body: edited.body, knownAt: new Date() });
			const version = held.version + 1;
			const letterhead = edited.letterhead ?? held.letterhead;
			await saveVersion(tx, { reportId: held.id, version, body: edited.body, letterhead, actionId });
			await sql`update reports set version = ${version}, changed_at = now() where id = ${held.id}::uuid`.execute(tx);
			return { result: { version }, details: { version } };
		}
	});
}

async function lastSaved(tx: Tx, held: Report): Promise<{ name: string; version: number }> {
	const { rows } = await sql<{ name: string }>`
		select a.actor_name as name from report_versions v join actions a on a.id = v.action_id and a.home_id = ${held.homeId}::uuid
		where v.report_id = ${held.id}::uuid and v.version = ${held.version}`.execute(tx);
	return { name: rows[0]?.name ?? '', version: held.version };
}

type Change<T> = {
	id: string;
	verb: ReportVerb;
	reason?: string;
	/** Runs after the row is locked, and right and state are checked; the state moves afterwards. */
	effect: (tx: Tx, held: Report, actionId: string) => Promise<{ result: T; details?: Record<string, unknown> }>;
};

/** The one way in which a report changes: locked, the actor's right and the state checked, one action written. */
export async function change<T>(db: Db, actor: Actor, wanted: Change<T>): Promise<T> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, wanted.id);
		await authorise(tx, actor, NEEDS[wanted.verb], held.unitId);
		refuseUnlessAllowed(held, wanted.verb);
		const actionId = newId();
		const { result, details } = await wanted.effect(tx, held, actionId);
		await move(tx, held, wanted.verb);
		const action = { id: actionId, verb: wanted.verb, reason: wanted.reason ?? null, details: details ?? {} };
		return { result, actions: [actionOf(held, action)] };
	});
}

function refuseUnlessAllowed(held: Report, verb: ReportVerb): void {
	if (may(held.state, verb)) return;
	throw problem('report.state_conflict', {
		title: held.title,
		state: held.state,
		verb,
		allowed: allowed(held.state).join(', ')
	});
}

async function move(tx: Tx, held: Report, verb: ReportVerb): Promise<void> {
	const targets: Partial<Record<ReportVerb, string>> = LEADS_TO;
	const state = targets[verb];
	if (!state) return;
	await sql`update reports set state = ${state}, changed_at = now() where id = ${held.id}::uuid`.execute(tx);
}

function actionOf(
	report: Pick<Report, 'id' | 'homeId' | 'unitId'>,
	action: Pick<NewAction, 'id' | 'verb' | 'reason' | 'details'>
): NewAction {
	return { ...action, homeId: report.homeId, noun: 'report', recordId: report.id, unitId: report.unitId };
}

const COLUMNS = sql`r.id, r.home_id as "homeId", r.unit_id as "unitId", r.code, r.title, r.family, r.begins_on as "beginsOn",
	r.as_of as "asOf", r.structure, r.state, r.version, r.changed_at as "changedAt"`;

/** A report with its current text and, once signed, what was fixed then; refuses one the actor may not read. */
export async function get(db: Db, actor: Actor, id: string): Promise<Report> {
	const { rows } = await sql<Omit<Report, 'signature' | 'body' | 'letterhead'>>`
		select ${COLUMNS} from reports r where r.id = ${id}::uuid and ${visibleTo(actor, 'report.read', { unit: 'r.unit_id', day: 'r.as_of' })}`.execute(
		db
	);
	if (!rows[0]) throw problem('report.not_found');
	return completed(db, rows[0]);
}

/** The report, locked until the transaction ends. */
async function hold(tx: Tx, id: string): Promise<Report> {
	const { rows } = await sql<Omit<Report, 'signature' | 'body' | 'letterhead'>>`
		select ${COLUMNS} from reports r where r.id = ${id}::uuid for update`.execute(tx);
	if (!rows[0]) throw problem('report.not_found');
	return completed(tx, rows[0]);
}

async function completed(db: Db, found: Omit<Report, 'signature' | 'body' | 'letterhead'>): Promise<Report> {
	const { rows } = await sql<Pick<Report, 'body' | 'letterhead' | 'signature'>>`
		select v.body, coalesce(s.letterhead, v.letterhead) as letterhead,
			case when s.report_id is null then null else jsonb_build_object('signedOn', s.signed_on, 'number', s.number,
				'signerName', s.signer_name, 'knownAt', s.known_at, 'narratives', s.narratives) end as signature
		from report_versions v left join report_signatures s on s.report_id = v.report_id
		where v.report_id = ${found.id}::uuid and v.version = ${found.version}`.execute(db);
	const row = rows[0];
	if (!row) throw new Error(`report ${found.id} has no version ${found.version}`);
	const signature = row.signature && { ...row.signature, knownAt: new Date(row.signature.knownAt) };
	return { ...found, ...row, signature };
}

export type ListedReport = Pick<Report, 'id' | 'code' | 'title' | 'beginsOn' | 'asOf' | 'state' | 'changedAt'> & {
	number: number | null;
	signedOn: string | null;
};

/** A page of reports, and how many a search looks through: titles have no search key, an office has some dozens. */
const LISTED = 200;
const LOOKED_THROUGH = 2000;

/** The reports of a unit, latest period first; `search` keeps those of that title, tone marks or not, or number. */
export async function listOf(db: Db, actor: Actor, unitId: string, search = ''): Promise<ListedReport[]> {
	const { rows } = await sql<ListedReport>`
		select ${COLUMNS}, s.number, s.signed_on as "signedOn" from reports r left join report_signatures s on s.report_id = r.id
		where r.unit_id = ${unitId}::uuid and ${visibleTo(actor, 'report.read', { unit: 'r.unit_id', day: 'r.as_of' })}
		order by r.as_of desc, r.id desc limit ${search === '' ? LISTED : LOOKED_THROUGH}`.execute(db);
	return rows.filter((report) => isNamed(report, search)).slice(0, LISTED);
}

/** Does a report's title, tone marks or not, or its number answer a search? An empty one is answered by all. */
export function isNamed({ title, number }: Pick<ListedReport, 'title' | 'number'>, search: string): boolean {
	return fold(title).includes(fold(search)) || String(number) === search.trim();
}

/** Paragraphs that were returned, oldest first; those a later submission answered are marked. */
export async function listReturns(db: Db, report: Pick<Report, 'id' | 'homeId'>): Promise<ReturnedParagraph[]> {
	const { rows } = await sql<ReturnedParagraph>`
		select t.id, t.paragraph_id as "paragraphId", t.excerpt, t.reason, a.actor_name as "actorName", a.acted_at as "returnedAt",
			t.resolved_action_id is not null as "isResolved"
		from report_returns t join actions a on a.id = t.action_id and a.home_id = ${report.homeId}::uuid
		where t.report_id = ${report.id}::uuid order by t.id`.execute(db);
	return rows;
}

/** Titles of these reports, by id; what the actor may not see is absent. */
export async function describe(db: Db, actor: Actor, ids: readonly string[]): Promise<Map<string, { title: string }>> {
	if (ids.length === 0) return new Map();
	const { rows } = await sql<{ id: string; title: string }>`
		select r.id, r.title from reports r
		where r.id = any(${[...ids]}::uuid[]) and ${visibleTo(actor, 'report.read', { unit: 'r.unit_id', day: 'r.as_of' })}`.execute(
		db
	);
	return new Map(rows.map(({ id, title }) => [id, { title }]));
}
