import { formatDay } from '#lib/vietnamese/format.ts';
import { harmless, type Cell, type Table } from './table.ts';

/** A table as text: commas (RFC 4180), UTF-8 with the mark by which Excel knows it; days as officials write them. */
export async function* writeCsv({ heads, batches }: Table): AsyncGenerator<Uint8Array> {
	yield Buffer.from(`\ufeff${heads ? line(heads) : ''}`);
	for await (const lines of batches) yield Buffer.from(lines.map(line).join(''));
}

function line(cells: readonly Cell[]): string {
	return `${cells.map(field).join(',')}\r\n`;
}

function field(cell: Cell): string {
	if (cell === null) return '';
	if (typeof cell === 'number') return String(cell);
	const text = typeof cell === 'object' ? formatDay(cell.day) : harmless(cell).toWellFormed();
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
