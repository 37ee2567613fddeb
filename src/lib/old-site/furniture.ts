import { fold, normalise } from '#lib/vietnamese/text.ts';
import { readInstant } from './instants.ts';
import { left, paragraphsOf, textOf, type Left, type Piece } from './piece.ts';

/**
 * What stands around the text of an old page and belongs to its site: counters, day lines, forms, lists of other texts, the title
 * printed again. Told one by one, so that nothing is lost unseen. Pure.
 */

const words = (lines: string) => new Set(lines.split('|').map(key));

/** Whole lines, written as they are folded for searching. */
const LINES = words(`
	share | share this | share this: | chia sẻ | chia sẻ bài viết | chia sẻ: | facebook | twitter | tweet | zalo |
	email | like | thích | print | in trang | in bài viết | bản in | gửi email | quay lại | về đầu trang |
	lên đầu trang | top | bình luận | gửi bình luận | ý kiến bạn đọc | leave a comment | leave a reply |
	cancel reply | post comment | log in to leave a comment | please enter your comment! |
	please enter your name here | please enter your email address here | comment: | name:* | email:* | website: |
	you have entered an incorrect email address! | your email address will not be published. |
	required fields are marked * | save my name, email, and website in this browser for the next time i comment. |
	loading... | loading… | loading | previous article | next article | bài trước | bài sau | tweet this |
	like this: | trang chủ | đọc tiếp | xem thêm
`);

/** Headings of lists of other texts: with them goes what looks like titles below. */
const LISTS =
	/^(?:related (?:posts?|articles?|news)|you may also like|recent posts|tin (?:tức )?liên quan|(?:các )?bài viết liên quan|(?:các )?tin (?:cùng chuyên mục|khác|đã đăng|mới nhất|mới|cũ hơn|mới hơn)|(?:các )?bài (?:viết )?(?:cùng chuyên mục|khác|mới nhất|đã đăng|mới)|liên kết web ?sites?|more from author|các tin tiếp theo)\s*:?$/iu;

const COUNTER =
	/^(?:(?:số lần đọc|số lượt đọc|đã xem|lượt xem|lượt đọc|đọc|views?|comments?|bình luận)\s*:?\s*\(?[\d.,]+\)?(?:\s*lượt)?|[\d.,]+\s*(?:views?|comments?|lượt xem|bình luận)?|tổng số:?\s*\d+.*trang.*|xem tin theo ngày:?[\s/]*)$/iu;
const BANNER = /^banner\b.{0,120}$/iu;
const DAY_LABEL =
	/^(?:ngày đăng|đăng ngày|đăng lúc|cập nhật(?: lúc)?|ngày xuất bản|thời gian|posted on|published)\s*:?\s*/iu;
const VIEWED = /\s*[-|]?\s*(?:đã xem|lượt xem|số lần đọc)\s*:?\s*[\d.,]+\s*$/iu;

const TITLE_LIKE_AT_MOST = 260;

type Tidying = Tidied & { isTitleInText: boolean };
export type Tidied = { pieces: Piece[]; left: Left[]; title: string; publishedAt: Date | null };

/** The pieces without what does not belong to the text. `isTitleInText`: where there is no title, the first line that can be one is. */
export function tidy(
	pieces: readonly Piece[],
	{ title, isTitleInText }: { title: string; isTitleInText: boolean }
): Tidied {
	const tidied: Tidying = { pieces: [], left: [], title, publishedAt: null, isTitleInText };
	let list: { heading: string; lines: string[] } | null = null;
	for (const piece of pieces) {
		const text = normalise(textOf(piece));
		if (list && isOfList(piece, text)) {
			list.lines.push(text);
			continue;
		}
		if (list) tidied.left.push(listLeft(list));
		list = null;
		if ('block' in piece && LISTS.test(text)) list = { heading: text, lines: [] };
		else place(piece, text, tidied);
	}
	if (list) tidied.left.push(listLeft(list));
	return tidied;
}

/** A line that could be the title of another text: short, and no sentence. */
function isOfList(piece: Piece, text: string): boolean {
	if (!('block' in piece)) return true;
	const isList = piece.block.type === 'bulletList' || piece.block.type === 'orderedList';
	return (
		isList || (text.length <= TITLE_LIKE_AT_MOST && !/[.…:;]$/.test(text) && dayIn(text) === null && !SIGNED.test(text))
	);
}

const SIGNED = /^(?:nguồn|theo|tác giả)\s*:/iu;

function listLeft({ heading, lines }: { heading: string; lines: string[] }): Left {
	const distinct = new Set(lines).size;
	return left('related', distinct > 0 ? `${heading} (${distinct}): ${lines[0] ?? ''}` : heading);
}

