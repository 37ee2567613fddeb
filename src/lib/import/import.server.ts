import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { refuseUnlessInForce } from '#lib/models/choice.server.ts';
import type { Level } from '#lib/models/model.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { cleanName, enter, store } from '#lib/server/files.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import type { PreviewRow } from './appraise.ts';
import type { Import, ImportState, RefusedRow, Verdict } from './import.ts';
import type { ColumnChoice } from './import.schema.ts';
import { fingerprint, remember, type SheetMapping } from './mapping.server.ts';
import type { SheetSummary } from './registration-list.ts';
import { FILE_BYTES } from './workbook.server.ts';

/** A list as it comes in. `data`: the data folder, where the file is kept. */
export type Dropped = {
	unitId: string;
	year: number;
	level: Level | null;
	createUnits: boolean;
	file: { name: string; bytes: Uint8Array };
	data: string;
};

/**
 * Takes in a list and has it read in the background. The same file for the same unit and year is refused with
 * `import.sent_before` (its `id` leads there) while the earlier one is open or written; so are files too large or empty.
 */
export async function begin(
	db: Db,
	actor: Actor,
	{ unitId, year, level, createUnits, file, data }: Dropped
): Promise<{ id: string }> {
	await authorise(db, actor, 'model.import', unitId);
	if (createUnits) await authorise(db, actor, 'unit.establish_listed', unitId);
	if (level) await refuseUnlessInForce(db, level, year);
	const megabytes = (bytes: number) => Math.ceil(bytes / 1_000_000);
	const size = file.bytes.byteLength;
	if (size === 0) throw problem('import.file_empty');
	if (size > FILE_BYTES)
		throw problem('import.file_too_large', { size: megabytes(size), limit: megabytes(FILE_BYTES) });
	const stored = await store(data, file.bytes);
	return command(db, actor, async (tx) => {
		await sql`select pg_advisory_xact_lock(hashtextextended(${`import ${unitId} ${year} ${stored.sha256}`}, 0))`.execute(
			tx
		);
		await refuseSentBefore(tx, { unitId, year, sha256: stored.sha256 });
		const name = cleanName(file.name).slice(-FILE_NAME_LENGTH).toWellFormed() || '?';
		const kept = await enter(tx, { ...stored, name, mediaType: 'application/octet-stream', createdBy: actor.id });
		const id = newId();
		await sql`
			insert into imports (id, unit_id, year, level, create_units, file_id, state, created_by)
			values (${id}::uuid, ${unitId}::uuid, ${year}, ${level}, ${createUnits}, ${kept.id}::uuid, 'reading', ${actor.id}::uuid)`.execute(
			tx
		);
		await enqueue(tx, 'import.read', { id });
		const homeId = await homeOf(tx, unitId, today());
		return { result: { id }, actions: [actionOf({ id, unitId, homeId }, 'begin', { file: name, year })] };
	});
}

const FILE_NAME_LENGTH = 150;

/** Refuses with `import.sent_before` a file that is open or written for this unit and year. */
export async function refuseSentBefore(db: Db, sent: { unitId: string; year: number; sha256: string }): Promise<void> {
	const { rows } = await sql<{ id: string; name: string }>`
		select i.id, f.name from imports i join files f on f.id = i.file_id
		where i.unit_id = ${sent.unitId}::uuid and i.year = ${sent.year} and f.sha256 = ${sent.sha256}
			and i.state in ('reading', 'ready', 'done')
		order by i.created_at desc limit 1`.execute(db);
	const [earlier] = rows;
	if (earlier) throw problem('import.sent_before', earlier);
}

/** Reads a list anew: the books have changed since, or the reading was cut off. */
export async function readAgain(db: Db, actor: Actor, id: string): Promise<{ id: string }> {
	return restart(db, actor, { id, verb: 'read_again', before: async () => ({}) });
}

/**
 * Reads a list anew with columns corrected by hand; the correction is remembered for this office and every sheet of the
 * same shape. Refuses two columns of one meaning with `import.column_twice`.
 */
