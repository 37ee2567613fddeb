import { redirect } from '@sveltejs/kit';
import { REPORT_REASONS } from '#lib/comments/comment.ts';
import { ReportForm } from '#lib/comments/comment.schema.ts';
import { findDiscussed, findShown } from '#lib/comments/public.server.ts';
import { sendReport } from '#lib/comments/receive.server.ts';
import { Id } from '#lib/newsroom/article.schema.ts';
import { articleHref, commentsHref, homeHref } from '#lib/newsroom/portal-address.ts';
import { m } from '#lib/paraglide/messages.js';
import { fields, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { answered, doorOf, shownComment } from '../../../comments.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, params, url, parent }) => {
	const { frame } = await parent();
	const article = await findDiscussed(db, { siteId: frame.siteId, slug: params.article });
	const commentId = idOf(params.comment);
	const comment = article && (await findShown(db, { articleId: article.id, commentId }));
	if (!comment) throw problem('input.not_found');
	const comments = commentsHref(frame.base, params.article);
	return {
		comment: shownComment(comment),
		reasons: REPORT_REASONS.map((value) => ({ value, label: word('comment_reason', value) })),
		action: `${comments}/${comment.id}`,
		check: `${comments}/kiem-tra?comment=${comment.id}`,
		href: articleHref(frame.base, params.article),
		canonical: `${frame.root}${commentsHref('', params.article)}/${comment.id}`,
		crumbs: [
			{ label: m.portal_page_home(), href: homeHref(frame.base) },
			{ label: article.headline, href: articleHref(frame.base, params.article) },
			{ label: m.comment_title(), href: comments }
		],
		isSent: url.searchParams.has('sent'),
		isCrowded: url.searchParams.has('crowded')
	};
};

export const actions: Actions = {
	default: async (event) => {
		const data = await event.request.formData();
		const read = parse(data, ReportForm);
		if (!read.ok) return read.failure;
		const door = { ...doorOf(event), commentId: idOf(event.params.comment) };
		const answer = await answered(() => sendReport(event.locals.db, door, read.value), fields(data));
		if (!('kind' in answer)) return answer;
		redirect(303, answer.kind === 'received' ? '?sent' : '?crowded');
	}
};

function idOf(text: string): string {
	const read = Id.safeParse(text);
	if (!read.success) throw problem('input.not_found');
	return read.data;
}
