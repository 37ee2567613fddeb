import { Parser } from 'htmlparser2';
import { problem } from '#lib/server/problem.ts';
import { streamText } from './encoding.ts';
import { plant, type Element } from './tree.ts';

/**
 * Exports and feeds, which may be larger than memory: read piece by piece, one entry at a time. Entities that a file declares
 * are not known and stay as they are written; a file that declares any is refused, as is one that ends in the middle.
 */

export type Part = { kind: 'rss' | 'atom'; element: Element; line: number };

const ITEM_CHARACTERS_AT_MOST = 20_000_000;
const DEPTH_AT_MOST = 90;
const ROOTS: Readonly<Record<string, 'rss' | 'atom'>> = { rss: 'rss', 'rdf:RDF': 'rss', feed: 'atom' };

/** What stands directly in the channel or feed, in order. Throws refusals that name the file and the line. */
export async function* readParts(path: string, encoding: string | null): AsyncGenerator<Part> {
	const reader = begin(path);
	for await (const text of streamText(path, encoding)) {
		reader.write(text);
		yield* reader.taken();
	}
	reader.end();
	yield* reader.taken();
}

function begin(file: string) {
	const done: Part[] = [];
	const open: string[] = [];
	let kind: Part['kind'] | null = null;
	let current: { tree: ReturnType<typeof plant>; line: number } | null = null;
	let [written, lines, openedAt, isEnding, hasText] = [0, 1, 0, false, false];
	let piece = { text: '', from: 0 };
	const line = () => lines + newlines(piece.text.slice(0, Math.max(0, parser.startIndex - piece.from)));
	/** Entries stand in the channel, in those of RSS 1.0 beside it. */
	const isEntry = (name: string) =>
		kind === 'atom'
			? open.length === 1
			: open.length === 2
				? open[1] === 'channel'
				: open.length === 1 && name !== 'channel';
	const parser = new Parser(
		{
			onprocessinginstruction(name) {
				if (/^!doctype$/i.test(name)) throw problem('old_site.doctype', { file, line: line() });
			},
			onopentag(name, attributes) {
				if (open.length === 0) kind = rootKind(file, name);
				if (open.length > DEPTH_AT_MOST) throw problem('old_site.too_deep', { most: DEPTH_AT_MOST });
				if (current) current.tree.enter(name, attributes);
				else if (isEntry(name)) current = { tree: plant(name), line: line() };
				open.push(name);
				openedAt = parser.endIndex;
			},
			ontext(text) {
				if (open.length === 0 && text.replace(/\ufeff/g, '').trim() !== '')
					throw problem('old_site.not_xml', { file, found: text.trim().slice(0, 40) });
				current?.tree.write(text);
			},
			onclosetag(_name, isImplied) {
				// Closed by what closes another; `<a/>` closes itself where it opened.
				if (isEnding || (isImplied && parser.endIndex !== openedAt))
					throw problem('old_site.cut_off', { file, line: current?.line ?? line() });
				open.pop();
				if (!current || !kind) return;
				if (current.tree.depth() > 0) return current.tree.leave();
				done.push({ kind, element: current.tree.root, line: current.line });
				current = null;
			}
		},
		{ xmlMode: true }
	);
	return {
		write(text: string) {
			hasText ||= text.trim() !== '';
			piece = { text, from: written };
			written += text.length;
			parser.write(text);
			lines += newlines(text);
			piece = { text: '', from: written };
			if (written - parser.endIndex > ITEM_CHARACTERS_AT_MOST)
				throw problem('old_site.item_too_large', {
					file,
					line: current?.line ?? line(),
					most: ITEM_CHARACTERS_AT_MOST / 1_000_000
				});
		},
		end() {
			isEnding = true;
			parser.end();
			if (!kind) throw problem(hasText ? 'old_site.not_xml' : 'old_site.empty', { file, found: '' });
		},
		taken: () => done.splice(0)
	};
}

function newlines(text: string): number {
	return text.split('\n').length - 1;
}

function rootKind(file: string, name: string): Part['kind'] {
	const kind = ROOTS[name];
	if (!kind) throw problem('old_site.not_a_feed', { file, found: name });
	return kind;
}
