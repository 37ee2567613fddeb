import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { test } from '../../../tests/database.ts';
import { isInside, lookAt } from './link-check.server.ts';
import { newsroom, text, drafted } from './newsroom.sample.ts';
import { addPicture, drawPicture, openPicture } from './picture.server.ts';
import { publishThrough } from './publication.server.ts';
import { PictureForm } from './site.schema.ts';

let data: string;
beforeAll(async () => void (data = await mkdtemp(join(tmpdir(), 'kheo-pictures-'))));
afterAll(() => rm(data, { recursive: true }));

const form = PictureForm.parse({ alt: 'Cầu Tô Mậu', caption: '', credit: 'Thu Hà', focalX: '30', focalY: '62.5' });
const GPS = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '21/1 42/1 0/1' }, IFD0: { Make: 'Điện thoại' } };
const photo = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: '#4f6f55' } })
		.withExif(GPS)
		.jpeg()
		.toBuffer();

describe('refused, each with its reason', () => {
	test('a script under a picture’s name, half a picture, a bomb, nothing', async ({ db }) => {
		const { site, editor, nobody } = await newsroom(db);
		const add = (name: string, bytes: Uint8Array, actor = editor) =>
			addPicture(db, actor, { siteId: site, upload: { name, bytes }, form, data });
		const script = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
		await expect(add('anh.jpg', script)).rejects.toMatchObject({ code: 'picture.not_a_picture' });
		await expect(add('anh.jpg', new TextEncoder().encode('#!/bin/sh\nrm -rf /\n'))).rejects.toMatchObject({
			code: 'picture.not_a_picture'
		});
		const noise = await sharp({
			create: {
				width: 900,
				height: 600,
				channels: 3,
				background: '#888',
				noise: { type: 'gaussian', mean: 128, sigma: 60 }
			}
		})
			.jpeg()
			.toBuffer();
		await expect(add('dở.jpg', noise.subarray(0, noise.length / 2))).rejects.toMatchObject({
			code: 'picture.truncated'
		});
		const bomb = await sharp({ create: { width: 9000, height: 8000, channels: 3, background: '#fff' } })
			.png({ compressionLevel: 9 })
			.toBuffer();
		await expect(add('to.png', bomb)).rejects.toMatchObject({
			code: 'picture.too_many_pixels',
			params: { width: 9000, height: 8000 }
		});
		await expect(add('rỗng.jpg', new Uint8Array())).rejects.toMatchObject({ code: 'file.empty' });
		await expect(add('anh.jpg', await photo(20, 10), nobody)).rejects.toMatchObject({ code: 'input.not_found' });
		expect(await readdir(data)).toEqual([]);
	});
});

test('a photograph loses where it was taken, is drawn in its widths, and is public with its article only', async ({
	db
}) => {
	const world = await newsroom(db);
	const picture = await addPicture(db, world.editor, {
		siteId: world.site,
		upload: { name: 'IMG 1.jpg', bytes: await photo(1200, 800) },
		form,
		data
	});
	expect(picture).toMatchObject({
		width: 1200,
		height: 800,
		focalX: 0.3,
		focalY: 0.625,
		colour: expect.stringMatching(/^#4[ef]6f5[45]$/),
		isDrawn: false
	});
	const wanted = { id: picture.id, width: 0, format: 'jpeg' as const, data };
	await expect(openPicture(db, null, wanted)).rejects.toMatchObject({ code: 'picture.not_found' });
	const { bytes } = await openPicture(db, world.writer, wanted);
	expect((await sharp(bytes).metadata()).exif).toBeUndefined();
	await drawPicture(db, data, picture.id);
	await drawPicture(db, data, picture.id);
	const { rows } = await sql<{ drawn: string }>`
		select format || ' ' || width || '×' || height as drawn from picture_renditions where picture_id = ${picture.id}::uuid order by 1`.execute(
		db
	);
	expect(rows.map((row) => row.drawn)).toEqual([
		'avif 480×320',
		'avif 960×640',
		'jpeg 480×320',
		'jpeg 960×640',
		'webp 480×320',
		'webp 960×640'
	]);
	const id = await drafted(db, world, text({ coverId: picture.id }));
	await publishThrough(db, world.editor, { id, at: null });
	expect(await openPicture(db, null, { ...wanted, width: 960, format: 'avif' })).toMatchObject({ isPublic: true });
});

test('a phone’s 50 megapixels are taken', async ({ db }) => {
	const world = await newsroom(db);
	const bytes = await sharp({ create: { width: 8192, height: 6144, channels: 3, background: '#789' } })
		.jpeg()
		.toBuffer();
	const picture = await addPicture(db, world.editor, {
		siteId: world.site,
		upload: { name: 'to.jpg', bytes },
		form,
		data
	});
	expect(picture).toMatchObject({ width: 2400, height: 1800 });
});

describe('the checker of links', () => {
	test('goes nowhere inside', async () => {
		for (const host of [
			'localhost',
			'127.0.0.1',
			'10.1.2.3',
			'192.168.1.1',
			'169.254.169.254',
			'::1',
			'fd00::1',
			'::ffff:10.0.0.1',
			'may-chu.local',
			'0.0.0.0'
		])
			expect(isInside(host), host).toBe(true);
		for (const host of ['203.113.131.1', 'danvan.vn', '2001:ee0::1']) expect(isInside(host), host).toBe(false);
		for (const url of [
			'http://127.0.0.1:1/',
			'http://[::1]/',
			'http://localhost/',
			'http://2130706433/',
			'http://0x7f.1/',
			'ftp://a.example/'
		])
			expect(await lookAt(url), url).toEqual({ state: 'refused', status: null });
	});
});
