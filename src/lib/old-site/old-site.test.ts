import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderBody } from '#lib/newsroom/render.ts';
import { Problem } from '#lib/server/problem.ts';
import { pathOf, wishedSlug } from './address.ts';
import { bodyOf } from './body-of.ts';
import { findHoles } from './holes.ts';
import { readSavedPage } from './html-page.ts';
import { eventDay, readInstant } from './instants.ts';
import { make, type Known, type Made } from './make.ts';
import type { Found } from './page.ts';
import { readSource } from './source.server.ts';
import { readHtml } from './tree.ts';

const NOW = new Date('2026-11-22T08:00:00Z');
const KNOWN: Known = {
	authors: new Map(),
	attachments: new Map(),
	hosts: new Set(['old.invalid', 'cu.example']),
	nowAt: (path) => (path === '/2020/06/bai-hai' ? '/khoi/bai-hai' : null)
};

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'kheo-old-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function saved(text: string, file = 'tin/bai.html'): Made {
	return make(readSavedPage({ file, text, isEncodingGuessed: false }), KNOWN, NOW);
}

function html(of: Made): string {
	const body = bodyOf(of.pieces, () => null);
	if (!body) throw new Error('unfit');
	const given = { pictures: new Map(), figures: new Map(), pictureAddress: () => '', fileAddress: () => '' };
	return renderBody(body, { ...given, words: { credit: String, size: String } });
}

async function all(name: string, content: string | Uint8Array, encoding: string | null = null): Promise<Found[]> {
	const path = join(folder, name);
	await writeFile(path, content);
	return Array.fromAsync(readSource(path, encoding));
}

const refusal = (work: Promise<unknown>) =>
	work.then(
		() => 'taken',
		(error: unknown) => (error instanceof Problem ? error.code : String(error))
	);

describe('days of publication', () => {
	test.each([
		['2024-06-15T08:30:00+07:00', '2024-06-15T01:30:00.000Z'],
		['2024-06-15 08:30:00', '2024-06-15T01:30:00.000Z'],
		['2024-06-15 01:30:00Z', '2024-06-15T01:30:00.000Z'],
		['15/06/2024', '2024-06-14T17:00:00.000Z'],
		['24.02.2020', '2020-02-23T17:00:00.000Z'],
		['Thứ Sáu, ngày 18/3/2022 - 15:00', '2022-03-18T08:00:00.000Z'],
		['15:00, 18/3/2022', '2022-03-18T08:00:00.000Z'],
		['ngày 15 tháng 6 năm 2024', '2024-06-14T17:00:00.000Z'],
		['26 Tháng Sáu, 2020', '2020-06-25T17:00:00.000Z'],
		['Fri, 26 Jun 2020 09:15:00 +0000', '2020-06-26T09:15:00.000Z'],
		['31/02/2024', null],
		['06/15/2024', null],
		['Sáng ngày 15/6/2024, Thường trực Tỉnh uỷ tổ chức hội nghị', null],
		['0000-00-00 00:00:00', null]
	])('%s', (text, at) => expect(readInstant(text)?.toISOString() ?? null).toBe(at));
	test('an event has its day only where the first words name it whole', () => {
		expect(eventDay('Sáng ngày 24/02/2020, Thường trực Tỉnh uỷ tổ chức')).toBe('2020-02-24');
		expect(eventDay('Ngày 26/6, tại thành phố, Ban Dân vận')).toBeNull();
	});
});

