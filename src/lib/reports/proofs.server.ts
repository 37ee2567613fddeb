import type { Actor } from '#lib/accounts/actor.ts';
import { basesOf, type Cohort, type Flow } from '#lib/figures/figure.ts';
import { prove, type Proof } from '#lib/figures/proofs.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { questionsOf, yearEarlier, type AskedFigure, type Subject } from './compile.server.ts';
import { officialWord } from './label.ts';

/** What is proved of one figure that a report stands on, in one period. */
export type FigureProofs = { figure: string; from: string; asOf: string; proofs: Proof[] };

/**
 * Proves everything a report's figures are made of, each figure and period once. A proof without conditions covers every
 * narrowing of it: what is disjoint and complete as a whole is so in its parts.
 */
export async function proofsOf(db: Db, actor: Actor, subject: Subject): Promise<FigureProofs[]> {
	const wanted = new Map<string, { figure: Flow | Cohort; question: AskedFigure['question'] }>();
	for (const asked of await questionsOf(db, actor, subject)) {
		for (const each of standsOn(asked)) {
			const { unitId, from, asOf } = each.question;
			wanted.set([each.figure.name, unitId, from, asOf].join(' '), each);
		}
	}
	const found: FigureProofs[] = [];
	for (const { figure, question } of wanted.values()) {
		const { from, asOf } = question;
		for (const proved of await prove(db, actor, figure, question)) found.push({ ...proved, from, asOf });
	}
	return found;
}

function standsOn({
	listed,
	figure,
	question
}: AskedFigure): { figure: Flow | Cohort; question: AskedFigure['question'] }[] {
	const { where: _where, by: _by, ...whole } = question;
	const periods = listed.query.compare || figure.kind === 'change' ? [whole, yearEarlier(whole)] : [whole];
	return basesOf(figure).flatMap((base) => periods.map((period) => ({ figure: base, question: period })));
}

/** Refuses a report whose parts do not add up. Records entered after the cut-off are a warning, not a refusal. */
export function refuseUnproved(found: readonly FigureProofs[]): void {
	const failing = found.filter(({ proofs }) => proofs.some((proof) => proof.kind !== 'late' && !proof.holds));
	if (failing.length === 0) return;
	const figures = failing.map(({ figure }) => officialWord('figure', figure)).join(', ');
	throw problem('report.not_proved', { figures });
}

/** How many records of the report were entered after its cut-off day. */
export function countLate(found: readonly FigureProofs[]): number {
	const late = found.flatMap(({ proofs }) => proofs.flatMap((proof) => (proof.kind === 'late' ? [proof.count] : [])));
	return Math.max(0, ...late);
}
