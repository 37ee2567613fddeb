import type { Candidate, PreviewRow } from '#lib/import/appraise.ts';
import { listRefused, previewRows, registrationsOf } from '#lib/import/import.server.ts';
import { VERDICTS, type Import, type RefusedRow, type Verdict } from '#lib/import/import.ts';
import type { Db } from '#lib/server/db.ts';
import { names } from '#lib/units/unit.server.ts';

/** Which tab of the preview. */
export type Shown = Verdict | 'columns';

/** A row as it would be written; candidates in the books carry the address of their registration. */
export type ShownRow = Omit<PreviewRow, 'candidates'> & {
	unit: string;
	candidates: (Candidate & { href: string | null })[];
};

export type ShownRows =
	| { kind: 'refused'; rows: RefusedRow[]; pager: Pages }
	| { kind: 'doubtful' | 'accepted'; rows: ShownRow[]; pager: Pages };
type Pages = { page: number; pages: number; previous: number | null; next: number | null };

const PAGE = 50;

/** The tab asked for, else the first that has something to say. */
export function shownOf({ summary }: Import, url: URL): Shown {
	const asked = url.searchParams.get('show');
	if (asked === 'columns') return asked;
	const counts = summary?.counts;
	const fullest = summary?.refusals ? 'refused' : counts?.doubtful ? 'doubtful' : counts?.read ? 'accepted' : 'columns';
	return VERDICTS.find((verdict) => verdict === asked) ?? fullest;
}

/** One page of the rows of a tab. The caller has checked that the list may be seen. */
export async function rowsShown(
	db: Db,
	list: Import,
	{ shown, after }: { shown: Shown; after: number }
): Promise<ShownRows | null> {
	if (shown === 'columns' || !list.summary) return null;
	if (shown === 'refused') {
		const { rows, ...paging } = await listRefused(db, list.id, { after, limit: PAGE });
		return { kind: shown, rows: rows.map((row) => row.content), pager: pagesOf(paging, list.summary.refusals) };
	}
	const { rows, ...paging } = await previewRows(db, list.id, { verdict: shown, after, limit: PAGE });
	const contents = rows.map((row) => row.content);
	const modelIds = contents.flatMap((row) => row.candidates.flatMap((one) => one.modelId ?? []));
	const [units, registrations] = [
		await names(
			db,
			contents.flatMap((row) => row.unitId ?? [])
		),
		await registrationsOf(db, modelIds, list.year)
	];
	const shownRows = contents.map((row) => ({
		...row,
		unit: units.get(row.unitId ?? '')?.name ?? row.newUnit?.name ?? row.unitName,
		candidates: row.candidates.map((one) => {
			const registration = registrations.get(one.modelId ?? '');
			return { ...one, href: registration ? `/models/${registration}` : null };
		})
	}));
	return { kind: shown, rows: shownRows, pager: pagesOf(paging, list.summary.counts[shown]) };
}

function pagesOf(
	{ next, previous, page }: { next: number | null; previous: number | null; page: number },
	total: number
): Pages {
	return { next, previous, page, pages: Math.max(1, Math.ceil(total / PAGE)) };
}