describe('holes', () => {
	test.each([
		[
			'Ngày 26/6, tại thành phố , Ban Dân vận phối hợp tổ chức.',
			'space_before_comma',
			'Ngày 26/6, tại thành phố ␣, Ban Dân vận phối hợp'
		],
		['Đồng bào các xã, , và nhân dân hưởng ứng.', 'two_commas', 'Đồng bào các xã ␣, , và nhân dân hưởng ứng.'],
		['Hội nghị của và các ban.', 'nothing_between', 'Hội nghị của ␣ và các ban.'],
		['Phong trào “, đã lan” toả.', 'quote_comma', 'Phong trào ␣“, đã lan” toả.'],
		['Chủ tịch () phát biểu.', 'empty_brackets', 'Chủ tịch ␣() phát biểu.'],
		['Hội nghị có sự tham gia của. Kết thúc tốt đẹp.', 'sentence_open', 'nghị có sự tham gia của ␣. Kết thúc tốt đẹp.'],
		['Báo cáo ngày tháng năm của đơn vị.', 'blank_day', 'Báo cáo ␣ngày tháng năm của đơn vị.'],
		['C\ufffdng tác dân vận.', 'broken_letters', 'C ␣\ufffd ng tác dân vận.'],
		['Phong trào “Dân vận khéo, giúp cơ sở.', 'quote_unclosed', 'Phong trào “Dân vận khéo, giúp cơ']
	])('%s', (text, kind, around) => expect(findHoles([text])).toEqual([{ kind, paragraph: 1, around }]));
	test('are not where Vietnamese is written so', () => {
		const sound = [
			'Những tồn tại, hạn chế đã được chỉ ra; tồn tại và phát triển; nhân dân góp của, góp công.',
			'Hội nghị bàn về “Dân vận khéo”, “3 cùng” (gồm 5 nội dung), v.v…',
			'Nông thôn… đã đổi mới; trong và ngoài tỉnh; hiện tại, các đơn vị trực thuộc, cơ sở.',
			'Ba nội dung: một là, hai là, ba là…',
			'“Một lời nói qua',
			'“hai đoạn”, và "một câu”.'
		];
		expect(findHoles(sound)).toEqual([]);
	});
	test('a writer who sets every comma apart has a habit', () => {
		expect(findHoles(['một , hai , ba , bốn , năm , sáu , bảy , tám'])).toEqual([]);
	});
});

describe('addresses', () => {
	test('are kept below the root, readable, with their query', () => {
		expect(pathOf('https://cu.example/2020/06/b%C3%A0i-hai/?p=1#a')).toBe('/2020/06/bài-hai?p=1');
		expect(pathOf('javascript:alert(1)')).toBeNull();
		expect(wishedSlug('/2020/06/hoi-nghi-so-ket-a12345.html')).toBe('hoi-nghi-so-ket');
		expect(wishedSlug('/tin/000_55768c9ed23391a2.txt')).toBeNull();
	});
});

