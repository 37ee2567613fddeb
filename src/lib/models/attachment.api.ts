import { z } from 'zod';
import { NOTHING, operation } from '#lib/api/operation.ts';
import { problem } from '#lib/server/problem.ts';
import { readSettings } from '#lib/server/settings.ts';
import { attach, detach, download, list } from './attachment.server.ts';
import { describe } from './list.server.ts';
import { AttachmentForm, Id } from './model.schema.ts';

const ById = z.strictObject({ id: Id });
const ByFile = ById.extend({ file: Id });
const BYTES = 'application/octet-stream';

const Attachment = z.strictObject({
	id: z.uuid(),
	name: z.string(),
	type: z.string(),
	size: z.number().int(),
	caption: z.string().nullable(),
	at: z.iso.datetime()
});

export const ATTACHMENT_OPERATIONS = [
	operation({
		name: 'models.attachments',
		method: 'GET',
		path: '/models/{id}/attachments',
		scope: 'model.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: z.strictObject({ items: z.array(Attachment) }),
		run: async ({ db, actor }, { params: { id } }) => {
			if (!(await describe(db, actor, [id])).has(id)) throw problem('model.not_found', { id });
			const items = (await list(db, id)).map(({ mediaType, sizeBytes, at, ...file }) => ({
				...file,
				type: mediaType,
				size: sizeBytes,
				at: at.toISOString()
			}));
			return { items };
		}
	}),
	operation({
		name: 'models.attachment',
		method: 'GET',
		path: '/models/{id}/attachments/{file}',
		scope: 'model.read',
		file: BYTES,
		params: ByFile,
		query: NOTHING,
		body: NOTHING,
		answer: z.never(),
		run: async ({ db, actor }, { params: { id, file: fileId } }) => {
			const { name, bytes } = await download(db, actor, { id, fileId, data: readSettings().data });
			return { name, bytes };
		}
	}),
	operation({
		name: 'models.attach',
		method: 'POST',
		path: '/models/{id}/attachments',
		scope: 'model.write',
		takes: BYTES,
		creates: true,
		params: ById,
		query: z.strictObject({ filename: z.string().min(1).max(300), caption: AttachmentForm.shape.caption }),
		body: z.strictObject({ bytes: z.instanceof(Uint8Array) }),
		answer: z.strictObject({ id: z.uuid() }),
		run: async ({ db, actor }, { params: { id }, query: { filename, caption }, body: { bytes } }) =>
			attach(db, actor, { id, upload: { name: filename, bytes }, caption, data: readSettings().data })
	}),
	operation({
		name: 'models.detach',
		method: 'POST',
		path: '/models/{id}/attachments/{file}/removal',
		scope: 'model.write',
		params: ByFile,
		query: NOTHING,
		body: NOTHING,
		answer: z.strictObject({ name: z.string() }),
		run: ({ db, actor }, { params: { id, file: fileId } }) => detach(db, actor, { id, fileId })
	})
];