export async function correctColumns(
	db: Db,
	actor: Actor,
	given: { id: string; choices: readonly ColumnChoice[] }
): Promise<{ id: string }> {
	return restart(db, actor, {
		id: given.id,
		verb: 'correct_columns',
		before: async (tx, held) => {
			const bySheet = Map.groupBy(given.choices, (choice) => choice.sheet);
			for (const [index, choices] of bySheet) {
				const sheet = held.summary?.sheets[index];
				if (!sheet) throw problem('input.not_found');
				if (isAsRead(sheet, choices)) continue;
				await remember(tx, held.unitId, { fingerprint: fingerprint(sheet), mapping: mappingOf(sheet, choices) });
			}
			return { sheets: [...bySheet.keys()].map((index) => held.summary?.sheets[index]?.name) };
		}
	});
}

function isAsRead({ headings }: SheetSummary, choices: readonly ColumnChoice[]): boolean {
	return choices.every(
		({ column, meaning }) => (headings.find((one) => one.column === column)?.meaning ?? null) === meaning
	);
}

function mappingOf(sheet: SheetSummary, choices: readonly ColumnChoice[]): SheetMapping {
	const chosen = choices.flatMap(({ meaning }) => meaning ?? []);
	const twice = chosen.find((meaning, index) => chosen.indexOf(meaning) !== index);
	if (twice) throw problem('import.column_twice', { sheet: sheet.name, meaning: twice });
	return Object.fromEntries(choices.map(({ column, meaning }) => [column, meaning]));
}

type Restart = { id: string; verb: string; before: (tx: Tx, held: HeldImport) => Promise<Record<string, unknown>> };

async function restart(db: Db, actor: Actor, { id, verb, before }: Restart): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, actor, id);
		refuseUnlessIn(held, ['reading', 'ready', 'refused']);
		const details = await before(tx, held);
		await sql`update imports set state = 'reading', progress = 0, changed_at = now() where id = ${id}::uuid`.execute(
			tx
		);
		await enqueue(tx, 'import.read', { id });
		return { result: { id }, actions: [actionOf(held, verb, details)] };
	});
}

/** Gives a list up; nothing of it was written. The file may be sent again. */
export async function discard(db: Db, actor: Actor, id: string): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, actor, id);
		refuseUnlessIn(held, ['reading', 'ready', 'refused']);
		await sql`update imports set state = 'discarded', changed_at = now() where id = ${id}::uuid`.execute(tx);
		await sql`delete from import_rows where import_id = ${id}::uuid`.execute(tx);
		return { result: { id }, actions: [actionOf(held, 'discard')] };
	});
}

export type HeldImport = Import & { homeId: string };

/** The list, locked until the transaction ends, if the actor may import for its unit. */
export async function hold(tx: Tx, actor: Actor, id: string): Promise<HeldImport> {
	await sql`select 1 from imports where id = ${id}::uuid for update`.execute(tx);
	const held = await get(tx, actor, id);
	await authorise(tx, actor, 'model.import', held.unitId);
	return { ...held, homeId: await homeOf(tx, held.unitId, today()) };
}

/** Refuses with `import.state_conflict` what the list is too far or not far enough for. */
export function refuseUnlessIn(held: Import, states: readonly ImportState[]): void {
	if (!states.includes(held.state)) throw problem('import.state_conflict', { state: held.state, name: held.fileName });
}

export function actionOf(
	of: Pick<HeldImport, 'id' | 'unitId' | 'homeId'>,
	verb: string,
	details: Record<string, unknown> = {}
): NewAction {
	return { id: newId(), homeId: of.homeId, noun: 'import', recordId: of.id, verb, unitId: of.unitId, details };
}

type Found = Omit<Import, 'by'>;

const COLUMNS = sql<Found>`
	i.id, i.unit_id as "unitId", v.code as "unitCode", v.name as "unitName", i.year, i.level, i.create_units as "createUnits",
	i.state, i.progress, f.name as "fileName", f.sha256, nullif(i.summary, '{}'::jsonb) as summary,
	i.created_at as "createdAt", i.changed_at as "changedAt"`;

const SOURCES = sql`
	imports i join files f on f.id = i.file_id
	cross join lateral (select u.code, u.name from unit_versions u where u.unit_id = i.unit_id
		order by (u.valid @> ${sql.raw('current_date')}) desc, upper(u.valid) desc nulls first limit 1) v`;

