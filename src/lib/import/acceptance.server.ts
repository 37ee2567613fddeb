import { sql, type QueryResult } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { registerAll, type ListedInput } from '#lib/models/bulk.server.ts';
import { refuseUnlessInForce } from '#lib/models/choice.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { problem } from '#lib/server/problem.ts';
import { appraise, type PreviewRow } from './appraise.ts';
import { openBooks, type Books } from './books.server.ts';
import { DEFAULT_LEVEL, decisionDay, hindrances, type Consent, type Hindrance, type Summary } from './import.ts';
import { actionOf, hold, refuseUnlessIn, type HeldImport } from './import.server.ts';
import { newUnitKey } from './placing.ts';
import { establishListed } from './listed-units.server.ts';

/** Hindrance → the refusal of whoever writes all the same. */
const REFUSALS = {
	refused_rows: 'import.rows_refused',
	nothing_read: 'import.nothing_read',
	doubtful_rows: 'import.doubtful_not_accepted',
	total_differs: 'import.total_not_accepted'
} as const satisfies Record<Hindrance, string>;

/**
 * Writes a list that was read, whole or not at all: new units, models, registrations, decisions, postings and one action
 * for each. One at a time for a province: the second of two officers finds in its books what the first wrote, and is refused with
 * `import.outdated` when that changes its preview. Twice by the same actor is once.
 */
export async function accept(
	db: Db,
	actor: Actor,
	given: Consent & { id: string }
): Promise<{ id: string; count: number }> {
	const { id, ...consent } = given;
	return command(
		db,
		actor,
		async (tx) => {
			const held = await hold(tx, actor, id);
			refuseUnlessIn(held, ['ready']);
			const summary = agreed(held, consent);
			await sql`select pg_advisory_xact_lock(hashtextextended(${`imports of ${held.homeId}`}, 0))`.execute(tx);
			const rows = await rowsOf(tx, id);
			const books = await openBooks(tx, held.unitId, held.year);
			refuseIfOutdated(held, { rows, summary, books });
			const units = await establishListed(tx, actor, { office: held, listed: summary.newUnits, books });
			const registered = await registerRows(tx, held, { rows, summary, books, made: units.ids });
			await sql`
				update imports set state = 'done', accepted_doubtful = ${consent.acceptDoubtful}, changed_at = now()
				where id = ${id}::uuid`.execute(tx);
			// A list of a hundred rows in an empty office is enough for the planner to be wrong until autovacuum comes by.
			await enqueue(tx, 'database.statistics', {});
			const action = actionOf(held, 'accept', { count: rows.length, ...consent });
			return { result: { id, count: rows.length }, actions: [action, ...units.actions, ...registered] };
		},
		`import.accept ${id}`
	);
}

function agreed(held: HeldImport, consent: Consent): Summary {
	if (!held.summary) throw problem('import.nothing_read');
	const [first] = hindrances(held.summary, consent);
	if (first) {
		const { refusals, counts, declaredTotal } = held.summary;
		throw problem(REFUSALS[first], {
			refused: refusals,
			doubtful: counts.doubtful,
			read: counts.read,
			declared: declaredTotal ?? 0
		});
	}
	return held.summary;
}

const AT_ONCE = 1000;
type Kept = { position: number; content: PreviewRow };

async function rowsOf(tx: Tx, id: string): Promise<PreviewRow[]> {
	const all: PreviewRow[] = [];
	let after: number | undefined = 0;
	while (after !== undefined) {
		const { rows }: QueryResult<Kept> = await sql<Kept>`
			select position, content from import_rows
			where import_id = ${id}::uuid and position > ${after} order by position limit ${sql.lit(AT_ONCE)}`.execute(tx);
		all.push(...rows.map((row) => row.content));
		after = rows.at(-1)?.position;
	}
	return all;
}

type Read = { rows: PreviewRow[]; summary: Summary; books: Books };

