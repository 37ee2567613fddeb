import { legacyEncoding, tallyWords } from '#lib/import/legacy-text.ts';
import type { Byline, Source } from '#lib/newsroom/article.ts';
import { isLinkable } from '#lib/newsroom/body.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { NO_HOST, hostOf, pathOf } from './address.ts';
import { readContent } from './content.ts';
import { takeSignature, tidy } from './furniture.ts';
import { EMPTY_LINK, findCaptions, findHoles, isLost, type Hole } from './holes.ts';
import { eventDay } from './instants.ts';
import type { Attachment, OldPage } from './page.ts';
import { paragraphsOf, shortened, textOf, type Left, type OldPicture, type Piece } from './piece.ts';

/** An article made of an old page: its text, and everything that somebody should know before it is read again. Pure. */

/** What is known of the whole old site when one page of it is read. */
export type Known = {
	authors: ReadonlyMap<string, string>;
	attachments: ReadonlyMap<string, Attachment>;
	hosts: ReadonlySet<string>;
	/** Where an old address leads now. */
	nowAt: (path: string) => string | null;
};

export const REASONS = [
	'asked',
	'unpublished',
	'password',
	'page',
	'title_missing',
	'title_long',
	'day_missing',
	'day_ahead',
	'blank',
	'holes',
	'alt_missing',
	'picture_refused',
	'encoding_guessed',
	'old_font'
] as const;
/** Why somebody has to look at it before it is public. */
export type Reason = (typeof REASONS)[number];

export type Made = {
	headline: string;
	lead: string;
	pieces: Piece[];
	byline: Byline;
	source: Source | null;
	cover: OldPicture | null;
	publishedAt: Date | null;
	/** A day that the first words name; taken only where that is wished. */
	saidDay: string | null;
	categories: string[];
	tags: string[];
	reasons: Reason[];
	holes: Hole[];
	left: Left[];
	/** Addresses on the old site that the text leads to and that were not taken over. */
	behind: string[];
};

const HEADLINE_AT_MOST = 300;

export function make(page: OldPage, known: Known, now: Date): Made {
	const behind: string[] = [];
	const resolve = (href: string) => resolved(href, { page, known, behind });
	const read = readContent(page.content, { resolve, isLoose: page.isLoose });
	const tidied = tidy(read.pieces, { title: normalise(page.title), isTitleInText: page.isTitleInText });
	const { title, pieces } = tidied;
	const signature = takeSignature(pieces);
	const lead = leadOf(page, pieces);
	const described = pieces.map((piece) =>
		'picture' in piece ? { picture: describe(piece.picture, page, known) } : piece
	);
	const cover = page.cover ? describe({ address: page.cover, alt: '', caption: '', credit: '' }, page, known) : null;
	const publishedAt = page.publishedAt ?? tidied.publishedAt;
	const paragraphs = [lead, ...pieces.flatMap(paragraphsOf)].filter((text) => text !== '');
	const holes = [...findHoles(paragraphs), ...(page.isTitleInText ? findCaptions(paragraphs) : [])];
	const all = cover && cover.address !== '' && !cover.alt ? [{ picture: cover }, ...described] : described;
	return {
		headline: title.length > HEADLINE_AT_MOST ? `${title.slice(0, HEADLINE_AT_MOST - 1)}…` : title,
		lead: without(lead),
		pieces: all,
		byline: signature.byline ?? bylineOf(page, known),
		source: signature.source ? { ...signature.source, isCanonical: false } : null,
		cover: cover?.alt ? cover : null,
		publishedAt,
		saidDay: eventDay(paragraphs[0] ?? ''),
		categories: page.categories,
		tags: page.tags,
		reasons: reasonsOf({ page, title, publishedAt, now, pieces: all, holes, paragraphs }),
		holes,
		left: [...read.left, ...tidied.left],
		behind: [...new Set(behind)]
	};
}

type Judged = {
	page: OldPage;
	title: string;
	publishedAt: Date | null;
	now: Date;
	pieces: readonly Piece[];
	holes: readonly Hole[];
	paragraphs: readonly string[];
};

