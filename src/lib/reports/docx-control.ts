import { createHash } from 'node:crypto';
import { type IContext, type IRunOptions, type IXmlableObject, TextRun } from 'docx';
import type { FrozenFigure } from './document.ts';

/** Which place on paper a control holds: a figure, or one cell of a figure table (`r2c1`, counted from 1). */
export type ControlAddress = { reportId: string; slot: string; cell: string | null; hash: string };

/** Word cuts names and tags of controls after this many characters. */
const NAME_AT_MOST = 64;
const ALIAS = / \[([a-z][a-z0-9]{0,9})(?: (r[0-9]{1,3}c[0-9]{1,2}))?\]$/;
const TAG = /^kheo\.([A-Za-z0-9_-]{22})\.([a-z][a-z0-9]{0,9})\.(-|r[0-9]{1,3}c[0-9]{1,2})\.([A-Za-z0-9_-]{16})$/;

/** Binds a printed figure to its report and to all that was frozen with it: 16 characters of base64url. */
export function figureHash(reportId: string, frozen: FrozenFigure): string {
	return contentDigest({ reportId, frozen }).slice(0, 16);
}

/** SHA-256 over JSON with sorted keys, in base64url: equal content, equal digest. */
export function contentDigest(content: unknown): string {
	return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('base64url');
}

function sortKeys(_key: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The report's UUID is written in 22 characters, so that a tag stays within the limit of Word. */
export function controlTag({ reportId, slot, cell, hash }: ControlAddress): string {
	const id = Buffer.from(reportId.replaceAll('-', ''), 'hex').toString('base64url');
	return `kheo.${id}.${slot}.${cell ?? '-'}.${hash}`;
}

/** The address in a tag, or null for a control that is not ours. */
export function parseControlTag(tag: string): ControlAddress | null {
	const [, id = '', slot = '', cell = '', hash = ''] = TAG.exec(tag) ?? [];
	if (!id) return null;
	const hex = Buffer.from(id, 'base64url').toString('hex');
	const reportId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
	return { reportId, slot, cell: cell === '-' ? null : cell, hash };
}

/** "Mô hình đăng ký [f1]": LibreOffice before 7.5 drops tags and keeps names, so the name says the place too. */
function controlAlias(label: string, { slot, cell }: { slot: string; cell: string | null }): string {
	const place = ` [${cell ? `${slot} ${cell}` : slot}]`;
	return `${label.slice(0, NAME_AT_MOST - place.length)}${place}`;
}

/** The place in a name, or null for a control that is not ours. */
export function parseControlAlias(alias: string): { slot: string; cell: string | null } | null {
	const [, slot = '', cell] = ALIAS.exec(alias) ?? [];
	return slot ? { slot, cell: cell ?? null } : null;
}

/**
 * A run that writes itself inside an inline content control, for which `docx` has no component. The control cannot be
 * deleted as a whole; its text stays open, so that a change can be found. `id` is unique in the document.
 * Plain text (w:text), because LibreOffice 7.4 keeps the name of such controls only; it drops the run's own formatting,
 * so size and weight come from paragraph styles wherever they can.
 */
export class FigureControl extends TextRun {
	readonly #properties: IXmlableObject[];

	constructor(options: { address: ControlAddress; label: string; id: number; run: IRunOptions }) {
		super(options.run);
		this.#properties = [
			{ 'w:alias': { _attr: { 'w:val': controlAlias(options.label, options.address) } } },
			{ 'w:tag': { _attr: { 'w:val': controlTag(options.address) } } },
			{ 'w:id': { _attr: { 'w:val': options.id } } },
			{ 'w:lock': { _attr: { 'w:val': 'sdtLocked' } } },
			{ 'w:text': {} }
		];
	}

	override prepForXml(context: IContext): IXmlableObject {
		return { 'w:sdt': [{ 'w:sdtPr': this.#properties }, { 'w:sdtContent': [super.prepForXml(context)] }] };
	}
}
