import { fail, redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import { attach, detach, list } from '#lib/models/attachment.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { AttachmentForm, DetachmentForm } from '#lib/models/model.schema.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params }) => {
	const actor = signedIn(locals);
	const id = recordId(params.id);
	const registration = (await describe(db, actor, [id])).get(id);
	if (!registration) throw problem('model.not_found', { id });
	const rights = (await rightsOn(db, actor, [registration.unitId])).get(registration.unitId);
	return {
		registration: { id, name: registration.name },
		attachments: await list(db, id),
		mayChange: Boolean(rights?.write || rights?.review)
	};
};

export const actions: Actions = {
	attach: async ({ request, locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const read = parse(await request.formData(), AttachmentForm);
		if (!read.ok) return read.failure;
		const { file, caption } = read.value;
		if (file.size === 0) return fail(400, { issues: { file: 'field_required' } });
		const bytes = new Uint8Array(await file.arrayBuffer());
		const upload = { name: file.name, bytes };
		const done = await attempt(() => attach(db, actor, { id, upload, caption, data: readSettings().data }), {
			caption
		});
		if ('status' in done) return done;
		redirect(303, url.pathname);
	},
	detach: async ({ request, locals: { db, ...locals }, params, url }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const read = parse(await request.formData(), DetachmentForm);
		if (!read.ok) return read.failure;
		const done = await attempt(() => detach(db, actor, { id, fileId: read.value.fileId }));
		if ('status' in done) return done;
		redirect(303, url.pathname);
	}
};
