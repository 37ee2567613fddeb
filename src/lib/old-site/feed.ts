import { normalise } from '#lib/vietnamese/text.ts';
import { pathOf } from './address.ts';
import { SHORTCODE } from './content.ts';
import { readInstant } from './instants.ts';
import type { Found, OldPage, Standing } from './page.ts';
import { childrenNamed, childText, readHtml, wordsOf, type Element } from './tree.ts';
import type { Part } from './xml.ts';

/** WordPress's export (WXR), RSS and Atom: what an entry says, in the words of all old pages. Pure. */

/** What an entry of a file is; null where it says something of the whole file. */
export function readEntry({ kind, element, line }: Part, file: string): Found | null {
	if (kind === 'atom') return element.name === 'entry' ? { page: atomPage(element, { file, line }) } : null;
	if (element.name === 'wp:author') {
		const login = childText(element, 'wp:author_login');
		return { author: { login, name: childText(element, 'wp:author_display_name') } };
	}
	if (element.name !== 'item') return null;
	const type = childText(element, 'wp:post_type');
	if (type === 'attachment') return { attachment: attachmentOf(element) };
	if (type !== '' && type !== 'post' && type !== 'page') return { other: type };
	const status = childText(element, 'wp:status');
	if (['trash', 'auto-draft', 'inherit'].includes(status)) return { other: status };
	return { page: rssPage(element, { file, line }) };
}

type At = { file: string; line: number };

function rssPage(item: Element, at: At): OldPage {
	const encoded = childText(item, 'content:encoded');
	const described = childText(item, 'description');
	const isWordPress = childText(item, 'wp:post_id') !== '';
	const html = encoded || (isWordPress ? '' : described);
	const lead = isWordPress ? childText(item, 'excerpt:encoded') : encoded ? described : '';
	const [publishedAt, unreadDay] = firstInstant(daysOf(item));
	const link = childText(item, 'link');
	const postId = childText(item, 'wp:post_id');
	return {
		...at,
		paths: pathsOf([link, childText(item, 'guid'), ...(postId ? [`/?p=${postId}`] : [])]),
		base: link,
		title: plain(childText(item, 'title')),
		content: readHtml(withoutShortcodes(html)),
		isTitleInText: false,
		isLoose: isWordPress && !html.includes('<!-- wp:'),
		lead: wholeLead(lead),
		publishedAt,
		unreadDay,
		standing: standingOf(item),
		...filedUnder(item),
		author: plain(childText(item, 'dc:creator') || childText(item, 'author')),
		cover: thumbnailOf(item),
		isEncodingGuessed: false
	};
}

/** By how sure they are: WordPress's hour of the world, then its local one, then what feeds have. A draft has zeros. */
function daysOf(item: Element): string[] {
	const gmt = childText(item, 'wp:post_date_gmt');
	return [
		gmt && `${gmt}Z`,
		childText(item, 'wp:post_date'),
		childText(item, 'pubDate'),
		childText(item, 'dc:date')
	].filter((text) => text !== '' && !text.startsWith('0000'));
}

function firstInstant(texts: readonly string[]): [Date | null, string] {
	for (const text of texts) {
		const at = readInstant(text);
		if (at) return [at, ''];
	}
	return [null, texts[0] ?? ''];
}

function standingOf(item: Element): Standing {
	const status = childText(item, 'wp:status');
	if (childText(item, 'wp:post_password') !== '') return 'password';
	if (status !== '' && status !== 'publish') return 'unpublished';
	return childText(item, 'wp:post_type') === 'page' ? 'page' : 'public';
}

const UNFILED = /^(?:uncategorized|chưa được phân loại|chưa phân loại|khác)$/i;

function filedUnder(item: Element): { categories: string[]; tags: string[] } {
	const all = childrenNamed(item, 'category').map((each) => ({
		name: plain(wordsOf(each) || each.attributes['term'] || ''),
		isTag: each.attributes['domain'] === 'post_tag'
	}));
	const named = all.filter(({ name }) => name !== '' && !UNFILED.test(name));
	const of = (isTag: boolean) => [...new Set(named.filter((each) => each.isTag === isTag).map(({ name }) => name))];
	return { categories: of(false), tags: of(true) };
}

