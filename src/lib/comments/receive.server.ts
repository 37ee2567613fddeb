import { sql } from 'kysely';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { CONSENT_VERSION, effortFor, WAITING_AT_MOST } from './comment.ts';
import type { CommentForm, ReportForm } from './comment.schema.ts';
import { checkPass, givePass, type Kind } from './pass.server.ts';
import { hashOf, secretOf } from './withdrawal.server.ts';
import { admit, isFirst, sentOn } from './rate.server.ts';

/**
 * What readers send, who have no account and leave nothing of theirs behind but what they typed. It is no act of the office: the
 * log, which nobody can erase, tells only what the office then decided.
 */

/** Where something is sent, and from which network address. `site` and `article` are parts of the address. */
export type Door = { site: string; article: string; address: string; sign: (text: string) => string; now: Date };

/** `received`: with what its sender takes a comment back by, shown this once. `wait`: to be sent once more with this pass, in so many seconds. `crowded`: far too many come for a page to be made. */
export type Outcome =
	| { kind: 'received'; withdrawal?: { id: string; secret: string } }
	| { kind: 'crowded' }
	| { kind: 'wait'; pass: string; seconds: number; isAgain: boolean };

const COMMENT = '';

/** What a pass is good for: one article at its address, or one comment there. */
function subjectOf({ site, article }: Pick<Door, 'site' | 'article'>, commentId: string): string {
	return `${site}/${article}/${commentId}`;
}

/** A pass for the article, or for a report of one of its comments, as dear as things are on the site now. */
export async function offerPass(
	db: Db,
	{ kind, commentId = COMMENT, ...door }: Omit<Door, 'address'> & { kind: Kind; commentId?: string | undefined }
): Promise<{ pass: string; bits: number; wait_s: number }> {
	const { bits, wait_s } = effortFor(await sentOn(db, door.site));
	const amount = kind === 'work' ? bits : wait_s;
	const pass = givePass(door.sign, { subject: subjectOf(door, commentId), kind, amount, now: door.now });
	return { pass, bits, wait_s };
}

/**
 * Takes a comment in, to be read by the newsroom. Sent twice, it is one. Throws `comment.closed`, `comment.full`,
 * `comment.pass_used`, `comment.too_many`, `comment.site_busy`, `input.not_found`.
 */
export async function sendComment(db: Db, door: Door, form: CommentForm): Promise<Outcome> {
	const entry = await knock(db, door, form);
	if (!('id' in entry)) return entry;
	const withdrawal = { id: entry.id, secret: secretOf(door.sign, entry.id) };
	await enter(db, door, { ...form, ...withdrawal });
	return { kind: 'received', withdrawal };
}

/** Takes in that a shown comment should be looked at again. Of one network a day, the first counts. */
export async function sendReport(db: Db, door: Door & { commentId: string }, form: ReportForm): Promise<Outcome> {
	const entry = await knock(db, door, form);
	if (!('id' in entry)) return entry;
	await inTransaction(db, async (tx) => {
		const { rows } = await sql`
			select from comments c join public_articles a on a.id = c.article_id join sites s on s.id = a.site_id
			where c.id = ${door.commentId}::uuid and c.state = 'shown' and s.slug = ${door.site} and a.slug = ${door.article}
			limit 1`.execute(tx);
		if (rows.length === 0) throw problem('input.not_found');
		if (!(await isFirst(tx, { address: door.address, about: door.commentId, pass: entry.id }))) return;
		await sql`
			update comments set reported_at = statement_timestamp()
			where id = ${door.commentId}::uuid and state = 'shown' and reported_at is null`.execute(tx);
		await sql`
			insert into comment_reports as r (comment_id, reason, report_count, reported_at)
			values (${door.commentId}::uuid, ${form.reason}, 1, clock_timestamp())
			on conflict (comment_id, reason) do update set report_count = r.report_count + 1, reported_at = excluded.reported_at`.execute(
			tx
		);
	});
	return { kind: 'received' };
}

type Knock = Door & { commentId?: string };

/** The pass is looked at before the database is asked anything, and everything is counted before anything is done. */
async function knock(
	db: Db,
	door: Knock,
	{ pass, solution }: { pass: string; solution: string }
): Promise<{ id: string } | Exclude<Outcome, { kind: 'received' }>> {
	const subject = subjectOf(door, door.commentId ?? COMMENT);
	const verdict = checkPass(door.sign, { subject, pass, solution, now: door.now });
	const isProven = verdict.kind === 'good';
	const admission = await admit(db, { address: door.address, site: door.site, isProven });
	if (admission.kind !== 'in') {
		if (admission.isFar) return { kind: 'crowded' };
		throw problem(admission.kind === 'sender' ? 'comment.too_many' : 'comment.site_busy');
	}
	if (isProven) return { id: verdict.id };
	if (verdict.kind === 'early') return { kind: 'wait', pass, seconds: verdict.seconds, isAgain: true };
	const offered = await offerPass(db, { ...door, kind: 'wait' });
	return { kind: 'wait', pass: offered.pass, seconds: offered.wait_s, isAgain: verdict.kind !== 'missing' };
}

type Target = {
	id: string;
	isOpen: boolean;
	isFull: boolean;
	isEntered: boolean;
	isRepeated: boolean;
	isUsed: boolean;
};

type Entering = Pick<CommentForm, 'name' | 'text'> & { id: string; secret: string };

async function enter(db: Db, door: Door, { id, secret, name, text }: Entering): Promise<void> {
	const { rows } = await sql<Target>`
		with target as (
			select a.id, a.home_site_id, a.comments_open and h.comments_open and s.comments_open as is_open,
				(select count(*) from (select from comments w where w.article_id = a.id and w.state = 'waiting'
					limit ${WAITING_AT_MOST.article}) waiting) >= ${WAITING_AT_MOST.article}
				or (select count(*) from (select from comments w where w.site_id = a.home_site_id and w.state = 'waiting'
					limit ${WAITING_AT_MOST.site}) waiting) >= ${WAITING_AT_MOST.site} as is_full
			from sites s join public_articles a on a.site_id = s.id join sites h on h.id = a.home_site_id
			where s.slug = ${door.site} and a.slug = ${door.article}
			order by a.way <> 'home', a.id limit 1
		), entered as (
			insert into comments (id, article_id, site_id, name, body, consent_version, withdrawal_hash)
			select ${id}::uuid, id, home_site_id, ${name}, ${text}, ${CONSENT_VERSION}, ${hashOf(secret)}::bytea from target where is_open and not is_full
			on conflict (id) do nothing returning id
		)
		select t.id, t.is_open as "isOpen", t.is_full as "isFull", exists (select from entered) as "isEntered",
			c.id is not null as "isUsed",
			coalesce(c.article_id = t.id and c.name = ${name} and c.body = ${text}, false) as "isRepeated"
		from target t left join comments c on c.id = ${id}::uuid`.execute(db);
	const [target] = rows;
	if (!target) throw problem('input.not_found');
	if (target.isEntered || target.isRepeated) return;
	if (target.isUsed) throw problem('comment.pass_used');
	if (!target.isOpen) throw problem('comment.closed');
	// Nothing was entered though there was room: the same pass came at the same moment, and that one was.
	if (!target.isFull) return enter(db, door, { id, secret, name, text });
	throw problem('comment.full');
}
