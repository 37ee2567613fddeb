import { describe, expect, it, test } from 'vitest';
import { allowed, leadsTo, may, needs, slugOf, STATES, stepsToPublish, VERBS } from './article.ts';
import { ArticleFields, instantOf, PublicationForm } from './article.schema.ts';
import { articleHtml } from './article-html.ts';
import { bodySchema, EMPTY_BODY, plainText, type Body } from './body.ts';
import { compare, differs } from './compare.ts';
import { fromMarkup, toMarkup } from './markup.ts';
import { cleanPasted } from './paste.ts';
import { escapeHtml, renderBody, type Given } from './render.ts';
import { readTarget, SiteSlug } from './site.schema.ts';

const given: Given = {
	pictures: new Map([['0199aaaa-0000-7000-8000-000000000001', { id: 'p', width: 1200, height: 800, isDrawn: true }]]),
	figures: new Map([['f1', { text: '182', label: 'Mô hình đăng ký, tính đến hết ngày 15/6/2024' }]]),
	pictureAddress: (id, width, format) => `/pictures/${id}/${width}.${format}`,
	fileAddress: (id, name) => `/files/${id}/${name}`,
	words: { credit: (name) => `Ảnh: ${name}`, size: (bytes) => `${bytes} B` }
};
const paragraph = (text: string, marks?: object[]) => ({
	type: 'paragraph',
	content: [{ type: 'text', text, ...(marks && { marks }) }]
});
const body = (...content: object[]): Body => bodySchema.parse({ type: 'doc', content });
const accepts = (...content: object[]) => bodySchema.safeParse({ type: 'doc', content }).success;

describe('a body from elsewhere is refused', () => {
	it.each([
		['a link that is a script', paragraph('x', [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }])],
		['one that hides it', paragraph('x', [{ type: 'link', attrs: { href: ' java\nscript:alert(1)' } }])],
		['one to another host without its scheme', paragraph('x', [{ type: 'link', attrs: { href: '//evil.example' } }])],
		['a link with more than an address', paragraph('x', [{ type: 'link', attrs: { href: '/a', onclick: 'x' } }])],
		['an unknown node', { type: 'iframe', attrs: { src: 'https://evil.example' } }],
		['an unknown mark', paragraph('x', [{ type: 'script' }])],
		['a heading of the page', { type: 'heading', attrs: { level: 1 }, content: [] }],
		['a picture by address', { type: 'picture', attrs: { src: 'x', alt: '', caption: '', credit: '' } }],
		['a table in a table', { type: 'table', content: [{ type: 'table', content: [] }] }]
	])('%s', (_name, node) => expect(accepts(node)).toBe(false));
});

