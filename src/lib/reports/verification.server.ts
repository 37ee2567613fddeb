import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { problem, type ProblemCode } from '#lib/server/problem.ts';
import { numberLine } from './letterhead.ts';
import { get } from './report.server.ts';
import { listFrozen } from './signing.server.ts';
import { compare, readControls, type Refusal, type Verdict } from './verify.server.ts';

/** A verdict with what is counted there, in words. */
export type NamedVerdict = Verdict & { label: string };
export type Verification = {
	report: { id: string; title: string; number: string; signedOn: string };
	/** Every printed figure is there, once or more, and true; nothing foreign is among them. */
	holds: boolean;
	hasMacros: boolean;
	figures: NamedVerdict[];
};

const REFUSALS: Readonly<Record<Refusal, ProblemCode>> = {
	too_large: 'verify.too_large',
	not_docx: 'verify.not_docx',
	damaged: 'verify.damaged',
	no_controls: 'verify.not_ours'
};

/** Compares the figures of an uploaded .docx with those frozen in its report. Refuses files of other makers and drafts. */
export async function verify(db: Db, actor: Actor, bytes: Uint8Array): Promise<Verification> {
	const reading = readControls(bytes);
	if ('refused' in reading) throw problem(REFUSALS[reading.refused]);
	const report = await known(db, actor, reading.reportId);
	if (!report.signature) throw problem('verify.not_signed', { title: report.title });
	const frozen = (await listFrozen(db, report.id)).map((figure) => figure.frozen);
	const labels = new Map(frozen.map((figure) => [figure.slot, figure]));
	const figures = compare(reading, frozen).map((verdict) => ({ ...verdict, label: labelOf(verdict, labels) }));
	return {
		report: {
			id: report.id,
			title: report.title,
			number: numberLine(report.family, report.letterhead),
			signedOn: report.signature.signedOn
		},
		holds: figures.every(({ status }) => status === 'match' || status === 'duplicated'),
		hasMacros: reading.hasMacros,
		figures
	};
}

async function known(db: Db, actor: Actor, id: string) {
	const { rows } = await sql`select 1 from reports where id = ${id}::uuid`.execute(db);
	if (rows.length === 0) throw problem('verify.unknown_report', { id });
	return get(db, actor, id);
}

type Frozen = Awaited<ReturnType<typeof listFrozen>>[number]['frozen'];

function labelOf({ slot, cell }: Verdict, frozen: ReadonlyMap<string, Frozen>): string {
	const figure = frozen.get(slot);
	const [, row = '', column = ''] = /^r(\d+)c(\d+)$/.exec(cell ?? '') ?? [];
	const rowLabel = figure?.rows?.[Number(row) - 1]?.label;
	if (!figure || rowLabel === undefined) return figure?.label ?? slot;
	return `${rowLabel} – ${figure.columns?.[Number(column)] ?? figure.label}`;
}