function thumbnailOf(item: Element): string {
	const meta = childrenNamed(item, 'wp:postmeta').find((each) => childText(each, 'wp:meta_key') === '_thumbnail_id');
	const id = meta ? childText(meta, 'wp:meta_value') : '';
	return id ? `id:${id}` : '';
}

function attachmentOf(item: Element) {
	const meta = childrenNamed(item, 'wp:postmeta').find(
		(each) => childText(each, 'wp:meta_key') === '_wp_attachment_image_alt'
	);
	return {
		id: `id:${childText(item, 'wp:post_id')}`,
		address: childText(item, 'wp:attachment_url') || childText(item, 'guid'),
		alt: meta ? plain(childText(meta, 'wp:meta_value')) : '',
		caption: plain(childText(item, 'excerpt:encoded'))
	};
}

function atomPage(entry: Element, at: At): OldPage {
	const links = childrenNamed(entry, 'link');
	const link = links.find(({ attributes }) => (attributes['rel'] ?? 'alternate') === 'alternate');
	const address = link?.attributes['href'] ?? '';
	const [content, summary] = [childrenNamed(entry, 'content')[0], childrenNamed(entry, 'summary')[0]];
	const main = content ?? summary;
	const [publishedAt, unreadDay] = firstInstant(
		[childText(entry, 'published'), childText(entry, 'issued'), childText(entry, 'updated')].filter(Boolean)
	);
	const [author] = childrenNamed(entry, 'author');
	return {
		...at,
		paths: pathsOf([address, childText(entry, 'id')]),
		base: address,
		title: plain(childText(entry, 'title')),
		content: main ? atomContent(main) : readHtml(''),
		isTitleInText: false,
		isLoose: false,
		lead: content && summary ? wholeLead(wordsOf(summary)) : '',
		publishedAt,
		unreadDay,
		standing: 'public',
		categories: childrenNamed(entry, 'category').map(({ attributes }) =>
			plain(attributes['label'] ?? attributes['term'] ?? '')
		),
		tags: [],
		author: author ? plain(childText(author, 'name')) : '',
		cover: '',
		isEncodingGuessed: false
	};
}

function atomContent(content: Element): Element {
	if (content.attributes['type'] === 'xhtml') return content;
	return readHtml(wordsOf(content));
}

function pathsOf(addresses: readonly string[]): string[] {
	const paths = addresses.flatMap((address) => (/^(?:https?:\/\/|\/)/i.test(address) ? (pathOf(address) ?? []) : []));
	return [...new Set(paths)].filter((path) => path !== '/');
}

/** What a feed calls a title or a name may be escaped markup. */
function plain(text: string): string {
	return normalise(wordsOf(readHtml(text)));
}

/** A lead that was cut off by a program says nothing whole. */
function wholeLead(html: string): string {
	const text = plain(html);
	return /(?:…|\.\.\.|\])$/.test(text) || text.length > 1500 ? '' : text;
}

/** WordPress's own brackets: captions and galleries say what markup says; of the others only the words inside are kept. */
function withoutShortcodes(html: string): string {
	return html
		.replace(
			/\[caption\b[^\]]*\]\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*<\/a>)?)([\s\S]{0,5000}?)\[\/caption\]/gi,
			'<figure>$1<figcaption>$2</figcaption></figure>'
		)
		.replace(/\[gallery\b[^\]]*\bids="([\d, ]+)"[^\]]*\]/gi, (_, ids: string) =>
			ids
				.split(',')
				.map((id) => `<img data-id="${id.trim()}">`)
				.join('')
		)
		.replace(/\[(?:embed|video|audio)\b[^\]]*\]([^[]{0,500})\[\/(?:embed|video|audio)\]/gi, '<embed src="$1">')
		.replace(
			/\[\/?[a-z][\w-]{2,40}(?:\s+[\w-]+=(?:"[^"]*"|'[^']*'|[^\s\]]+))+\s*\/?\]|\[\/[a-z][\w-]{2,40}\]/gi,
			`<${SHORTCODE}>$&</${SHORTCODE}>`
		);
}
