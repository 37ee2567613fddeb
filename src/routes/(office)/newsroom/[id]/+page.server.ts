import { fail } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { ACTS, hindrance, isSavable } from '#lib/newsroom/act.ts';
import { AddressForm } from '#lib/newsroom/article.schema.ts';
import { rightToOpenComments, setCommentsOpen } from '#lib/newsroom/article.server.ts';
import { life } from '#lib/newsroom/article.ts';
import { get } from '#lib/newsroom/list.server.ts';
import { endPreviews, listPreviews, makePreview } from '#lib/newsroom/preview.server.ts';
import { readdress } from '#lib/newsroom/publication.server.ts';
import { rightsOn, standingOf } from '#lib/newsroom/rights.server.ts';
import { showText } from '#lib/newsroom/shown.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { may } from '#lib/units/authority.server.ts';
import { inWords } from '../history.ts';
import { recordId } from '../record.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const article = await get(db, actor, recordId(params.id));
	const [rights, html, previews] = await Promise.all([
		rightsOn(db, actor, article.unitId),
		showText(db, actor, { unitId: article.unitId, text: article.text }),
		listPreviews(db, article.id)
	]);
	const standing = standingOf(article);
	const { history, text, ...shown } = article;
	const { body: _body, coverId: _coverId, ...said } = text;
	return {
		article: shown,
		text: said,
		html,
		steps: life(article.state),
		acts: ACTS.flatMap((act) => {
			const hindered = hindrance(act, standing, rights);
			return hindered === 'state' || hindered === 'right' ? [] : [{ noun: act.noun, hindered }];
		}),
		isSavable: isSavable(article, rights),
		isAhead: article.publicVersion !== null && article.version !== article.publicVersion,
		mayReaddress: rights[article.publicVersion === null ? 'newsroom.edit' : 'newsroom.publish'],
		mayPreview: rights['newsroom.write'],
		comments: {
			isOpen: article.commentsOpen,
			mayChange: await may(db, actor, rightToOpenComments(article), article.unitId)
		},
		previews,
		told: inWords('article', history.toReversed().slice(0, TOLD_AT_MOST))
	};
};

const TOLD_AT_MOST = 30;

/** Readers may comment, or no more. */
function commenting(isOpen: boolean) {
	return async ({ locals: { db, ...locals }, params }: RequestEvent) => {
		const actor = signedIn(locals);
		const refused = await attempt(() =>
			setCommentsOpen(db, actor, { id: recordId(params.id), isOpen }).then(() => null)
		);
		return refused ?? { isOpen };
	};
}

export const actions: Actions = {
	address: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, AddressForm);
		if (!read.ok) return read.failure;
		const given = { id: recordId(params.id), slug: read.value.slug };
		return (await attempt(() => readdress(db, actor, given), fields(data))) ?? { readdressed: given.slug };
	},
	preview: async ({ locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const made = await attempt(() => makePreview(db, actor, recordId(params.id)));
		if ('status' in made) return made;
		return { preview: new URL(`/preview/${made.secret}`, url).href };
	},
	openComments: commenting(true),
	closeComments: commenting(false),
	endPreviews: async ({ locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const ended = await attempt(() => endPreviews(db, actor, recordId(params.id)));
		return 'status' in ended ? fail(ended.status, ended.data) : { ended: ended.count };
	}
};
