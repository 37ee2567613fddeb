import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { findRecognised } from '#lib/models/public.server.ts';
import { create } from '#lib/newsroom/article.server.ts';
import { ArticleFields, Id } from '#lib/newsroom/article.schema.ts';
import { EMPTY_BODY } from '#lib/newsroom/body.ts';
import { listSites } from '#lib/newsroom/site.server.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { readArticle } from '#lib/newsroom/article-form.ts';
import type { Actions, PageServerLoad } from './$types';

const NewForm = z.strictObject({
	key: Id,
	siteId: Id,
	headline: ArticleFields.shape.headline,
	model: Id.optional()
});

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const sites = await listSites(db, actor, 'newsroom.write');
	const wanted = url.searchParams.get('site');
	const about = Id.safeParse(url.searchParams.get('model')).data;
	const model = about ? (await findRecognised(db, [about])).get(about) : null;
	return {
		sites: sites.map(({ id, nameVi }) => ({ value: id, label: nameVi })),
		model: model && about ? { id: about, ...model } : null,
		siteId: sites.find(({ id }) => id === wanted)?.id ?? sites[0]?.id ?? '',
		key: randomUUID()
	};
};

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals } }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, NewForm);
		if (!read.ok) return read.failure;
		const { key, siteId, headline, model } = read.value;
		const begun = ArticleFields.parse({ headline, bylineName: actor.name.slice(0, 200) });
		const { text, filing } = readArticle(begun, EMPTY_BODY);
		const made = await attempt(
			() => create(db, actor, { siteId, text, filing: { ...filing, commentsOpen: true }, introduces: model, key }),
			fields(data)
		);
		if ('status' in made) return made;
		redirect(303, `/newsroom/${made.id}/edit`);
	}
};