/** Appraises what was read against the books of this moment; whoever agreed to a preview agreed to exactly that. */
function refuseIfOutdated({ year, createUnits }: HeldImport, { rows, summary, books }: Read): void {
	const { sheets, declaredTotal, counts } = summary;
	const list = { year, sheets, rows, refused: [], readCount: counts.read, declaredTotal };
	const now = appraise(list, { units: books.units, existing: books.existing, createUnits });
	const isSame =
		now.rows.length === rows.length && now.rows.every((row, index) => essence(row) === essence(rows[index]));
	if (!isSame) throw problem('import.outdated');
}

function essence(row: PreviewRow | undefined): string {
	const candidates = row?.candidates.map(({ code, modelId, sheet, row: number }) => [
		code,
		modelId ?? null,
		sheet ?? null,
		number ?? null
	]);
	const newUnit = row?.newUnit ? newUnitKey(row.newUnit) : null;
	return JSON.stringify([
		row?.unitId,
		newUnit,
		row?.verdict,
		row?.continuesModelId,
		row?.sameModelAs?.sheet,
		row?.sameModelAs?.row,
		candidates
	]);
}

type Writing = Read & { made: ReadonlyMap<string, string> };
type Entry = { row: PreviewRow; input: ListedInput };

/** Rows of a model that another row brings at another level come second: by then the model has its id. */
async function registerRows(tx: Tx, held: HeldImport, { rows, summary, books, made }: Writing): Promise<NewAction[]> {
	const previous = new Map<string, string>();
	for (const { modelId, level, registrationId, year } of books.existing) {
		if (year !== held.year - 1) continue;
		previous.set(modelId, previous.get(modelId) ?? registrationId);
		previous.set(`${modelId} ${level}`, registrationId);
	}
	const entries = rows.map((row) => ({ row, input: inputOf(row, { year: held.year, made, previous }) }));
	for (const level of new Set(entries.map(({ input }) => input.level))) await refuseUnlessInForce(tx, level, held.year);
	const homes = new Map([...books.units.map((unit) => unit.id), ...made.values()].map((unit) => [unit, held.homeId]));
	const lists = { homes, importId: held.id, decidedOn: decisionDay(summary, held.year, today()) };
	const [firsts, others] = [entries.filter(({ row }) => !isSecond(row)), entries.filter(({ row }) => isSecond(row))];
	const first = await registerAll(tx, { ...lists, rows: firsts.map(({ input }) => input) });
	const models = new Map(firsts.map(({ row }, index) => [place(row), first.held[index]?.modelId ?? null]));
	const second = await registerAll(tx, { ...lists, rows: others.map((entry) => ofSameModel(entry, models)) });
	return [...first.actions, ...second.actions];
}

/** A row taken in although an earlier one is alike stands for a model of its own. */
function isSecond(row: PreviewRow): boolean {
	return (
		row.sameModelAs !== null &&
		row.continuesModelId === null &&
		!row.candidates.some(({ code }) => code === 'alike_in_list')
	);
}

function ofSameModel({ row, input }: Entry, models: ReadonlyMap<string, string | null>): ListedInput {
	return { ...input, modelId: (row.sameModelAs && models.get(place(row.sameModelAs))) ?? null };
}

function place({ sheet, row }: { sheet: string; row: number }): string {
	return `${row} ${sheet}`;
}

function inputOf(
	row: PreviewRow,
	{ year, made, previous }: { year: number; made: ReadonlyMap<string, string>; previous: ReadonlyMap<string, string> }
): ListedInput {
	const unitId = row.unitId ?? (row.newUnit ? made.get(newUnitKey(row.newUnit)) : undefined);
	if (!unitId) throw new Error(`row ${row.row} of ${row.sheet} has no unit`);
	const level = row.level ?? DEFAULT_LEVEL;
	const modelId = row.candidates.some((one) => one.modelId === row.continuesModelId) ? null : row.continuesModelId;
	const previousId = modelId ? (previous.get(`${modelId} ${level}`) ?? previous.get(modelId) ?? null) : null;
	const { field, subject, novelty, name, place: where, note, registeredOn, score, recognised } = row;
	return {
		unitId,
		year,
		level,
		field,
		subject,
		novelty,
		name,
		place: where,
		note,
		registeredOn,
		score,
		recognised,
		modelId,
		previousId
	};
}