function reasonsOf({ page, title, publishedAt, now, pieces, holes, paragraphs }: Judged): Reason[] {
	const holds: readonly (readonly [Reason, boolean])[] = [
		['unpublished', page.standing === 'unpublished'],
		['password', page.standing === 'password'],
		['page', page.standing === 'page'],
		['title_missing', title === ''],
		['title_long', title.length > HEADLINE_AT_MOST],
		['day_missing', publishedAt === null],
		['day_ahead', publishedAt !== null && publishedAt > now],
		['blank', pieces.length === 0],
		['holes', holes.some(isLost)],
		['alt_missing', pieces.some((piece) => 'picture' in piece && piece.picture.alt === '')],
		['encoding_guessed', page.isEncodingGuessed],
		['old_font', legacyEncoding(tallyWords(paragraphs.join(' ').slice(0, 5000))) !== null]
	];
	return holds.flatMap(([reason, is]) => (is ? [reason] : []));
}

type Where = { page: OldPage; known: Known; behind: string[] };

function resolved(href: string, { page, known, behind }: Where): string | null {
	if (/^(?:mailto|tel):/i.test(href)) return isLinkable(href) ? href : null;
	const base = page.base || NO_HOST;
	if (!URL.canParse(href, URL.canParse(base) ? base : NO_HOST)) return null;
	const url = new URL(href, URL.canParse(base) ? base : NO_HOST);
	const host = hostOf(url.href);
	const isOwn = url.origin === NO_HOST || (host !== null && known.hosts.has(host));
	const path = pathOf(url.href);
	if (isOwn && path !== null) {
		const now = known.nowAt(path) ?? known.nowAt(path.replace(/\?.*$/, ''));
		if (now) return now;
		behind.push(url.origin === NO_HOST ? path : url.href);
	}
	return url.origin !== NO_HOST && isLinkable(url.href) ? url.href : null;
}

/** The lead the page has, unless it is how its text begins; else a first paragraph that is set in bold. */
function leadOf(page: OldPage, pieces: Piece[]): string {
	const first = pieces.find((piece) => 'block' in piece);
	const opening = first ? normalise(textOf(first)) : '';
	const stem = (text: string) => text.slice(0, 60).toLowerCase();
	if (page.lead !== '' && stem(opening) !== stem(page.lead)) return page.lead;
	if (!first || pieces.length < 2 || opening.length < 60 || opening.length > 1500) return '';
	const inlines = 'block' in first && first.block.type === 'paragraph' ? (first.block.content ?? []) : [];
	const isBold = inlines.every(
		(inline) =>
			inline.type === 'text' && (inline.text.trim() === '' || inline.marks?.some(({ type }) => type === 'bold'))
	);
	if (!isBold || !/[.…!?”"]$/.test(opening)) return '';
	pieces.splice(pieces.indexOf(first), 1);
	return opening;
}

/** What an old site called whoever kept it is nobody's name. */
const NOBODY =
	/^(?:admin\w*|administrator|quản trị.*|quan ?tri.*|webmaster|root|editor|user\d*|.*@.*|ban biên tập website)$/i;

function bylineOf(page: OldPage, known: Known): Byline {
	const name = known.authors.get(page.author) ?? page.author;
	return { kind: 'person', name: NOBODY.test(name) || NOBODY.test(page.author) ? '' : name.slice(0, 200), post: null };
}

/** With what the site's own list of pictures says of it; without words of its own it takes its caption's. */
function describe(picture: OldPicture, page: OldPage, known: Known): OldPicture {
	const listed = known.attachments.get(picture.address) ?? known.attachments.get(fileKey(picture.address));
	const caption = (picture.caption || listed?.caption || '').slice(0, 1000);
	const isTitle = normalise(picture.alt).toLowerCase() === normalise(page.title).toLowerCase();
	const alt = (isTitle ? '' : picture.alt) || listed?.alt || caption || '';
	const address = picture.address.startsWith('id:') ? (listed?.address ?? '') : absolute(picture.address, page.base);
	return { ...picture, address, caption, alt: alt.slice(0, 500) };
}

/** One picture in another size is the same picture. */
export function fileKey(address: string): string {
	return (pathOf(address) ?? address).replace(/-\d+x\d+(?=\.\w+$)/, '');
}

function absolute(address: string, base: string): string {
	const from = URL.canParse(base) ? base : NO_HOST;
	return URL.canParse(address, from) ? new URL(address, from).href : address;
}

function without(text: string): string {
	return normalise(text.replaceAll(EMPTY_LINK, ''));
}

/** What is told of a picture that is not there. */
export function missing({ address, caption, alt }: OldPicture): string {
	const words = caption || alt;
	return words ? `${address} (${shortened(words)})` : address;
}
