import { strFromU8, unzipSync } from 'fflate';
import { type ControlAddress, figureHash, parseControlAlias, parseControlTag } from './docx-control.ts';
import { REPORT_PROPERTY } from './docx.ts';
import type { FrozenFigure } from './document.ts';
import { collectControls, listElements } from './verify-xml.ts';

/** Why a file cannot be verified; each has its Problem (verification.server.ts). */
export type Refusal = 'too_large' | 'not_docx' | 'damaged' | 'no_controls';
/** `hash` is null when the tag was lost and only the name of the control says its place. */
type Control = Omit<ControlAddress, 'hash'> & { hash: string | null; text: string };
export type Reading = { reportId: string; hasMacros: boolean; controls: Control[] };
export type Verdict = {
	slot: string;
	cell: string | null;
	/** `unknown`: a control of another report or version, or of a slot that the report never had. */
	status: 'match' | 'changed' | 'missing' | 'unknown' | 'duplicated';
	printed: string | null;
	found: string | null;
};

const FILE_AT_MOST = 20 * 1024 * 1024;
/** The longest real report stays under 2 MB of XML; a bomb is refused by its declared size before it is unpacked. */
const PART_AT_MOST = 12 * 1024 * 1024;
const PARTS_AT_MOST = 2000;

const CONTENT_TYPES = '[Content_Types].xml';
const MAIN_PART = /^application\/vnd\.(openxmlformats-officedocument\.wordprocessingml|ms-word)\..*main\+xml$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The figure controls of an uploaded .docx as a reader sees them with all tracked changes accepted.
 * Macros are never run and only reported. A file that is no such document is a value, to be shown at the field.
 */
export function readControls(bytes: Uint8Array): Reading | { refused: Refusal } {
	if (bytes.length > FILE_AT_MOST) return { refused: 'too_large' };
	const opened = unpack(bytes, [CONTENT_TYPES, 'docProps/custom.xml']);
	if ('refused' in opened) return opened;
	const mainName = findMainPart(opened.parts.get(CONTENT_TYPES) ?? '');
	if (!mainName) return { refused: 'not_docx' };
	const document = unpack(bytes, [mainName]);
	if ('refused' in document) return document;
	const tagged = collectControls(document.parts.get(mainName) ?? '');
	if (!tagged) return { refused: 'damaged' };
	const addresses = tagged.map(({ tag }) => parseControlTag(tag));
	const reportId = namedReport(opened.parts.get('docProps/custom.xml') ?? '') ?? mostFrequent(addresses);
	if (!reportId) return { refused: 'no_controls' };
	const controls = tagged.flatMap(({ tag, alias, text }, index) => {
		const named = tag === '' ? parseControlAlias(alias) : null;
		const address = addresses[index] ?? (named && { ...named, reportId, hash: null });
		return address ? [{ ...address, text }] : [];
	});
	return { reportId, hasMacros: opened.hasMacros, controls };
}

/** One verdict for every printed place, in the order of the frozen figures, then what does not belong. */
export function compare(reading: Reading, frozen: readonly FrozenFigure[]): Verdict[] {
	const places = frozen.flatMap((figure) => placesOf(reading.reportId, figure));
	const ours = Map.groupBy(
		reading.controls.filter((each) => each.reportId === reading.reportId),
		keyOf
	);
	const verdicts = places.map((place) => judge(place, ours.get(keyOf(place)) ?? []));
	const known = new Set(places.map(keyOf));
	const strangers = reading.controls
		.filter((each) => each.reportId !== reading.reportId || !known.has(keyOf(each)))
		.map(({ slot, cell, text }): Verdict => ({ slot, cell, status: 'unknown', printed: null, found: text }));
	return [...verdicts, ...strangers];
}

type Place = { slot: string; cell: string | null; hash: string; printed: string };

function placesOf(reportId: string, figure: FrozenFigure): Place[] {
	const hash = figureHash(reportId, figure);
	if (!figure.rows) return [{ slot: figure.slot, cell: null, hash, printed: figure.text }];
	return figure.rows.flatMap((row, rowIndex) =>
		row.cells.map((cell, columnIndex) => ({
			slot: figure.slot,
			cell: `r${rowIndex + 1}c${columnIndex + 1}`,
			hash,
			printed: cell.text
		}))
	);
}

function judge({ slot, cell, hash, printed }: Place, found: Control[]): Verdict {
	const [first] = found;
	if (!first) return { slot, cell, status: 'missing', printed, found: null };
	const changed = found.find((each) => plain(each.text) !== plain(printed));
	if (changed) return { slot, cell, status: 'changed', printed, found: changed.text };
	if (found.some((each) => each.hash !== null && each.hash !== hash))
		return { slot, cell, status: 'unknown', printed, found: first.text };
	return { slot, cell, status: found.length > 1 ? 'duplicated' : 'match', printed, found: first.text };
}

function keyOf(place: { slot: string; cell: string | null }): string {
	return `${place.slot}.${place.cell ?? ''}`;
}

/** Word and LibreOffice may exchange kinds of spaces and Unicode forms; neither changes a figure. */
function plain(text: string): string {
	return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

type Unpacked = { parts: Map<string, string>; hasMacros: boolean };

function unpack(bytes: Uint8Array, wanted: readonly string[]): Unpacked | { refused: Refusal } {
	const seen = new Set<string>();
	let hasMacros = false;
	let refused: Refusal | null = null;
	const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
		// Two entries of one name: Word and we might read different ones.
		if (seen.has(name)) refused = 'damaged';
		seen.add(name);
		hasMacros ||= name.toLowerCase().endsWith('vbaproject.bin');
		const isWanted = wanted.includes(name);
		if (seen.size > PARTS_AT_MOST || (isWanted && originalSize > PART_AT_MOST)) refused ??= 'too_large';
		return isWanted && refused === null;
	};
	try {
		const parts = Object.entries(unzipSync(bytes, { filter })).map(([name, content]): [string, string] => [
			name,
			strFromU8(content)
		]);
		return refused ? { refused } : { parts: new Map(parts), hasMacros };
	} catch {
		// fflate throws for anything that is no zip: an old .doc, a password-protected file, a picture.
		return { refused: 'not_docx' };
	}
}

function findMainPart(contentTypes: string): string | null {
	const types = listElements(contentTypes, 'Override') ?? [];
	const main = types.find(({ attributes }) => MAIN_PART.test(attributes.get('ContentType') ?? ''));
	return main?.attributes.get('PartName')?.replace(/^\//, '') ?? null;
}

function namedReport(customProperties: string): string | null {
	const properties = listElements(customProperties, 'property') ?? [];
	const named = properties.find(({ attributes }) => attributes.get('name') === REPORT_PROPERTY);
	const id = named?.text.trim() ?? '';
	return UUID.test(id) ? id : null;
}

function mostFrequent(addresses: readonly (ControlAddress | null)[]): string | null {
	const ids = addresses.flatMap((each) => each?.reportId ?? []);
	const groups = [...Map.groupBy(ids, (id) => id).values()];
	return groups.sort((one, other) => other.length - one.length)[0]?.[0] ?? null;
}
