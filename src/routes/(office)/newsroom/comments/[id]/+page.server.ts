import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { allowed, REASONS } from '#lib/comments/comment.ts';
import { ReplyForm, BecauseForm } from '#lib/comments/comment.schema.ts';
import { get } from '#lib/comments/list.server.ts';
import * as moderation from '#lib/comments/moderation.server.ts';
import { setCommentsOpen } from '#lib/newsroom/article.server.ts';
import { get as getArticle } from '#lib/newsroom/list.server.ts';
import type { Db } from '#lib/server/db.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { inWords } from '../../history.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const { history, ...comment } = await get(db, actor, recordId(params.id));
	const { commentsOpen } = await getArticle(db, actor, comment.articleId);
	return {
		comment,
		allowed: allowed(comment.state),
		reasons: REASONS,
		isArticleOpen: commentsOpen,
		isDone: url.searchParams.has('done'),
		told: inWords('comment', history)
	};
};

type Run<T> = (db: Db, actor: Actor, given: T & { id: string }) => Promise<unknown>;

/** A form of this page: read, done, and back to the page. */
function acting<S extends z.ZodType<object>>(form: S, run: Run<z.output<S>>) {
	return async ({ request, locals: { db, ...locals }, params, url }: RequestEvent) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, form);
		if (!read.ok) return read.failure;
		const given = { ...read.value, id: recordId(params.id) };
		const done = await attempt(() => run(db, actor, given).then(() => null), fields(data));
		if (done) return done;
		redirect(303, `${url.pathname}?done`);
	};
}

const Nothing = z.strictObject({});

export const actions: Actions = {
	accept: acting(Nothing, (db, actor, { id }) => moderation.accept(db, actor, { ids: [id] })),
	refuse: acting(BecauseForm, (db, actor, { id, ...because }) =>
		moderation.refuse(db, actor, { ids: [id], ...because })
	),
	takeDown: acting(BecauseForm, moderation.takeDown),
	restore: acting(Nothing, (db, actor, { id }) => moderation.restore(db, actor, { ids: [id] })),
	keep: acting(Nothing, (db, actor, { id }) => moderation.keep(db, actor, { ids: [id] })),
	reply: acting(ReplyForm, (db, actor, { id, reply }) => moderation.reply(db, actor, { ids: [id], reply })),
	close: acting(Nothing, (db, actor, { id }) => setOpen(db, actor, { id, isOpen: false })),
	open: acting(Nothing, (db, actor, { id }) => setOpen(db, actor, { id, isOpen: true }))
};

/** Of the article that the comment is on. */
async function setOpen(db: Db, actor: Actor, { id, isOpen }: { id: string; isOpen: boolean }): Promise<void> {
	const { articleId } = await get(db, actor, id);
	await setCommentsOpen(db, actor, { id: articleId, isOpen });
}
