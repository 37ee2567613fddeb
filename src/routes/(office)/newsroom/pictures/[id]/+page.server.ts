import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { describePicture, getPicture } from '#lib/newsroom/picture.server.ts';
import { PictureForm } from '#lib/newsroom/site.schema.ts';
import { attempt, fields, parse } from '#lib/server/form.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => ({
	picture: await getPicture(db, signedIn(locals), recordId(params.id)),
	isDone: url.searchParams.has('done')
});

export const actions: Actions = {
	default: async ({ request, locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const data = await request.formData();
		const read = parse(data, PictureForm);
		if (!read.ok) return read.failure;
		const id = recordId(params.id);
		const done = await attempt(() => describePicture(db, actor, { id, form: read.value }), fields(data));
		if (done) return done;
		redirect(303, `${url.pathname}?done`);
	}
};