/** One list, if the actor may import for its unit. Refuses otherwise as not found. */
export async function get(db: Db, actor: Actor, id: string): Promise<Import> {
	const { rows } = await sql<Found>`
		select ${COLUMNS} from ${SOURCES}
		where i.id = ${id}::uuid and ${visibleTo(actor, 'model.import', { unit: 'i.unit_id' })}`.execute(db);
	const [found] = await withBringers(db, rows);
	if (!found) throw problem('import.not_found');
	return found;
}

const SHOWN = 30;

/** The last lists of a unit and those under it, newest first. */
export async function list(db: Db, actor: Actor, unitId: string): Promise<Import[]> {
	const { rows } = await sql<Found>`
		select ${COLUMNS} from ${SOURCES}
		where exists (select 1 from unit_paths p where p.unit_id = i.unit_id and p.ancestor_id = ${unitId}::uuid and upper_inf(p.known))
			and ${visibleTo(actor, 'model.import', { unit: 'i.unit_id' })}
		order by i.created_at desc, i.id limit ${SHOWN}`.execute(db);
	return withBringers(db, rows);
}

/** Lists with who brought them in, whose name the first action of each has. */
async function withBringers(db: Db, found: readonly Found[]): Promise<Import[]> {
	const { rows } = await sql<{ id: string; by: string }>`
		select distinct on (a.record_id) a.record_id as id, a.actor_name as by from actions a
		where a.record_id = any(${found.map(({ id }) => id)}::uuid[]) order by a.record_id, a.id`.execute(db);
	const names = new Map(rows.map(({ id, by }) => [id, by]));
	return found.map((one) => ({ ...one, by: names.get(one.id) ?? '' }));
}

export type RowPage<Content> = {
	rows: { position: number; content: Content }[];
	next: number | null;
	previous: number | null;
	page: number;
};
type Paging = { verdict: Verdict; after: number; limit: number };

/** Rows as they would be written. The caller has the list from `get`. */
export async function previewRows(
	db: Db,
	id: string,
	paging: Paging & { verdict: 'accepted' | 'doubtful' }
): Promise<RowPage<PreviewRow>> {
	return page<PreviewRow>(db, id, paging);
}

/** Rows that cannot be taken in, with their reasons. The caller has the list from `get`. */
export async function listRefused(db: Db, id: string, paging: Omit<Paging, 'verdict'>): Promise<RowPage<RefusedRow>> {
	return page<RefusedRow>(db, id, { ...paging, verdict: 'refused' });
}

/** `after`: the position behind which the page begins; 0 for the first. `previous` is that of the page before. */
async function page<Content>(db: Db, id: string, { verdict, after, limit }: Paging): Promise<RowPage<Content>> {
	const { rows } = await sql<{ position: number; content: Content }>`
		select position, content from import_rows
		where import_id = ${id}::uuid and verdict = ${verdict} and position > ${after}
		order by position limit ${limit + 1}`.execute(db);
	const shown = rows.slice(0, limit);
	const next = rows.length > limit ? (shown.at(-1)?.position ?? null) : null;
	const before = await sql<{ position: number }>`
		select position from import_rows
		where import_id = ${id}::uuid and verdict = ${verdict} and position <= ${after}
		order by position desc`.execute(db);
	const previous = after > 0 ? (before.rows[limit]?.position ?? 0) : null;
	return { rows: shown, next, previous, page: Math.floor(before.rows.length / limit) + 1 };
}

/** The registration behind each model that a row may repeat or continue, in the list's year or else the one before. */
export async function registrationsOf(db: Db, modelIds: readonly string[], year: number): Promise<Map<string, string>> {
	const { rows } = await sql<{ modelId: string; id: string }>`
		select distinct on (model_id) model_id as "modelId", id from registrations
		where model_id = any(${[...new Set(modelIds)]}::uuid[]) and year <= ${year} and state <> 'withdrawn'
		order by model_id, year desc, id`.execute(db);
	return new Map(rows.map((row) => [row.modelId, row.id]));
}
