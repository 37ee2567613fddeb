import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import * as files from '#lib/server/files.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { appraise, type Preview } from './appraise.ts';
import { openBooks } from './books.server.ts';
import { DEFAULT_LEVEL, refusedRows, type Import, type Summary } from './import.ts';
import { recall } from './mapping.server.ts';
import { readRegistrations, type RegistrationList } from './registration-list.ts';
import { Unreadable } from './unreadable.ts';
import { readWorkbook } from './workbook.server.ts';
import type { Workbook } from './workbook.ts';

export type Listed = Pick<Import, 'unitId' | 'year' | 'level' | 'createUnits'>;
export type ListFile = { name: string; bytes: Uint8Array };
type Looking = { file: ListFile; begun?: (step: Step) => Promise<void> };

/** How far the reading is, in per cent of the work; unpacking and parsing take most of it. */
const STEPS = { parse: 5, table: 60, units: 75, duplicates: 80, keep: 92 } as const;
type Step = keyof typeof STEPS;

/**
 * Reads a list and compares it with the books of the office; writes nothing. Columns that the office corrected before are
 * taken as corrected. Throws what `readWorkbook` says, as a Problem.
 */
export async function look(db: Db, listed: Listed, { file, begun = async () => undefined }: Looking): Promise<Preview> {
	await begun('parse');
	const workbook = await readWorkbook(file.bytes, file.name).catch(refuse);
	await begun('table');
	const list = await readList(db, listed, workbook);
	await begun('units');
	const { units, existing } = await openBooks(db, listed.unitId, listed.year);
	await begun('duplicates');
	return appraise(list, { units, existing, createUnits: listed.createUnits });
}

function refuse(error: unknown): never {
	throw error instanceof Unreadable ? problem(error.code, error.params, error) : error;
}

async function readList(db: Db, { unitId, year, level }: Listed, workbook: Workbook): Promise<RegistrationList> {
	const options = { year, today: today(), level: level ?? undefined };
	const unaided = readRegistrations(workbook, options);
	const mapping = await recall(db, unitId, unaided.sheets);
	const list = mapping ? readRegistrations(workbook, { ...options, mapping }) : unaided;
	return { ...list, rows: list.rows.map((row) => ({ ...row, level: row.level ?? DEFAULT_LEVEL })) };
}

type Waiting = Listed & { fileName: string; sha256: string };

/**
 * Reads a list in state `reading` and keeps what is thought of it; one in another state is left alone, so that the work
 * may be begun anew after the server was killed. `data`: the data folder. A file that cannot be read is refused, not thrown.
 */
export async function read(db: Db, data: string, id: string): Promise<void> {
	const waiting = await findWaiting(db, id);
	if (!waiting) return;
	const begun = (step: Step) => progress(db, id, STEPS[step]);
	try {
		const file = { name: waiting.fileName, bytes: await files.read(data, waiting.sha256) };
		const preview = await look(db, waiting, { file, begun });
		await begun('keep');
		await keep(db, id, preview);
	} catch (error) {
		if (error instanceof Problem && error.code.startsWith('database.')) throw error;
		const isRefusal = error instanceof Problem;
		await refuseFile(
			db,
			id,
			isRefusal ? { code: error.code, params: { ...error.params } } : { code: 'import.reading_failed', params: {} }
		);
		if (!isRefusal) throw error;
	}
}

async function findWaiting(db: Db, id: string): Promise<Waiting | null> {
	const { rows } = await sql<Waiting>`
		select i.unit_id as "unitId", i.year, i.level, i.create_units as "createUnits", f.name as "fileName", f.sha256
		from imports i join files f on f.id = i.file_id where i.id = ${id}::uuid and i.state = 'reading'`.execute(db);
	return rows[0] ?? null;
}

async function progress(db: Db, id: string, percent: number): Promise<void> {
	await sql`update imports set progress = ${percent} where id = ${id}::uuid and state = 'reading'`.execute(db);
}

/** Rows of one statement: a whole province at once would stand in memory several times over. */
const AT_ONCE = 1000;

/** Keeps what was read; a row without a verdict is a refused one. Two readings of one list at once: the first wins. */
export async function keep(db: Db, id: string, preview: Preview): Promise<void> {
	const refused = refusedRows(preview);
	const { sheets, declaredTotal, counts, newUnits } = preview;
	const summary: Summary = { sheets, declaredTotal, counts, refusals: refused.length, newUnits };
	const rows = [...preview.rows, ...refused];
	await inTransaction(db, async (tx) => {
		const held = await sql`
			update imports set state = 'ready', progress = 100, summary = ${storable(summary)}::jsonb, changed_at = now()
			where id = ${id}::uuid and state = 'reading' returning id`.execute(tx);
		if (held.rows.length === 0) return;
		await sql`delete from import_rows where import_id = ${id}::uuid`.execute(tx);
		for (let from = 0; from < rows.length; from += AT_ONCE) {
			await sql`
				insert into import_rows (import_id, position, verdict, content)
				select ${id}::uuid, ${from} + position, coalesce(value->>'verdict', 'refused'), value
				from jsonb_array_elements(${storable(rows.slice(from, from + AT_ONCE))}::jsonb) with ordinality as listed (value, position)`.execute(
				tx
			);
		}
	});
}

async function refuseFile(db: Db, id: string, reason: NonNullable<Summary['problem']>): Promise<void> {
	const counts = { read: 0, accepted: 0, doubtful: 0, refused: 0 };
	const summary: Summary = { problem: reason, sheets: [], declaredTotal: null, counts, refusals: 0, newUnits: [] };
	await sql`
		update imports set state = 'refused', summary = ${storable(summary)}::jsonb, changed_at = now()
		where id = ${id}::uuid and state = 'reading'`.execute(db);
}

/** JSON as jsonb takes it: it has no NUL and no halves of surrogate pairs, which cut or broken cells may hold. */
function storable(value: unknown): string {
	return JSON.stringify(value, (_, inner: unknown) =>
		typeof inner === 'string' ? inner.toWellFormed().replaceAll('\0', '') : inner
	);
}

/** Lists whose reading a stop of the server cut off are enqueued again. */
export async function resume(db: Db): Promise<void> {
	const { rows } = await sql<{ id: string }>`select id from imports where state = 'reading'`.execute(db);
	for (const { id } of rows) await enqueue(db, 'import.read', { id });
}
