import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { isSavable } from '#lib/newsroom/act.ts';
import { save } from '#lib/newsroom/article.server.ts';
import { SaveForm } from '#lib/newsroom/article.schema.ts';
import { askFigures } from '#lib/newsroom/figure.server.ts';
import { attachFile } from '#lib/newsroom/file.server.ts';
import { get } from '#lib/newsroom/list.server.ts';
import { fromMarkup, toMarkup } from '#lib/newsroom/markup.ts';
import { addPicture, listPictures } from '#lib/newsroom/picture.server.ts';
import { rightsOn } from '#lib/newsroom/rights.server.ts';
import { PictureForm } from '#lib/newsroom/site.schema.ts';
import { listSections } from '#lib/newsroom/site.server.ts';
import { listVersions, readText } from '#lib/newsroom/version.server.ts';
import { figureChoices } from '#lib/reports/choice.server.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { readSettings } from '#lib/server/settings.ts';
import { readArticle } from '#lib/newsroom/article-form.ts';
import { recordId } from '../../record.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const article = await get(db, actor, recordId(params.id));
	// A text kept aside is taken into the editor to be merged; it is then saved on top of the current one.
	const aside = Number(url.searchParams.get('merge'));
	const text = Number.isSafeInteger(aside) && aside > 0 ? await readText(db, article.id, aside) : article.text;
	const [rights, sections, pictures, figures, choices] = await Promise.all([
		rightsOn(db, actor, article.unitId),
		listSections(db, article.siteId),
		listPictures(db, article.siteId, PICTURES_SHOWN),
		askFigures(db, actor, { unitId: article.unitId, body: text.body }),
		figureChoices(db, article.unitId)
	]);
	const { id, version, state, kind, sectionId, slug, siteId, siteName, siteSlug, publicVersion, tags } = article;
	return {
		article: {
			id,
			version,
			state,
			kind,
			sectionId,
			slug,
			siteId,
			siteName,
			siteSlug,
			publicVersion,
			tags
		},
		text,
		markup: toMarkup(text.body),
		isSavable: isSavable(article, rights),
		sections: sections
			.filter((section) => !section.isClosed || section.id === sectionId)
			.map((section) => ({ value: section.id, label: section.nameVi })),
		pictures: pictures.map(({ id: value, alt, caption, credit }) => ({ id: value, alt, caption, credit })),
		figures,
		choices,
		mayPublish: rights['newsroom.publish'],
		own: actor.name
	};
};

const PICTURES_SHOWN = 24;

export const actions: Actions = {
	save: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const id = recordId(params.id);
		const data = await request.formData();
		const read = parse(data, SaveForm);
		if (!read.ok) return read.failure;
		const { version, automatic, body, markup, ...fields } = read.value;
		const article = await get(db, actor, id);
		const base = article.version === version ? article.text : await readText(db, id, version);
		const said = readArticle(fields, body ?? fromMarkup(markup ?? toMarkup(base.body), base.body));
		const saved = await attempt(() => save(db, actor, { id, version, isAutomatic: automatic, ...said }));
		if (!('status' in saved)) return { saved: saved.version };
		const aside = (await listVersions(db, actor, id)).find(({ isAside }) => isAside);
		const isOutdated = saved.status === 409 && article.version !== version && aside !== undefined;
		const [theirs, kept] = isOutdated ? [article.version, aside.number] : [undefined, undefined];
		return fail(saved.status, { ...saved.data, theirs, kept });
	},
	picture: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const article = await get(db, actor, recordId(params.id));
		const read = parse(await request.formData(), PictureUpload);
		if (!read.ok) return read.failure;
		const { file, ...form } = read.value;
		if (file.size === 0) return fail(400, { issues: { file: 'field_required' } });
		const upload = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
		const added = await attempt(() =>
			addPicture(db, actor, { siteId: article.siteId, upload, form, data: readSettings().data })
		);
		if ('status' in added) return added;
		const { id, alt, caption, credit } = added;
		return { picture: { picture: id, alt, caption: caption ?? '', credit: credit ?? '' } };
	},
	/** The figure as readers will see it, told to who is about to put it into the text. */
	figure: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const { unitId } = await get(db, actor, recordId(params.id));
		const read = parse(await request.formData(), FigureForm);
		if (!read.ok) return read.failure;
		const asked = await attempt(() => askFigures(db, actor, { unitId, body: read.value.body }));
		if ('status' in asked) return asked;
		return { figure: asked[0] ?? null };
	},
	attach: async ({ request, locals: { db, ...locals }, params }) => {
		const actor = signedIn(locals);
		const read = parse(await request.formData(), FileUpload);
		if (!read.ok) return read.failure;
		const { file } = read.value;
		if (file.size === 0) return fail(400, { issues: { file: 'field_required' } });
		const upload = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
		const added = await attempt(() =>
			attachFile(db, actor, { id: recordId(params.id), upload, data: readSettings().data })
		);
		if ('status' in added) return added;
		return { attachment: { file: added.id, name: added.name, size: added.size } };
	}
};

const FileUpload = z.strictObject({ file: z.instanceof(File, { error: 'field_required' }) });
const FigureForm = SaveForm.pick({ body: true }).required();
const PictureUpload = PictureForm.extend(FileUpload.shape);
