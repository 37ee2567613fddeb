import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accept, cleanName, MAX_FILE_BYTES, read, store } from './files.ts';

const pdf = strToU8('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

function office(mainType: string): Uint8Array {
	const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/main.xml" ContentType="${mainType}"/></Types>`;
	return zipSync({ '[Content_Types].xml': strToU8(types), 'main.xml': strToU8('<x/>') });
}
const word = (macros: boolean) =>
	office(
		macros
			? 'application/vnd.ms-word.document.macroEnabled.main+xml'
			: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
	);

/** An ISO media file whose brand says HEIC, as phones make them. */
const heic = new Uint8Array([0, 0, 0, 24, ...strToU8('ftypheic'), 0, 0, 0, 0, ...strToU8('mif1heic')]);

describe('refusals', () => {
	it.each([
		['nothing', 'a.pdf', new Uint8Array(), 'file.empty'],
		['too much', 'a.pdf', new Uint8Array(MAX_FILE_BYTES + 1), 'file.too_large'],
		[
			'a program called .pdf',
			'bao-cao.pdf',
			Uint8Array.from({ length: 602 }, (_, i) => [0x4d, 0x5a][i] ?? 0),
			'file.type_refused'
		],
		[
			'a web page called .docx',
			'bao-cao.docx',
			strToU8('<!doctype html><script>alert(1)</script>'),
			'file.type_refused'
		],
		[
			'a drawing with script',
			'anh.png',
			strToU8('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
			'file.type_refused'
		],
		['macros', 'bao-cao.docx', word(true), 'file.type_refused'],
		['a bare archive', 'bao-cao.docx', zipSync({ 'a.txt': strToU8('a') }), 'file.type_refused'],
		['a picture of a phone', 'IMG_0001.HEIC', heic, 'file.heic_refused'],
		[
			'half a picture',
			'anh.jpg',
			new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, ...strToU8('JFIF')]),
			'file.image_unreadable'
		]
	])('%s', async (_, name, bytes, code) => {
		await expect(accept({ name, bytes })).rejects.toMatchObject({ code });
	});
});

describe('names', () => {
	it.each([
		['../../etc/passwd', 'passwd'],
		['C:\\Users\\Van thu\\Kế hoạch.pdf', 'Kế hoạch.pdf'],
		['..', ''],
		['a\u0000b\r\n.pdf', 'ab.pdf'],
		['anh\u202egnp.exe', 'anhgnp.exe'],
		['Ảnh "1" <b>.png', 'Ảnh 1 b .png']
	])('%j → %j', (name, clean) => expect(cleanName(name)).toBe(clean));

	it('ends as its content says', async () => {
		expect((await accept({ name: '../Kế hoạch.exe', bytes: pdf })).name).toBe('Kế hoạch.pdf');
		expect((await accept({ name: 'x'.repeat(300), bytes: pdf })).name).toBe(`${'x'.repeat(120)}.pdf`);
		expect((await accept({ name: '....', bytes: pdf })).name).toBe('tep.pdf');
		expect((await accept({ name: 'Tờ trình.docx', bytes: word(false) })).name).toBe('Tờ trình.docx');
	});
});

it('draws pictures anew: where and when they were taken is gone, how they stand is kept', async () => {
	const taken = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#9d1b1f' } })
		.withExif({ IFD0: { Artist: 'Máy ảnh' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '21/1 43/1 0/1' } })
		.withMetadata({ orientation: 6 })
		.jpeg()
		.toBuffer();
	expect((await sharp(taken).metadata()).exif).toBeDefined();
	const { bytes, mediaType } = await accept({ name: 'anh.jpeg', bytes: taken });
	const after = await sharp(bytes).metadata();
	expect(mediaType).toBe('image/jpeg');
	expect(after.exif).toBeUndefined();
	expect([after.width, after.height]).toEqual([20, 40]);
});

it('keeps the same bytes once, whole, and leaves nothing beside them', async () => {
	const data = await mkdtemp(join(tmpdir(), 'kheo-files-'));
	onTestFinished(() => rm(data, { recursive: true }));
	const [one, two] = await Promise.all([store(data, pdf), store(data, pdf)]);
	expect(one).toEqual(two);
	expect(await readdir(join(data, 'files'))).toEqual([one.sha256]);
	expect(await read(data, one.sha256)).toEqual(pdf);
	await expect(read(data, '../secret')).rejects.toThrow('not a digest');
});