describe('a saved page', () => {
	const page = `<!doctype html><html><head><title>Hội nghị dân vận | Trang cũ</title>
		<meta property="article:published_time" content="2020-06-26T09:00:00+07:00"></head><body><nav>Trang chủ</nav>
		<div class="entry-content"><h1>Hội nghị dân vận tổng kết</h1><p>Hội nghị dân vận tổng kết</p>
		<p>Sáng ngày 24/02/2020, tại <a href="/tag/x"></a>, hội nghị <b>đã</b> họp; xem <a href="/2020/06/bai-hai/">bài hai</a>,
		<a href="javascript:alert(1)">bấm</a> và <a href="tep.pdf">tệp</a>.</p>
		<ul><li>một<ul><li>hai<ol><li>ba<ul><li>bốn</li></ul></li></ol></li></ul></li></ul>
		<table><tr><td><img src="a.jpg"></td></tr><tr><td>Toàn cảnh hội nghị</td></tr></table>
		<table><tr><th>Năm</th><th>Số</th></tr><tr><td>2019</td><td>7.736</td></tr></table>
		<p>Minh Phong</p><p>Nguồn: <a href="https://bao.example/1">Báo</a></p>
		<div class="sharedaddy">Share this</div><h3>Related posts</h3><ul><li>Tin khác</li></ul>
		<form><p>Please enter your comment!</p></form><p>Số lần đọc: 829</p></div></body></html>`;
	test('is read with its day, author, source and marks, and without what stands around it', () => {
		const made = saved(page);
		expect(made).toMatchObject({
			headline: 'Hội nghị dân vận tổng kết',
			byline: { kind: 'person', name: 'Minh Phong' },
			source: { name: 'Báo', url: 'https://bao.example/1' },
			saidDay: '2020-02-24',
			reasons: ['holes'],
			holes: [{ kind: 'empty_link', around: 'Sáng ngày 24/02/2020, tại ␣, hội nghị đã họp;' }],
			behind: ['/tin/tep.pdf']
		});
		expect(made.publishedAt?.toISOString()).toBe('2020-06-26T02:00:00.000Z');
		expect(made.left.map(({ what }) => what).toSorted()).toEqual([
			'form',
			'furniture',
			'link_words_kept',
			'link_words_kept',
			'related',
			'title_again',
			'title_again'
		]);
		expect(made.pieces.find((piece) => 'picture' in piece)).toEqual({
			picture: {
				address: 'http://old.invalid/tin/a.jpg',
				alt: 'Toàn cảnh hội nghị',
				caption: 'Toàn cảnh hội nghị',
				credit: ''
			}
		});
		expect(html(made)).toMatchInlineSnapshot(`
			"<p>Sáng ngày 24/02/2020, tại , hội nghị <strong>đã</strong> họp; xem <a href="/khoi/bai-hai">bài hai</a>, bấm và tệp.</p>
			<ul><li>một<ul><li>hai<ol><li>ba</li><li>bốn</li></ol></li></ul></li></ul>
			<div class="table" tabindex="0" role="group"><table><tbody><tr><th>Năm</th><th>Số</th></tr><tr><td>2019</td><td>7.736</td></tr></tbody></table></div>"
		`);
	});
	test('that is hostile leaves words only', () => {
		const hostile = `<p onclick="x()">Một<script>alert(1)</script><style>p{}</style> <svg onload=alert(2)><text>s</text></svg>
			<img src=x onerror=alert(3)><a href="jav&#x09;ascript:alert(4)">hai</a><iframe src="//cu.example/x"></iframe>&lt;b&gt;ba\u202e\u0000</p>`;
		expect(html(saved(hostile))).toBe('<p>Một</p>\n<p>hai&lt;b&gt;ba</p>');
		expect(() => readHtml('<b>'.repeat(100_000))).toThrow('old_site.too_deep');
		expect(html(saved(`${'<div>'.repeat(1500)}sâu`))).toBe('<p>sâu</p>');
	});
	test('says what it lacks', () => {
		expect(saved('<p>Không có gì cả</p>').reasons).toEqual(['title_missing', 'day_missing']);
		expect(saved('<h1>Tiêu đề dài vừa</h1><p>Chữ</p><img src="DSC_0012.jpg" alt="DSC_0012">').reasons).toEqual([
			'day_missing',
			'alt_missing'
		]);
	});
	test('in Windows-1258 is read, whether it says so or not', async () => {
		// "Hội nghị dân vận" with ô + dot below, ị as i + dot below, ậ as â + dot below.
		const bytes = Buffer.concat([
			Buffer.from('<h1>H'),
			Buffer.from([0xf4, 0xf2]),
			Buffer.from('i ngh'),
			Buffer.from([0x69, 0xf2]),
			Buffer.from(' d'),
			Buffer.from([0xe2]),
			Buffer.from('n v'),
			Buffer.from([0xe2, 0xf2]),
			Buffer.from('n</h1><p>x</p>')
		]);
		const [found] = await all('1258.html', bytes);
		const page1258 = found && 'page' in found ? found.page : null;
		expect(page1258).toMatchObject({ title: 'Hội nghị dân vận', isEncodingGuessed: true });
		const [named] = await all('1258-named.html', Buffer.concat([Buffer.from('<meta charset="windows-1258">'), bytes]));
		expect(named).toMatchObject({ page: { title: 'Hội nghị dân vận', isEncodingGuessed: false } });
	});
});

