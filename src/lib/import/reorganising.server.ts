import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { actorOf } from '#lib/accounts/role.server.ts';
import { command } from '#lib/actions/action.server.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import * as files from '#lib/server/files.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import type { Refusal } from '#lib/spreadsheet/refusal.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { preview, record } from '#lib/units/event.server.ts';
import type { SheetCounts } from '#lib/units/reorganisation.ts';
import { prepareSheet, type PreparedSheet } from '#lib/units/reorganisation.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { Day, DayOrNone } from '#lib/vietnamese/day.schema.ts';
import { readReorganisation } from './reorganisation-list.ts';
import { Unreadable } from './unreadable.ts';
import { readWorkbook } from './workbook.server.ts';

/** What the decision says of all rows. `tier`: the sheet names every unit of this kind under the office. */
export const SheetTerms = z.strictObject({
	effectiveOn: Day,
	decisionNumber: z
		.string()
		.trim()
		.max(100, 'field_too_long')
		.transform((typed) => typed || null)
		.nullable(),
	decidedOn: DayOrNone.nullable(),
	reason: z.string().trim().min(5, 'field_reason_brief').max(1000, 'field_too_long'),
	tier: z
		.enum(['', ...UNIT_KINDS])
		.transform((kind) => kind || null)
		.nullable()
});
export type SheetTerms = z.output<typeof SheetTerms>;

type SheetState = 'reading' | 'ready' | 'refused' | 'writing' | 'done' | 'discarded';

/** What came of reading a sheet; of many refusals the first are kept. `problem`: why the whole cannot be. */
type SheetSummary = {
	counts: SheetCounts | null;
	refused: Refusal[];
	refusedCount: number;
	problem: { code: string; params: Record<string, string | number> } | null;
};

export type KeptSheet = {
	id: string;
	unitId: string;
	unitCode: string;
	unitName: string;
	fileName: string;
	state: SheetState;
	progress: number;
	terms: SheetTerms;
	summary: SheetSummary | null;
	actionId: string | null;
	by: string | null;
	createdAt: Date;
};

const KEPT_REFUSALS = 500;

/** Takes in a sheet for an office and has it read and rehearsed in the background. `data`: the data folder. */
export async function begin(
	db: Db,
	actor: Actor,
	given: { unitId: string; terms: SheetTerms; file: files.Upload; data: string }
): Promise<{ id: string }> {
	const { unitId, terms, file, data } = given;
	await authorise(db, actor, 'unit.reorganise', unitId);
	if (file.bytes.byteLength === 0) throw problem('import.file_empty');
	const stored = await files.store(data, file.bytes);
	return command(db, actor, async (tx) => {
		const name = files.cleanName(file.name).slice(-150) || '?';
		const mediaType = 'application/octet-stream';
		const kept = await files.enter(tx, { ...stored, name, mediaType, createdBy: actor.id });
		const id = newId();
		await sql`
			insert into reorganisations (id, unit_id, file_id, state, terms, created_by)
			values (${id}::uuid, ${unitId}::uuid, ${kept.id}::uuid, 'reading', ${JSON.stringify(terms)}::jsonb, ${actor.id}::uuid)`.execute(
			tx
		);
		await enqueue(tx, 'units.reorganise', { id });
		return { result: { id }, actions: [await actionOf(tx, { id, unitId, verb: 'begin_reorganisation' })] };
	});
}

/** Has a sheet that is in order recorded in the background, or gives it up. Throws `import.state_conflict`. */
export async function decide(
	db: Db,
	actor: Actor,
	{ id, to }: { id: string; to: 'writing' | 'discarded' }
): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		await sql`select 1 from reorganisations where id = ${id}::uuid for update`.execute(tx);
		const held = await get(tx, actor, id);
		await authorise(tx, actor, 'unit.reorganise', held.unitId);
		const from: readonly SheetState[] = to === 'writing' ? ['ready'] : ['ready', 'refused'];
		if (!from.includes(held.state)) throw problem('import.state_conflict', { state: held.state, name: held.fileName });
		await sql`
			update reorganisations set state = ${to}, progress = 0, changed_at = now(),
				created_by = coalesce(${to === 'writing' ? actor.id : null}::uuid, created_by)
			where id = ${id}::uuid`.execute(tx);
		if (to === 'writing') await enqueue(tx, 'units.reorganise', { id });
		const verb = to === 'writing' ? 'accept_reorganisation' : 'discard_reorganisation';
		return { result: { id }, actions: [await actionOf(tx, { id, unitId: held.unitId, verb })] };
	});
}

async function actionOf(db: Db, { id, unitId, verb }: { id: string; unitId: string; verb: string }) {
	return { id: newId(), homeId: await homeOf(db, unitId, today()), noun: 'unit', recordId: id, verb, unitId };
}

const COLUMNS = sql<KeptSheet>`
	r.id, r.unit_id as "unitId", v.code as "unitCode", v.name as "unitName", f.name as "fileName", r.state, r.progress,
	r.terms, r.summary, r.action_id as "actionId", u.name as "by", r.created_at as "createdAt"
	from reorganisations r join files f on f.id = r.file_id left join users u on u.id = r.created_by
	cross join lateral (
		select s.code, s.name from unit_states s where s.unit_id = r.unit_id and upper_inf(s.known)
		order by lower(s.valid) desc limit 1
	) v`;

