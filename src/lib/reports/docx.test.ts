import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { sampleBody, sampleFigures, sampleReport, sampleStateReport } from './docx.sample.ts';
import { writeDocx } from './docx.ts';
import { compare, readControls } from './verify.server.ts';

const party = await writeDocx(sampleReport);
const state = await writeDocx(sampleStateReport);

function part(bytes: Uint8Array, name: string): string {
	return strFromU8(unzipSync(bytes)[name] ?? new Uint8Array());
}

/** The text of the paragraphs of a part, in order. */
function paragraphs(xml: string): string[] {
	return xml
		.split('</w:p>')
		.map((each) => [...each.matchAll(/<w:t(?: [^>]*)?>([^<]*)</g)].map((found) => found[1]).join(''))
		.filter((each) => each !== '');
}

describe('a .docx', () => {
	test('is well-formed XML in every part', () => {
		for (const [name, content] of [...Object.entries(unzipSync(party)), ...Object.entries(unzipSync(state))]) {
			if (/\.(xml|rels)$/.test(name)) expect(XMLValidator.validate(strFromU8(content)), name).toBe(true);
		}
	});

	test('has the margins of both rules on A4, set in Times New Roman', () => {
		expect(part(party, 'word/document.xml')).toMatch(
			/<w:pgMar w:top="1133" w:right="850" w:bottom="1133" w:left="1700"/
		);
		expect(part(party, 'word/document.xml')).toMatch(/<w:pgSz w:w="11905" w:h="16837"/);
		expect(part(party, 'word/styles.xml')).toMatch(/w:ascii="Times New Roman"/);
	});

	test('reads as the Party writes it', () => {
		const lines = paragraphs(part(party, 'word/document.xml'));
		expect(lines.slice(0, 10)).toEqual([
			'TỈNH UỶ YÊN BÁI',
			'ĐẢNG UỶ KHỐI CƠ QUAN VÀ DOANH NGHIỆP',
			'*',
			'Số 112-BC/ĐUK',
			'ĐẢNG CỘNG SẢN VIỆT NAM',
			'Yên Bái, ngày 18 tháng 6 năm 2024',
			'BÁO CÁO',
			'sơ kết công tác dân vận 6 tháng đầu năm,',
			'phương hướng, nhiệm vụ 6 tháng cuối năm 2024',
			'-----'
		]);
		expect(lines.slice(-8)).toEqual([
			'Nơi nhận:',
			'- Ban Dân vận Tỉnh uỷ,',
			'- Các chi, đảng bộ cơ sở,',
			'- Lưu Văn phòng.',
			'T/M BAN THƯỜNG VỤ',
			'K/T BÍ THƯ',
			'PHÓ BÍ THƯ',
			'Nguyễn Thị Mẫu'
		]);
	});

	test('reads as the State writes it', () => {
		expect(paragraphs(part(state, 'word/document.xml')).slice(0, 7)).toEqual([
			'UỶ BAN NHÂN DÂN TỈNH YÊN BÁI',
			'SỞ NỘI VỤ',
			'Số: 07/BC-SNV',
			'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
			'Độc lập - Tự do - Hạnh phúc',
			'Yên Bái, ngày 06 tháng 02 năm 2024',
			'BÁO CÁO'
		]);
	});

	test('numbers the pages above the text, but not the first', () => {
		expect(part(state, 'word/document.xml')).toContain('<w:titlePg/>');
		const headers = Object.keys(unzipSync(state)).filter((name) => /^word\/header\d\.xml$/.test(name));
		expect(headers.map((name) => part(state, name).includes('PAGE')).sort()).toEqual([false, true]);
	});

	test('cannot be written with a figure that was not frozen', async () => {
		await expect(writeDocx({ ...sampleReport, figures: [] })).rejects.toThrow('f1');
	});

	test.each(['paragraph', 'bulletList', 'table', 'figureTable', 'narrative'] as const)(
		'lets no signature stand alone on a page: the end of the body goes with it, be it a %s',
		async (type) => {
			const last = sampleBody.content.findLast((each) => each.type === type);
			if (!last) throw new Error(`The sample has no ${type}`);
			const blank = { type: 'paragraph' as const, attrs: { id: 'blank' } };
			for (const report of [sampleReport, sampleStateReport]) {
				const body = { ...sampleBody, content: [...sampleBody.content.filter((each) => each !== last), last, blank] };
				const xml = part(await writeDocx({ ...report, body }), 'word/document.xml');
				const signature = xml.lastIndexOf('<w:tbl>');
				expect(xml.slice(signature)).toContain('<w:cantSplit/>');
				const above = xml.slice(0, signature);
				// The last row or the last paragraph that is written, and the space below it.
				const end = above.slice(
					above.lastIndexOf(type.endsWith('able') ? '<w:tr>' : '<w:p>', above.lastIndexOf('<w:p>') - 1)
				);
				const marks = end.match(/<w:p>.*?<\/w:p>/gs) ?? [];
				expect(marks.length).toBeGreaterThan(1);
				for (const each of marks) expect(each).toContain('<w:keepNext/>');
			}
		}
	);

	test('fills a table of figures that has no rows with one that says so', async () => {
		const figures = sampleFigures.map((each) => (each.rows ? { ...each, rows: [] } : each));
		const lines = paragraphs(part(await writeDocx({ ...sampleReport, figures }), 'word/document.xml'));
		expect(lines.slice(lines.indexOf('Lĩnh vực'), lines.indexOf('Lĩnh vực') + 3)).toEqual([
			'Lĩnh vực',
			'Số mô hình',
			'Không có số liệu'
		]);
	});

	test('escapes what looks like markup', async () => {
		const narratives = { obstacles: { title: '', paragraphs: ['<w:p> & "x" \u0007'], awaiting: 0 } };
		const xml = part(await writeDocx({ ...sampleReport, narratives }), 'word/document.xml');
		expect(XMLValidator.validate(xml)).toBe(true);
		expect(xml).not.toContain('\u0007');
	});
});

const hasSoffice = spawnSync('soffice', ['--version']).status === 0;
const reason = hasSoffice ? '' : ' (skipped: no soffice on this machine)';

describe.skipIf(!hasSoffice)(`through LibreOffice${reason}`, () => {
	const folder = mkdtempSync(join(tmpdir(), 'kheo-docx-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test('and back, every figure still matches', { timeout: 60_000 }, () => {
		const source = join(folder, 'report.docx');
		writeFileSync(source, party);
		const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
		const target = join(folder, 'back');
		execFileSync('soffice', ['--headless', profile, '--convert-to', 'docx', '--outdir', target, source], {
			stdio: 'pipe'
		});
		const reading = readControls(readFileSync(join(target, 'report.docx')));
		if ('refused' in reading) throw new Error(reading.refused);
		expect(compare(reading, sampleFigures).filter((each) => each.status !== 'match')).toEqual([]);
	});
});
