import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '#lib/server/db.ts';
import { headingKey, type ColumnMapping, type Meaning } from './columns.ts';
import type { SheetSummary } from './registration-list.ts';

export type SheetMapping = Readonly<Record<number, Meaning | null>>;

/** Tells sheets of one shape: the headings as written, with their columns, whatever they are taken for. */
export function fingerprint(sheet: Pick<SheetSummary, 'headings'>): string {
	const headings = sheet.headings
		.filter(({ text }) => text !== '')
		.map(({ column, text }) => `${column}:${headingKey(text)}`);
	return createHash('sha256').update(headings.join('\n')).digest('hex');
}

/** What the office corrected by hand before on sheets of these shapes, by sheet; null when nothing. */
export async function recall(db: Db, unitId: string, sheets: readonly SheetSummary[]): Promise<ColumnMapping | null> {
	const shapes = new Map(sheets.map((sheet) => [sheet.name, fingerprint(sheet)]));
	const { rows } = await sql<{ fingerprint: string; mapping: SheetMapping }>`
		select fingerprint, mapping from import_mappings
		where unit_id = ${unitId}::uuid and fingerprint = any(${[...new Set(shapes.values())]}::text[])`.execute(db);
	const known = new Map(rows.map((row) => [row.fingerprint, row.mapping]));
	const found = [...shapes].flatMap(([name, shape]) => {
		const mapping = known.get(shape);
		return mapping ? [[name, mapping] as const] : [];
	});
	return found.length > 0 ? Object.fromEntries(found) : null;
}

/** Keeps a correction for this office's next list of the same shape. */
export async function remember(
	tx: Tx,
	unitId: string,
	corrected: { fingerprint: string; mapping: SheetMapping }
): Promise<void> {
	await sql`
		insert into import_mappings (unit_id, fingerprint, mapping)
		values (${unitId}::uuid, ${corrected.fingerprint}, ${JSON.stringify(corrected.mapping)}::jsonb)
		on conflict (unit_id, fingerprint) do update set mapping = excluded.mapping, changed_at = excluded.changed_at`.execute(
		tx
	);
}