/** One sheet, for who may reorganise its office. Throws `import.not_found`. */
export async function get(db: Db, actor: Actor, id: string): Promise<KeptSheet> {
	const { rows } = await sql<KeptSheet>`
		select ${COLUMNS} where r.id = ${id}::uuid and ${visibleTo(actor, 'unit.reorganise', { unit: 'r.unit_id' })}`.execute(
		db
	);
	const kept = rows[0];
	if (!kept) throw problem('import.not_found');
	return kept;
}

/** Sheets that the actor may see, latest first. */
export async function list(db: Db, actor: Actor): Promise<KeptSheet[]> {
	const { rows } = await sql<KeptSheet>`
		select ${COLUMNS} where ${visibleTo(actor, 'unit.reorganise', { unit: 'r.unit_id' })}
		order by r.created_at desc, r.id limit 50`.execute(db);
	return rows;
}

const STEPS = { read: 5, plan: 25, rehearse: 40, record: 30 } as const;
export type SheetStep = keyof typeof STEPS;

/** What is being done on a sheet; null where its turn has not come. What an open transaction has done cannot be counted. */
export function stepOf({ progress }: Pick<KeptSheet, 'progress'>): SheetStep | null {
	return (['read', 'plan', 'rehearse', 'record'] as const).find((step) => STEPS[step] === progress) ?? null;
}

/** Reads a sheet and works it out. Throws what `readWorkbook` says, as a Problem. */
export async function look(
	db: Db,
	actor: Actor,
	given: { file: files.Upload; unitId: string | null; terms: SheetTerms; begun?: (step: SheetStep) => Promise<void> }
): Promise<PreparedSheet> {
	const { file, unitId, terms, begun = async () => undefined } = given;
	await begun('read');
	const workbook = await readWorkbook(file.bytes, file.name).catch((error: unknown) => {
		throw error instanceof Unreadable ? problem(error.code, error.params, error) : error;
	});
	await begun('plan');
	const { rows, refused } = readReorganisation(workbook);
	const { tier, ...said } = terms;
	const complete = tier && unitId ? { unitId, kind: tier } : null;
	const plan = await prepareSheet(db, actor, { rows, terms: said, complete, followers: FOLLOWERS });
	const all = [...refused, ...plan.refused];
	if (all.length === 0 && plan.events.length === 0) throw problem('import.nothing_read');
	return { ...plan, refused: all, events: all.length > 0 ? [] : plan.events };
}

/** The job of a sheet: reads and rehearses one that came in, records one that was accepted. Another state is left alone. */
export async function carryOut(db: Db, data: string, id: string): Promise<void> {
	const { rows } = await sql<Waiting>`
		select r.unit_id as "unitId", r.state, r.terms, f.name, f.sha256, r.created_by as "userId", u.name as "userName"
		from reorganisations r join files f on f.id = r.file_id left join users u on u.id = r.created_by
		where r.id = ${id}::uuid and r.state in ('reading', 'writing')`.execute(db);
	const waiting = rows[0];
	if (!waiting) return;
	try {
		await work(db, { data, id, waiting });
	} catch (error) {
		if (!(error instanceof Problem) || error.code.startsWith('database.')) throw error;
		const refusal = { code: error.code, params: { ...error.params } };
		await settle(db, id, {
			state: 'refused',
			summary: { counts: null, refused: [], refusedCount: 0, problem: refusal }
		});
	}
}

type Waiting = {
	unitId: string;
	state: 'reading' | 'writing';
	terms: SheetTerms;
	name: string;
	sha256: string;
	userId: string | null;
	userName: string | null;
};

async function work(db: Db, { data, id, waiting }: { data: string; id: string; waiting: Waiting }): Promise<void> {
	const { userId, userName, unitId, terms, name, sha256, state } = waiting;
	const actor = userId ? await actorOf(db, { id: userId, name: userName ?? '' }) : operator('Khéo');
	const begun = async (step: SheetStep, told: SheetSummary | null = null) => {
		const known = told && JSON.stringify(told);
		await sql`update reorganisations set progress = ${STEPS[step]}, summary = coalesce(${known}::jsonb, summary)
			where id = ${id}::uuid`.execute(db);
	};
	const file = { name, bytes: await files.read(data, sha256) };
	const { events, roles, counts, refused } = await look(db, actor, { file, unitId, terms, begun });
	const summary = { counts, refused: refused.slice(0, KEPT_REFUSALS), refusedCount: refused.length, problem: null };
	if (refused.length > 0) return settle(db, id, { state: 'refused', summary });
	const whole = { events, roles, followers: FOLLOWERS };
	if (state === 'reading') {
		await begun('rehearse', summary);
		await preview(db, actor, whole);
		return settle(db, id, { state: 'ready', summary });
	}
	await begun('record', summary);
	// The key: a job that was cut off between recording and saying so does not record again.
	const { actionId } = await record(db, actor, { ...whole, key: `reorganisation ${id}` });
	return settle(db, id, { state: 'done', summary, actionId });
}

async function settle(
	db: Db,
	id: string,
	to: { state: SheetState; summary: SheetSummary; actionId?: string }
): Promise<void> {
	await sql`
		update reorganisations set state = ${to.state}, summary = ${JSON.stringify(to.summary)}::jsonb, progress = 100,
			action_id = ${to.actionId ?? null}::uuid, changed_at = now()
		where id = ${id}::uuid and state in ('reading', 'writing')`.execute(db);
}

/** Sheets whose work a stop of the server cut off are enqueued again. */
export async function resume(db: Db): Promise<void> {
	const { rows } = await sql<{ id: string }>`
		select id from reorganisations where state in ('reading', 'writing')`.execute(db);
	for (const { id } of rows) await enqueue(db, 'units.reorganise', { id });
}
