import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type Acted, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { visibleOrWhole } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { erase } from './erasure.server.ts';
import type { REQUEST_KINDS, Step } from './request.schema.ts';
import { daysAfter, workingDaysAfter } from './working-days.ts';

/** Law 91/2025 and its decree: an answer within two working days, the act within fifteen days. */
const ANSWER_WORKING_DAYS = 2;
const ACT_DAYS = 15;

export type RequestKind = (typeof REQUEST_KINDS)[number];
export type DataRequest = {
	id: string;
	userId: string;
	userName: string;
	userEmail: string;
	unitId: string | null;
	kind: RequestKind;
	wish: string;
	askedAt: Date;
	answerDueOn: string;
	actDueOn: string;
	steps: { step: 'answer' | 'carry_out' | 'refuse'; note: string; at: string }[];
};

const COLUMNS = sql<DataRequest>`
	r.id, r.user_id as "userId", u.name as "userName", u.email as "userEmail", r.unit_id as "unitId", r.kind, r.wish,
	r.asked_at as "askedAt", r.answer_due_on as "answerDueOn", r.act_due_on as "actDueOn",
	coalesce((select jsonb_agg(jsonb_build_object('step', s.step, 'note', s.note, 'at', s.taken_at) order by s.id)
		from data_request_steps s where s.request_id = r.id), '[]') as steps
	from data_requests r join users u on u.id = r.user_id`;

/** Asks something about one's own data; one open request of a kind at a time. The clocks begin today. */
export async function ask(
	db: Db,
	actor: Actor,
	{ kind, wish }: { kind: RequestKind; wish: string }
): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		if (!actor.id) throw problem('access.denied');
		await sql`select 1 from users where id = ${actor.id}::uuid for update`.execute(tx);
		const open = (await listOwn(tx, actor)).some((one) => one.kind === kind && !isClosed(one));
		if (open) throw problem('privacy.request_open');
		const [id, actionId, unitId] = [newId(), newId(), actor.grants[0]?.unitId ?? null];
		const day = today();
		await sql`
			insert into data_requests (id, user_id, unit_id, kind, wish, answer_due_on, act_due_on, action_id)
			values (${id}, ${actor.id}, ${unitId}, ${kind}, ${wish}, ${workingDaysAfter(day, ANSWER_WORKING_DAYS)},
				${daysAfter(day, ACT_DAYS)}, ${actionId})`.execute(tx);
		const action = await actionOf(tx, { id, unitId, userId: actor.id, kind }, { verb: 'ask', id: actionId });
		return { result: { id }, actions: [action] };
	});
}

/** Is everything done that will be done? */
export function isClosed({ steps }: Pick<DataRequest, 'steps'>): boolean {
	return steps.some(({ step }) => step !== 'answer');
}

/** Tells the person what will be done and when; the first clock stops. */
export async function answer(db: Db, actor: Actor, step: Step): Promise<{ id: string }> {
	return take(db, actor, { step, verb: 'answer', work: async () => [] });
}

/** Refuses, and says on what ground. */
export async function refuse(db: Db, actor: Actor, step: Step): Promise<{ id: string }> {
	return take(db, actor, { step, verb: 'refuse', work: async () => [] });
}

/** Does what was asked: corrects name and address, or takes the account's personal data out. */
export async function carryOut(db: Db, actor: Actor, step: Step): Promise<{ id: string }> {
	return take(db, actor, {
		step,
		verb: 'carry_out',
		work: async (tx, { kind, userId }) => {
			if (kind === 'erasure') return [await erase(tx, actor, userId)];
			if (kind === 'correction')
				await sql`
					update users set name = coalesce(${step.name ?? null}, name), email = coalesce(${step.email ?? null}, email),
						updated_at = now() where id = ${userId}::uuid`.execute(tx);
			return [];
		}
	});
}

type Taken = {
	step: Step;
	verb: 'answer' | 'carry_out' | 'refuse';
	work: (tx: Tx, request: DataRequest) => Promise<NewAction[]>;
};

async function take(db: Db, actor: Actor, { step, verb, work }: Taken): Promise<{ id: string }> {
	return command(db, actor, async (tx): Promise<Acted<{ id: string }>> => {
		const id = step.requestId;
		await sql`select pg_advisory_xact_lock(hashtextextended(${`data request ${id}`}, 0))`.execute(tx);
		const request = (await listFor(tx, actor)).find((one) => one.id === id);
		if (!request) throw problem('input.not_found');
		if (request.userId === actor.id) throw problem('privacy.request_own');
		if (isClosed(request) || request.steps.some((one) => one.step === verb)) throw problem('privacy.request_closed');
		const actionId = newId();
		await sql`
			insert into data_request_steps (id, request_id, step, note, action_id)
			values (${newId()}, ${id}, ${verb}, ${step.note}, ${actionId})`.execute(tx);
		const actions = await work(tx, request);
		return { result: { id }, actions: [await actionOf(tx, request, { verb, id: actionId }), ...actions] };
	});
}

/** The wish itself and what is answered to it are not in the log: they may tell what was to be erased. */
async function actionOf(
	tx: Tx,
	request: Pick<DataRequest, 'id' | 'unitId' | 'userId' | 'kind'>,
	{ verb, id }: { verb: string; id: string }
): Promise<NewAction> {
	const { unitId, userId, kind } = request;
	const homeId = unitId ? await homeOf(tx, unitId, today()) : userId;
	return { id, homeId, noun: 'data_request', recordId: request.id, verb, unitId, details: { kind } };
}

/** What the actor asked, latest first. */
export async function listOwn(db: Db, actor: Actor): Promise<DataRequest[]> {
	const { rows } = await sql<DataRequest>`
		select ${COLUMNS} where r.user_id = ${actor.id}::uuid order by r.id desc`.execute(db);
	return rows;
}

/** What people of the units asked whose accounts the actor runs; open ones first, by the day they are due. */
export async function listFor(db: Db, actor: Actor): Promise<DataRequest[]> {
	const { rows } = await sql<DataRequest>`
		select ${COLUMNS} where ${visibleOrWhole(actor, 'account.manage', { unit: 'r.unit_id' })}
		order by exists (select 1 from data_request_steps s where s.request_id = r.id and s.step <> 'answer'), r.act_due_on, r.id
		limit 500`.execute(db);
	return rows;
}
