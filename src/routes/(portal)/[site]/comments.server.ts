import type { ActionFailure, RequestEvent } from '@sveltejs/kit';
import { publicComments, type PublicComment, type PublicPage } from '#lib/comments/public.server.ts';
import type { Door, Outcome } from '#lib/comments/receive.server.ts';
import { makeMemory } from '#lib/newsroom/memory.ts';
import { dayText, instantText } from '#lib/newsroom/public-page.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { attempt, textsOf, type Refusal } from '#lib/server/form.ts';
import { word } from '#lib/ui/word.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';

/** A comment as it is shown; nothing of one that was taken down but that it was, and why. */
export type ShownComment = {
	id: string;
	name: string;
	body: string;
	at: string;
	atText: string;
	removed: string | null;
	reply: { text: string; atText: string } | null;
};

export function shownComment({ id, name, body, at, removed, reply }: PublicComment): ShownComment {
	const reason = removed && `${word('comment_reason', removed.reason)}${removed.note ? `. ${removed.note}` : ''}`;
	return {
		id,
		name,
		body,
		at: at.toISOString(),
		atText: instantText(at),
		removed: reason && m.comment_gone({ day: dayText(at), reason }),
		reply: reply && { text: reply.text, atText: instantText(reply.at) }
	};
}

const comments = makeMemory<PublicPage>(600);

/** A page of the comments on an article that the public may read. */
export async function commentsPage({ db, fresh }: Pick<App.Locals, 'db' | 'fresh'>, articleId: string, page: number) {
	const { rows, total, pages } = await comments(fresh, `${articleId} ${page}`, () =>
		publicComments(db, articleId, page)
	);
	return { shown: rows.map(shownComment), total, totalText: formatNumber(total), page, pages };
}

type Event = Pick<RequestEvent, 'locals' | 'getClientAddress'> & { params: { site: string; article: string } };

/** Where something is sent; the network address goes no further than to be counted. */
export function doorOf({ locals, params, getClientAddress }: Event): Door {
	const { sign } = locals.site.cipher;
	return { site: params.site, article: params.article, address: getClientAddress(), sign, now: new Date() };
}

type Check = { pass: string; text: string };
type Answer =
	| ActionFailure<Refusal>
	| { check: Check; values: Record<string, unknown> }
	| { kind: 'crowded' }
	| Extract<Outcome, { kind: 'received' }>;

/** Sends, and says in words what to do where it has to be sent once more. A pass that was refused is not sent along again. */
export async function answered(run: () => Promise<Outcome>, values: Record<string, unknown>): Promise<Answer> {
	const { pass: _pass, solution: _solution, ...typed } = textsOf(values);
	const outcome = await attempt(run, typed);
	if (!('kind' in outcome)) return outcome;
	if (outcome.kind !== 'wait') return outcome;
	const seconds = formatNumber(outcome.seconds);
	const isEarly = outcome.isAgain && outcome.pass === values['pass'];
	const text = isEarly
		? m.comment_check_early({ seconds })
		: outcome.isAgain
			? m.comment_check_again({ seconds })
			: m.comment_check_text({ seconds, button: m.comment_confirm() });
	return { check: { pass: outcome.pass, text }, values: typed };
}
