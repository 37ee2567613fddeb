/**
 * Reading of WordprocessingML without a tree: an uploaded file may be hostile, so one pass over the text, a stack of
 * bounded depth, no entities but the five of XML, no document type. Functions answer null for XML that is not well formed.
 */

const DEPTH_AT_MOST = 256;
const TAG_AT_MOST = 100_000;

type Events = {
	open: (name: string, attributes: ReadonlyMap<string, string>, parent: string) => void;
	text: (text: string, parent: string) => void;
	close: (name: string) => void;
};

/** Every element of that name with its attributes and all the text in it. */
export function listElements(xml: string, wanted: string) {
	const found: { attributes: ReadonlyMap<string, string>; text: string }[] = [];
	let inside = 0;
	const isWellFormed = scan(xml, {
		open: (name, attributes) => {
			if (name === wanted) found.push({ attributes, text: '' });
			if (name === wanted) inside += 1;
		},
		text: (text) => {
			const last = found.at(-1);
			if (inside > 0 && last) last.text += text;
		},
		close: (name) => {
			if (name === wanted) inside -= 1;
		}
	});
	return isWellFormed ? found : null;
}

type TaggedControl = { tag: string; alias: string; text: string };
type OpenControl = { tag: string; alias: string; text: string; hasStruck: boolean; isPlaceholder: boolean };

/**
 * Content controls with their tag, name and text, as they stand when all tracked changes are accepted. A control of which
 * everything was deleted or moved away is left out; the copy of a text box for old programs (mc:Fallback) too.
 */
export function collectControls(xml: string): TaggedControl[] | null {
	const found: TaggedControl[] = [];
	const opened: OpenControl[] = [];
	let struck = 0;
	let fallback = 0;
	const write = (text: string) => {
		for (const each of opened) {
			if (struck > 0) each.hasStruck = true;
			else each.text += text;
		}
	};
	const isWellFormed = scan(xml, {
		open: (name, attributes, parent) => {
			const control = opened.at(-1);
			if (name === 'mc:Fallback') fallback += 1;
			else if (name === 'w:del' || name === 'w:moveFrom') struck += 1;
			else if (name === 'w:sdt') opened.push({ tag: '', alias: '', text: '', hasStruck: false, isPlaceholder: false });
			else if (control && parent === 'w:sdtPr' && name === 'w:tag') control.tag = attributes.get('w:val') ?? '';
			else if (control && parent === 'w:sdtPr' && name === 'w:alias') control.alias = attributes.get('w:val') ?? '';
			else if (control && parent === 'w:sdtPr' && name === 'w:showingPlcHdr') control.isPlaceholder = true;
			else if (parent === 'w:r' && (name === 'w:tab' || name === 'w:br')) write(' ');
			else if (parent === 'w:r' && name === 'w:noBreakHyphen') write('-');
		},
		text: (text, parent) => {
			if (parent === 'w:t') write(text);
			else if (parent === 'w:delText') for (const each of opened) each.hasStruck = true;
		},
		close: (name) => {
			if (name === 'mc:Fallback') fallback -= 1;
			else if (name === 'w:del' || name === 'w:moveFrom') struck -= 1;
			else if (name === 'w:sdt') {
				const control = opened.pop();
				if (!control || fallback > 0 || (control.text === '' && control.hasStruck)) return;
				const { tag, alias, text, isPlaceholder } = control;
				found.push({ tag, alias, text: isPlaceholder ? '' : text });
			}
		}
	});
	return isWellFormed ? found : null;
}

/** One pass; false as soon as the XML is not well formed, too deep, or has a document type. */
function scan(xml: string, events: Events): boolean {
	const stack: string[] = [];
	let at = xml.startsWith('\uFEFF') ? 1 : 0;
	while (at < xml.length) {
		const start = xml.indexOf('<', at);
		const parent = stack.at(-1) ?? '';
		if (start !== at) events.text(decode(xml.slice(at, start === -1 ? undefined : start)), parent);
		if (start === -1) break;
		const end = endOfMarkup(xml, start);
		if (end === -1 || xml.startsWith('<!DOCTYPE', start)) return false;
		const markup = xml.slice(start, end);
		if (markup.startsWith('<![CDATA[')) events.text(markup.slice(9, -3), parent);
		else if (markup.startsWith('</')) {
			const name = markup.slice(2, -1).trim();
			if (stack.pop() !== name) return false;
			events.close(name);
		} else if (!markup.startsWith('<!') && !markup.startsWith('<?')) {
			const name = /^<([^\s/>]+)/.exec(markup)?.[1];
			if (!name || stack.length >= DEPTH_AT_MOST || markup.length > TAG_AT_MOST) return false;
			events.open(name, attributesOf(markup), parent);
			if (markup.endsWith('/>')) events.close(name);
			else stack.push(name);
		}
		at = end;
	}
	return stack.length === 0 && xml.trim() !== '';
}

/** The index after the markup that starts at `start`; a ">" in an attribute value does not end a tag. */
function endOfMarkup(xml: string, start: number): number {
	if (xml.startsWith('<!--', start)) return after(xml, '-->', start + 4);
	if (xml.startsWith('<![CDATA[', start)) return after(xml, ']]>', start);
	if (xml.startsWith('<?', start)) return after(xml, '?>', start);
	let quote = '';
	for (let at = start; at < xml.length; at += 1) {
		const character = xml[at] ?? '';
		if (quote) quote = character === quote ? '' : quote;
		else if (character === '"' || character === "'") quote = character;
		else if (character === '>') return at + 1;
	}
	return -1;
}

function after(xml: string, mark: string, from: number): number {
	const at = xml.indexOf(mark, from);
	return at === -1 ? -1 : at + mark.length;
}

function attributesOf(markup: string): ReadonlyMap<string, string> {
	const pairs = [...markup.matchAll(/([^\s=<>/"']{1,80})\s{0,8}=\s{0,8}(?:"([^"]*)"|'([^']*)')/g)];
	return new Map(pairs.map(([, name = '', double, single]) => [name, decode(double ?? single ?? '')]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
	if (!text.includes('&')) return text;
	return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (whole, name: string) => {
		if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
		const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
		return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
	});
}
