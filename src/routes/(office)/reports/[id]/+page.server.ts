import { history } from '#lib/actions/action.server.ts';
import { differences, listErrata } from '#lib/reports/erratum.server.ts';
import { hrefsOf, paperOf } from '#lib/reports/paper.server.ts';
import { proofsOf } from '#lib/reports/proofs.server.ts';
import { hindrance, REPORT_VERBS } from '#lib/reports/report.ts';
import { listReturns } from '#lib/reports/report.server.ts';
import { names } from '#lib/units/unit.server.ts';
import { rightsOn } from '../rights.server.ts';
import { proofTexts } from './proof-texts.ts';
import { open } from './report-page.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { db, actor, report } = await open(locals, params);
	const [paper, returns, errata, done, units, rights] = await Promise.all([
		paperOf(db, actor, report),
		listReturns(db, report),
		listErrata(db, report),
		history(db, [report.id]),
		names(db, [report.unitId], report.asOf),
		rightsOn(db, actor, report.unitId)
	]);
	const proofs = await proofsOf(db, actor, { ...report, knownAt: paper.knownAt });
	const unit = units.get(report.unitId);
	return {
		report,
		unit: { code: unit?.code ?? '', name: unit?.name ?? '' },
		paper: {
			figures: paper.figures.map((figure) => figure.frozen),
			narratives: paper.narratives,
			footnote: paper.footnote,
			knownAt: paper.knownAt
		},
		hrefs: hrefsOf(paper.figures),
		proofs: proofTexts(proofs),
		returns,
		errata,
		differenceCount: (await differences(db, actor, { report })).length,
		done: done
			.toReversed()
			.map(({ id, verb, actorName, actedAt, reason }) => ({ id, verb, actorName, actedAt, reason })),
		acts: REPORT_VERBS.map((verb) => ({ verb, hindrance: hindrance(verb, report.state, rights) }))
	};
};