describe('what is written is text and never markup', () => {
	test('in paragraphs, captions, file names and figures', () => {
		const hostile = '<script>alert("x")</script>';
		const attrs = { picture: '0199aaaa-0000-7000-8000-000000000001', alt: '"><b>', caption: hostile, credit: hostile };
		const html = renderBody(
			body(
				paragraph(hostile),
				{ type: 'picture', attrs },
				{ type: 'attachment', attrs: { file: attrs.picture, name: hostile, size: 3 } }
			),
			{ ...given, figures: new Map([['f1', { text: hostile, label: hostile }]]) }
		);
		expect(html).not.toMatch(/<script|"><b>/);
		expect(articleHtml(html)).toBe(html);
		expect(html).toContain(escapeHtml(hostile));
	});
	test('and nothing else than what is written here becomes part of a page', () => {
		for (const other of [
			'<script>1</script>',
			'<p onclick="x">',
			'<a href="javascript:x">',
			'<img src="https://a.example/x">',
			'<svg>'
		])
			expect(() => articleHtml(`<p>Tin</p>${other}`), other).toThrow('not the text of an article');
	});
	test('links outwards say nothing of the reader', () => {
		const html = renderBody(
			body(paragraph('x', [{ type: 'link', attrs: { href: 'https://a.example/?a=1&b="' } }].slice(0, 0))),
			given
		);
		expect(html).toBe('<p>x</p>');
		const linked = body(paragraph('x', [{ type: 'link', attrs: { href: 'https://a.example/?a=1&b=2' } }]));
		expect(renderBody(linked, given)).toBe(
			'<p><a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">x</a></p>'
		);
	});
});

test('a picture brings its size, so that nothing moves when it arrives', () => {
	const attrs = {
		picture: '0199aaaa-0000-7000-8000-000000000001',
		alt: 'Cầu mới',
		caption: 'Cầu Tô Mậu',
		credit: 'Thu Hà'
	};
	const html = renderBody(body({ type: 'picture', attrs }), given);
	expect(html).toContain('width="1200" height="800" alt="Cầu mới"');
	expect(html).toContain('/pictures/p/480.avif 480w, /pictures/p/960.avif 960w"');
	expect(html).toContain('<figcaption>Cầu Tô Mậu <span class="credit">Ảnh: Thu Hà</span></figcaption>');
});

test('lists in lists, tables, quotes and figures', () => {
	const item = (...content: object[]) => ({ type: 'listItem', content });
	const html = renderBody(
		body(
			{
				type: 'bulletList',
				content: [item(paragraph('a'), { type: 'orderedList', attrs: { start: 3 }, content: [item(paragraph('b'))] })]
			},
			{
				type: 'table',
				content: [
					{
						type: 'tableRow',
						content: [{ type: 'tableHeader', attrs: { colspan: 2, rowspan: 1 }, content: [paragraph('c')] }]
					}
				]
			},
			{ type: 'blockquote', content: [paragraph('d', [{ type: 'bold' }])] },
			{
				type: 'paragraph',
				content: [
					{
						type: 'figure',
						attrs: {
							slot: 'f1',
							query: { figure: 'model.registered', unit: null, from: null, asOf: '2024-06-15', where: {}, by: [] },
							format: 'plain'
						}
					}
				]
			}
		),
		given
	);
	expect(html).toContain('<ul><li>a<ol start="3"><li>b</li></ol></li></ul>');
	expect(html).toContain('<th colspan="2">c</th>');
	expect(html).toContain('<blockquote><p><strong>d</strong></p></blockquote>');
	expect(html).toContain('>182</data>');
});

describe('the life of an article', () => {
	test('state by verb, who and whereto', () => {
		const table = STATES.map((state) =>
			[
				state,
				...VERBS.filter((verb) => may(state, verb)).map(
					(verb) => `${verb} → ${leadsTo(state, verb)} (${needs(state, verb).slice(9)})`
				)
			].join(' | ')
		);
		expect(table).toMatchInlineSnapshot(`
			[
			  "draft | save → draft (write) | edit → edited (edit) | withdraw → withdrawn (write)",
			  "edited | save → edited (edit) | return → draft (edit) | approve → approved (approve) | withdraw → withdrawn (write)",
			  "approved | save → edited (edit) | return → draft (edit) | publish → published (publish) | withdraw → withdrawn (publish)",
			  "scheduled | return → draft (edit) | publish → published (publish) | withdraw → withdrawn (publish)",
			  "published | save → published (edit) | correct → corrected (publish) | withdraw → withdrawn (publish)",
			  "corrected | save → corrected (edit) | correct → corrected (publish) | withdraw → withdrawn (publish)",
			  "withdrawn | return → draft (edit)",
			]
		`);
	});
	test('a change after approval has to be approved again; nothing is saved into what is to appear', () => {
		expect(leadsTo('approved', 'save')).toBe('edited');
		expect(may('scheduled', 'save')).toBe(false);
		expect(stepsToPublish('draft')).toEqual(['edit', 'approve', 'publish']);
		expect(stepsToPublish('withdrawn')).toBeNull();
		expect(allowed('withdrawn')).toEqual(['return']);
	});
});

test('addresses are made from words', () => {
	expect(slugOf('Đảng uỷ Khối tổ chức Hội nghị sơ kết “6 tháng” năm 2024')).toBe(
		'dang-uy-khoi-to-chuc-hoi-nghi-so-ket-6-thang-nam-2024'
	);
	expect(slugOf('!!!')).toBe('');
	expect(slugOf('x'.repeat(300))).toHaveLength(90);
	expect(SiteSlug.safeParse('reports').success).toBe(false);
	expect(readTarget('javascript:x')).toBeNull();
	expect(readTarget('//evil.example')).toBeNull();
	expect(readTarget('page:news')).toEqual({ page: 'news' });
});

test('what a form says is bounded and read as officials write', () => {
	expect(ArticleFields.safeParse({ headline: 'x', extra: 1 }).success).toBe(false);
	expect(ArticleFields.parse({ tags: 'Dân vận khéo, , dân vận khéo' }).tags).toEqual(['Dân vận khéo', 'dân vận khéo']);
	const at = instantOf(PublicationForm.parse({ day: '15/6/2024', time: '7:05' }));
	expect(at?.toISOString()).toBe('2024-06-15T00:05:00.000Z');
	expect(instantOf(PublicationForm.parse({}))).toBeNull();
	expect(PublicationForm.safeParse({ day: '31/2/2024', time: '25:00' }).success).toBe(false);
});

describe('two texts beside each other', () => {
	test('word by word', () => {
		const [line] = compare('Đã có 182 mô hình đăng ký', 'Đã có 187 mô hình mới đăng ký');
		expect(line).toEqual([
			{ kind: 'same', text: 'Đã có ' },
			{ kind: 'removed', text: '182 ' },
			{ kind: 'added', text: '187 ' },
			{ kind: 'same', text: 'mô hình ' },
			{ kind: 'added', text: 'mới ' },
			{ kind: 'same', text: 'đăng ký' }
		]);
		expect(differs(compare('a\nb', 'a\nb'))).toBe(false);
	});
	test('put together they are the one or the other', () => {
		const [old, young] = ['a b c\nd e\nf\nx y z', 'a c\nd q e\ng h\nx z z\nk'];
		const lines = compare(old, young);
		const text = (kind: 'added' | 'removed') =>
			lines
				.filter((line) => line.some((piece) => piece.kind === kind || piece.kind === 'same'))
				.map((line) =>
					line
						.filter((piece) => piece.kind === kind || piece.kind === 'same')
						.map((piece) => piece.text.trim())
						.join(' ')
						.replace(/\s+/g, ' ')
						.trim()
				);
		expect(text('removed').join('|')).toBe(old.replaceAll('\n', '|'));
		expect(text('added').join('|')).toBe(young.replaceAll('\n', '|'));
	});
});

test('plain text has what is read, a paragraph a line', () => {
	expect(plainText(body(paragraph('Một'), { type: 'paragraph' }, paragraph('Hai')))).toBe('Một\nHai');
});

describe('a text as plain markup, for a page without script', () => {
	const list = { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('một')] }] };
	const bold = paragraph('đậm', [{ type: 'bold' }]);
	const table = {
		type: 'table',
		content: [{ type: 'tableRow', content: [{ type: 'tableCell', content: [paragraph('ô')] }] }]
	};
	const whole = body(
		paragraph('Đoạn đầu.'),
		{ type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'Mục' }] },
		list,
		table,
		bold,
		paragraph('xem', [{ type: 'link', attrs: { href: 'https://a.example/' } }])
	);
	test('comes back as it was', () => {
		const markup = toMarkup(whole);
		expect(markup).toBe('Đoạn đầu.\n\n## Mục\n\n- một\n\n[[4]]\n\n**đậm**\n\n[xem](https://a.example/)');
		expect(bodySchema.parse(fromMarkup(markup, whole))).toEqual(whole);
	});
	test('and markup of pages stays text, scripts no links', () => {
		const read = fromMarkup('<script>alert(1)</script>\n\n[x](javascript:alert)', EMPTY_BODY);
		expect(plainText(bodySchema.parse(read))).toBe('<script>alert(1)</script>\n[x](javascript:alert)');
	});
});

test('what Word pastes is cleaned of its own', () => {
	const word = `<html xmlns:o="urn:x"><head><style>p.MsoNormal{mso-x:1}</style></head><body><!--StartFragment--><h1>Tên</h1>
		<p class=MsoNormal><span style="mso-fareast:VI">Đoạn<o:p></o:p></span></p>
		<p class=MsoListParagraph><!--[if !supportLists]--><span>·<span>&nbsp; </span></span><!--[endif]-->một</p>
		<p class=MsoListParagraph><!--[if !supportLists]--><span>·</span><!--[endif]-->hai</p><img src="file:///c:/x.png"><script>alert(1)</script></body></html>`;
	const cleaned = cleanPasted(word);
	expect(cleaned).not.toMatch(/mso-x|<o:|<!--|script|img|h1/);
	expect(cleaned).toContain('<h2>Tên</h2>');
	expect(cleaned.replace(/\s+/g, ' ')).toContain('<ul><li><p>một</p></li> <li><p>hai</p></li></ul>');
});
