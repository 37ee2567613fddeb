import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { attach, detach, download, list } from './attachment.server.ts';
import { get } from './list.server.ts';
import { input, office } from './office.sample.ts';
import { draft } from './registration.server.ts';

const pdf = new TextEncoder().encode('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

async function withFolder(db: Db) {
	const data = await mkdtemp(join(tmpdir(), 'kheo-attachments-'));
	onTestFinished(() => rm(data, { recursive: true }));
	const world = await office(db);
	const { id } = await draft(db, world.officer, input(world.one));
	return { world, data, id };
}

describe('refusals', () => {
	test('who may not see the unit learns nothing; nothing is stored', async ({ db }) => {
		const { world, data, id } = await withFolder(db);
		const upload = { name: 'ke-hoach.pdf', bytes: pdf };
		await expect(attach(db, world.neighbour, { id, upload, data })).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(attach(db, world.officer, { id: randomUUID(), upload, data })).rejects.toMatchObject({
			code: 'model.not_found'
		});
		const disguised = { name: 'ke-hoach.pdf', bytes: new TextEncoder().encode('<script>alert(1)</script>') };
		await expect(attach(db, world.officer, { id, upload: disguised, data })).rejects.toMatchObject({
			code: 'file.type_refused'
		});
		expect(await readdir(data)).toEqual([]);
		const { id: fileId } = await attach(db, world.officer, { id, upload, data });
		await expect(download(db, world.neighbour, { id, fileId, data })).rejects.toMatchObject({ code: 'file.not_found' });
		await expect(download(db, world.officer, { id: randomUUID(), fileId, data })).rejects.toMatchObject({
			code: 'file.not_found'
		});
		await expect(detach(db, world.neighbour, { id, fileId })).rejects.toMatchObject({ code: 'input.not_found' });
	});
});

test('a file comes back as it went in, once, and its going is in the history', async ({ db }) => {
	const { world, data, id } = await withFolder(db);
	const { id: fileId } = await attach(db, world.officer, {
		id,
		upload: { name: '../../Kế hoạch.exe', bytes: pdf },
		caption: ' bản ký ',
		data
	});
	expect(await attach(db, world.reviewer, { id, upload: { name: 'lại.pdf', bytes: pdf }, data })).toEqual({
		id: fileId
	});
	expect(await list(db, id)).toMatchObject([
		{ id: fileId, name: 'Kế hoạch.pdf', mediaType: 'application/pdf', caption: 'bản ký', sizeBytes: pdf.byteLength }
	]);
	expect((await download(db, world.leader, { id, fileId, data })).bytes).toEqual(pdf);
	await detach(db, world.officer, { id, fileId });
	expect(await list(db, id)).toEqual([]);
	await expect(detach(db, world.officer, { id, fileId })).rejects.toMatchObject({ code: 'file.not_found' });
	expect((await get(db, world.officer, id)).history.map(({ verb }) => verb)).toEqual([
		'draft',
		'attach',
		'attach',
		'detach'
	]);
});
