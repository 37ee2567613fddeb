import { splitRows } from '#lib/spreadsheet/csv-rows.ts';
import { legacyEncoding, tallyWords } from './legacy-text.ts';
import { Unreadable } from './unreadable.ts';
import type { Cell, Sheet } from './workbook.ts';

/** Most rows that a text file may have; the longest lists of a province have some ten thousand. */
const ROWS = 50_000;

/**
 * A list saved as text: separated by comma, semicolon or tab, in UTF-8, UTF-16 or Windows-1258. All values stay
 * text, so that no program's idea of dates gets in between. Throws `Unreadable` for anything that is no text.
 */
export function readTextFile(bytes: Uint8Array, name: string): Sheet {
	const text = decode(bytes).normalize('NFC');
	const start = text.trimStart().slice(0, 9).toLowerCase();
	if (start === '') throw new Unreadable('import.file_empty');
	if (start.startsWith('%pdf')) throw new Unreadable('import.not_a_spreadsheet', { found: 'PDF' });
	if (start.startsWith('{\\rtf')) throw new Unreadable('import.not_a_spreadsheet', { found: 'RTF' });
	if (start.startsWith('<')) throw new Unreadable('import.format_unsupported', { found: 'HTML, XML' });
	const { separator, body } = findSeparator(text);
	const rows = splitRows(body, separator).map((cells, index) => ({ number: index + 1, cells: cells.map(textCell) }));
	const filled = rows.filter((row) => row.cells.some((cell) => cell !== undefined));
	if (filled.length > ROWS) throw new Unreadable('import.file_too_complex');
	return { name, rows: filled, merges: [] };
}

function textCell(text: string): Cell | undefined {
	return text.trim() === '' ? undefined : { value: text };
}

function decode(bytes: Uint8Array): string {
	const [first, second] = bytes;
	if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	const zeros = [0, 0];
	const sample = bytes.subarray(0, 4096);
	sample.forEach((byte, index) => {
		if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
	});
	const [even = 0, odd = 0] = zeros;
	const most = sample.length / 6;
	if (odd > most && even <= odd / 20) return new TextDecoder('utf-16le').decode(bytes);
	if (even > most && odd <= even / 20) return new TextDecoder('utf-16be').decode(bytes);
	if (even + odd > 0) throw new Unreadable('import.not_a_spreadsheet', { found: '?' });
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return decodeSingleBytes(bytes);
	}
}

/** Neither UTF-8 nor UTF-16: Windows-1258, unless an old Vietnamese font explains the bytes better. */
function decodeSingleBytes(bytes: Uint8Array): string {
	const western = new TextDecoder('windows-1252').decode(bytes);
	const windows = new TextDecoder('windows-1258').decode(bytes).normalize('NFC');
	const tally = tallyWords(western);
	const encoding = legacyEncoding({ ...tally, sound: Math.max(tally.sound, soundWords(windows)) });
	if (encoding) throw new Unreadable('import.legacy_font', { encoding, sheet: '', row: 1, text: western.slice(0, 60) });
	return windows;
}

function soundWords(text: string): number {
	return text.split(/[\n,;\t]/).reduce((sum, part) => sum + tallyWords(part).sound, 0);
}

function findSeparator(text: string): { separator: string; body: string } {
	const said = /^\ufeff?sep=(.)\r?\n/i.exec(text);
	if (said?.[1]) return { separator: said[1], body: `\n${text.slice(said[0].length)}` };
	const outside = text.slice(0, 20_000).replace(/"[^"]*"/g, '');
	const counts = [',', ';', '\t'].map((mark) => ({ mark, count: outside.split(mark).length }));
	const best = counts.reduce((most, next) => (next.count > most.count ? next : most));
	return { separator: best.mark, body: text.replace(/^\ufeff/, '') };
}