const item = (inner: string) => `<item>${inner}</item>`;
const wxr = (inner: string) =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Cũ</title>${inner}</channel></rss>`;

describe('exports and feeds', () => {
	test('Atom and RSS', async () => {
		const atom = `\ufeff<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title type="html">Tin &amp;amp; bài</title>
			<link rel="alternate" href="https://cu.example/a"/><id>tag:1</id><published>2020-06-26T02:00:00Z</published><author><name>Thu Hà</name></author>
			<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Một <b>hai</b></p></div></content></entry></feed>`;
		const [entry] = await all('a.atom', atom);
		expect(entry).toMatchObject({ page: { title: 'Tin & bài', paths: ['/a'], author: 'Thu Hà' } });
		if (!entry || !('page' in entry)) throw new Error('no page');
		expect(html(make(entry.page, KNOWN, NOW))).toBe('<p>Một <strong>hai</strong></p>');
		const rss = wxr(
			item(
				'<title>Tin</title><link>https://cu.example/b</link><description>&lt;p&gt;Chữ&lt;/p&gt;</description><pubDate>sáng nay</pubDate>'
			)
		);
		expect(await all('b.rss', rss)).toMatchObject([
			{ page: { title: 'Tin', line: 2, publishedAt: null, unreadDay: 'sáng nay' } }
		]);
	});
	test('what is no such file is refused by name', async () => {
		expect(await refusal(all('1.xml', ''))).toBe('old_site.empty');
		expect(await refusal(all('2.xml', 'ID;Title\n1;x'))).toBe('old_site.not_xml');
		expect(await refusal(all('3.xml', '<html><body>x</body></html>'))).toBe('old_site.not_a_feed');
		expect(await refusal(all('4.xml', wxr(item('<title>a</title>')).slice(0, -30)))).toBe('old_site.cut_off');
		expect(await refusal(all('5.xml', Buffer.from([...Buffer.from(wxr('')), 0xff])))).toBe('old_site.encoding_wrong');
		expect(await refusal(all('6.xml', wxr(''), 'klingon'))).toBe('old_site.encoding_unknown');
		expect(await refusal(Array.fromAsync(readSource(join(folder, 'none'), null)))).toBe('old_site.unreadable');
		const bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel>&b;</channel></rss>';
		expect(await refusal(all('7.xml', bomb))).toBe('old_site.doctype');
	});
	test('WordPress: captions, galleries, paragraphs without tags, brackets of plugins', async () => {
		const content = `Một dòng\ndòng hai\n\nĐoạn hai [sic] [contact-form-7 id="5"]\n\n[caption id="a"]<img src="https://cu.example/u/a-300x200.jpg" /> Lời ảnh[/caption]\n\n[gallery ids="7,8"]`;
		const [found] = await all(
			'w.xml',
			wxr(
				item(
					`<title>T</title><wp:post_id>3</wp:post_id><wp:post_type>post</wp:post_type><content:encoded><![CDATA[${content}]]></content:encoded>`
				)
			)
		);
		if (!found || !('page' in found)) throw new Error('no page');
		const attachments = new Map([
			['id:7', { id: 'id:7', address: 'https://cu.example/u/7.jpg', alt: 'Ảnh bảy', caption: '' }]
		]);
		const made = make(found.page, { ...KNOWN, attachments }, NOW);
		expect(html(made)).toBe('<p>Một dòng<br>dòng hai</p>\n<p>Đoạn hai [sic]</p>');
		expect(made.left).toEqual([{ what: 'shortcode', words: '[contact-form-7 id="5"]' }]);
		expect(made.pieces.flatMap((piece) => ('picture' in piece ? [piece.picture] : []))).toMatchObject([
			{ address: 'https://cu.example/u/a-300x200.jpg', caption: 'Lời ảnh', alt: 'Lời ảnh' },
			{ address: 'https://cu.example/u/7.jpg', alt: 'Ảnh bảy' },
			{ address: '', alt: '' }
		]);
	});
});

const SEEDS = new URL('../../../../shared/seeds/', import.meta.url).pathname;

describe('pages that offices published', () => {
	const names = existsSync(SEEDS) ? readdirSync(SEEDS).toSorted() : [];
	test('holes are found where words are missing, and nowhere else', ({ skip }) => {
		if (names.length === 0) skip('the published pages are not beside the project (../shared/seeds)');
		const made = names.map((name) => saved(readFileSync(join(SEEDS, name), 'utf8'), name));
		expect(made.map(({ holes }) => holes.length)).toEqual([1, 4, 1, 3, 0]);
		expect(made.map(({ byline }) => byline.name)).toEqual([
			'Viết Thọ',
			'Minh Phong',
			'Quốc Tuấn',
			'ĐUK',
			'Phan Thanh Đoài'
		]);
	});
});
