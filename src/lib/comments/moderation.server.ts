import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { tellArticleStale } from '#lib/newsroom/change.server.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { authoriseAll } from '#lib/units/authority.server.ts';
import { allowed, type Reason, type State, type Verb } from './comment.ts';

/** What the newsroom decides about comments. The log tells who decided what, when and why, and never the text. */

/** How many were decided, and how many somebody else had decided meanwhile. */
export type Decided = { done: number; passed: number };

/** Shows comments that wait, or that were refused by mistake. */
export async function accept(db: Db, actor: Actor, { ids }: { ids: readonly string[] }): Promise<Decided> {
	return decide(db, actor, { ids, verb: 'accept', to: 'shown' });
}

export type Refusal = { reason: Reason; note: string | null };

/** Does not show comments that wait. The reason is for the office; nobody is written to. */
export async function refuse(db: Db, actor: Actor, given: Refusal & { ids: readonly string[] }): Promise<Decided> {
	return decide(db, actor, { ...given, verb: 'refuse', to: 'refused' });
}

/** Takes down what was shown: readers then see that, and why, in its place. */
export async function takeDown(db: Db, actor: Actor, { id, ...because }: Refusal & { id: string }): Promise<Decided> {
	return decide(db, actor, { ids: [id], ...because, verb: 'take_down', to: 'removed' });
}

/** Shows again what was taken down, as far as its text is still there. Throws `comment.erased` where none is. */
export async function restore(db: Db, actor: Actor, { ids }: { ids: readonly string[] }): Promise<Decided> {
	return decide(db, actor, { ids, verb: 'restore', to: 'shown' });
}

/** Leaves shown what readers reported. */
export async function keep(db: Db, actor: Actor, { ids }: { ids: readonly string[] }): Promise<Decided> {
	return decide(db, actor, { ids, verb: 'keep', to: 'shown' });
}

/**
 * The office's one answer below a shown comment; a second one takes the place of the first. Given to several at once it is for
 * those that have none yet.
 */
export async function reply(
	db: Db,
	actor: Actor,
	{ ids, reply: text }: { ids: readonly string[]; reply: string }
): Promise<Decided> {
	return command(db, actor, async (tx) => {
		const held = await holdAll(tx, actor, ids);
		const open = held.filter((each) => allowed(each.state).includes('reply') && (ids.length === 1 || !each.hasReply));
		const [first, ...others] = open.map((each) => actionOf(each, { id: newId(), verb: 'reply' }));
		if (!first) throw problem('comment.decided_already');
		await sql`
			update comments set reply = ${text}, replied_at = statement_timestamp()
			where id = any(${open.map(({ id }) => id)}::uuid[])`.execute(tx);
		for (const articleId of new Set(open.map((each) => each.articleId))) await tellArticleStale(tx, articleId);
		return { result: { done: open.length, passed: held.length - open.length }, actions: [first, ...others] };
	});
}

type Held = {
	id: string;
	articleId: string;
	homeId: string;
	unitId: string;
	headline: string;
	state: State;
	body: string;
	hasReply: boolean;
};
type Decision = { ids: readonly string[]; verb: Verb; to: State; reason?: Reason; note?: string | null };

async function decide(db: Db, actor: Actor, { ids, verb, to, reason, note }: Decision): Promise<Decided> {
	return command(db, actor, async (tx) => {
		const held = await holdAll(tx, actor, ids);
		const fitting = held.filter(({ state }) => allowed(state).includes(verb));
		const open = fitting.filter(({ state, body }) => state !== 'removed' || body !== '');
		if (open.length === 0 && fitting.length > 0) throw problem('comment.erased');
		const why = reason ? `${word('comment_reason', reason)}${note ? `: ${note}` : ''}` : null;
		const [first, ...others] = open.map((each) => actionOf(each, { id: newId(), verb, reason: why }));
		if (!first) throw problem('comment.decided_already');
		for (const [at, action] of [first, ...others].entries())
			await sql`
				update comments set state = ${to}, reason = ${reason ?? null}, note = ${note ?? null},
					decided_at = statement_timestamp(), reported_at = null, action_id = ${action.id}::uuid
				where id = ${open[at]?.id}::uuid`.execute(tx);
		await sql`delete from comment_reports where comment_id = any(${open.map(({ id }) => id)}::uuid[])`.execute(tx);
		for (const articleId of new Set(open.map((each) => each.articleId))) await tellArticleStale(tx, articleId);
		return { result: { done: open.length, passed: held.length - open.length }, actions: [first, ...others] };
	});
}

/** All of the comments, locked in one order until the transaction ends; refuses what is not there, or not the actor's to decide. */
async function holdAll(tx: Tx, actor: Actor, ids: readonly string[]): Promise<Held[]> {
	const { rows } = await sql<Held>`
		select c.id, c.article_id as "articleId", a.home_id as "homeId", a.unit_id as "unitId", a.headline, c.state, c.body,
			c.reply is not null as "hasReply"
		from comments c join articles a on a.id = c.article_id
		where c.id = any(${[...ids]}::uuid[]) order by c.id for update of c`.execute(tx);
	await authoriseAll(tx, actor, 'newsroom.moderate', [...new Set(rows.map(({ unitId }) => unitId))]);
	if (rows.length < ids.length) throw problem('comment.not_found');
	return rows;
}

function actionOf(held: Held, action: Pick<NewAction, 'id' | 'verb' | 'reason'>): NewAction {
	const { homeId, unitId, headline } = held;
	return { ...action, homeId, unitId, noun: 'comment', recordId: held.id, details: { headline } };
}