function place(piece: Piece, text: string, tidied: Tidying): void {
	if (!('block' in piece)) return void tidied.pieces.push(piece);
	if (text === '') return;
	const what = kindOf(text, tidied);
	if (what === null) return void tidied.pieces.push(piece);
	if (what === 'title') tidied.title = text;
	else tidied.left.push(left(what, text));
	if (what === 'day_line') tidied.publishedAt ??= dayIn(text);
}

function kindOf(text: string, { pieces, title, isTitleInText }: Tidying): Left['what'] | 'title' | null {
	if (LINES.has(key(text)) || BANNER.test(text)) return 'furniture';
	if (COUNTER.test(text)) return 'counter';
	// Later in a text a line with a day may be a heading of a chronicle.
	if (pieces.length === 0 && dayIn(text) !== null) return 'day_line';
	if (title !== '' && key(text) === key(title)) return 'title_again';
	const isTitle = isTitleInText && title === '' && pieces.length === 0 && text.length <= 300 && !/[.;,]$/.test(text);
	return isTitle ? 'title' : null;
}

function dayIn(text: string): Date | null {
	return readInstant(text.replace(VIEWED, '').replace(DAY_LABEL, ''));
}

function key(text: string): string {
	return fold(text).replace(/[\s.:!…*-]+$/u, '');
}

export type Signature = {
	byline: { kind: 'person' | 'office' | 'person_with_post'; name: string; post: string | null } | null;
	source: { name: string; url: string | null } | null;
};

const NAME =
	/^\p{Lu}[\p{Ll}\p{M}]+(?: \p{Lu}[\p{Ll}\p{M}]*){1,4}(?:\s*[–-]\s*\p{Lu}[\p{Ll}\p{M}]+(?: \p{Lu}[\p{Ll}\p{M}]*){1,3})?$/u;
const ABBREVIATION = /^\p{Lu}{2,8}$/u;
const POST =
	/^(?:(?:phó )?(?:trưởng|chủ tịch|bí thư|giám đốc|chánh|chủ nhiệm|tổng biên tập|viện trưởng)|uỷ viên|ủy viên|phó chánh)/iu;
const SOURCE = /^\(?\s*(?:nguồn(?: tin)?|theo)\s*:\s*(.{2,200}?)\s*\)?$/iu;
const LABEL = /^(?:tác giả|bài(?: viết)?(?:, ảnh)?|tin(?:, bài)?(?:, ảnh)?|thực hiện|by)\s*:\s*/iu;

/** Who wrote it and where it is from, where its last lines say so; these are taken off. */
export function takeSignature(pieces: Piece[]): Signature {
	const signature: Signature = { byline: null, source: null };
	for (let turn = 0; turn < 3 && pieces.length > 1; turn += 1) {
		const last = pieces.at(-1);
		if (!last || !('block' in last) || last.block.type !== 'paragraph') break;
		const text = normalise(paragraphsOf(last).join(' '));
		const source = signature.source ? null : sourceOf(text, last);
		const byline = source || signature.byline ? null : bylineOf(text);
		if (!source && !byline) break;
		signature.source ??= source;
		signature.byline ??= byline;
		pieces.pop();
	}
	return signature;
}

function sourceOf(text: string, piece: Piece): Signature['source'] {
	const name = SOURCE.exec(text)?.[1];
	if (!name) return null;
	const inlines = 'block' in piece && piece.block.type === 'paragraph' ? (piece.block.content ?? []) : [];
	const hrefs = inlines.flatMap(({ marks = [] }) =>
		marks.flatMap((mark) => (mark.type === 'link' ? [mark.attrs.href] : []))
	);
	const url = /^https?:\/\/[^\s<>"]+$/i.exec(name)?.[0] ?? hrefs.find((href) => /^https?:/i.test(href)) ?? null;
	return { name, url };
}

function bylineOf(text: string): Signature['byline'] {
	const plain = text.replace(LABEL, '').replace(/[.]$/, '');
	if (plain.length > 160) return null;
	if (ABBREVIATION.test(plain)) return { kind: 'office', name: plain, post: null };
	const [name = '', ...rest] = plain.split(/,\s*|\s+[–-]\s+(?=Phó|Trưởng|Bí thư|Chủ tịch|Giám đốc)/);
	const post = rest.join(', ');
	if (!NAME.test(name)) return null;
	if (post === '') return { kind: 'person', name, post: null };
	return POST.test(post) ? { kind: 'person_with_post', name, post: post.slice(0, 200) } : null;
}
