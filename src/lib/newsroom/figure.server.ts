import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import { tellsFew } from '#lib/figures/public.server.ts';
import { SMALLEST_CLOSED } from '#lib/figures/reach.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { compile, questionsOf, type CompiledFigure, type Subject } from '#lib/reports/compile.server.ts';
import type { FrozenFigure, ReportBody } from '#lib/reports/document.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { listFigures, type Body } from './body.ts';

/** Figures in articles are those of reports: the same questions, asked and printed by the same code. */

/** Refuses a figure that is not known, or of a unit the actor may not see. */
export async function refuseUnknownFigures(db: Db, actor: Actor, of: { unitId: string; body: Body }): Promise<void> {
	if (listFigures(of.body).length > 0) await questionsOf(db, actor, subjectOf(of));
}

/** The figures as they are now, by slot: for who writes. */
export async function askFigures(db: Db, actor: Actor, of: { unitId: string; body: Body }): Promise<FrozenFigure[]> {
	if (listFigures(of.body).length === 0) return [];
	return (await compile(db, actor, subjectOf(of))).map(forReaders);
}

/**
 * A figure as the public may read it: one that tells of fewer than five cases says so and no more. What is kept with the version
 * has no number either, so that no later page, feed or search finds it.
 */
function forReaders({ frozen, answers }: CompiledFigure): FrozenFigure {
	if (!answers.some(tellsFew)) return frozen;
	const isCount = frozen.query.compare === undefined && answers.every(({ numerator }) => numerator === undefined);
	const text = isCount
		? m.portal_figure_hidden({ least: SMALLEST_CLOSED }, { locale: 'vi' })
		: m.article_figure_untold({}, { locale: 'vi' });
	return { ...frozen, text, value: null, isHidden: true };
}

/** Keeps the figures of a version as they are on publication; those of a version that was public before stay what they were. */
export async function freezeFigures(
	tx: Tx,
	actor: Actor,
	of: { articleId: string; version: number; unitId: string; body: Body }
): Promise<void> {
	if (listFigures(of.body).length === 0) return;
	for (const compiled of await compile(tx, actor, subjectOf(of))) {
		const frozen = forReaders(compiled);
		await sql`
			insert into article_figures (article_id, version, slot, frozen, doors)
			values (${of.articleId}::uuid, ${of.version}, ${frozen.slot}, ${JSON.stringify(frozen)}::jsonb, ${JSON.stringify(compiled.doors)}::jsonb)
			on conflict (article_id, version, slot) do nothing`.execute(tx);
	}
}

/** The figures of a public version, by slot. */
export async function frozenFigures(db: Db, of: { articleId: string; version: number }): Promise<FrozenFigure[]> {
	const { rows } = await sql<{ frozen: FrozenFigure }>`
		select frozen from article_figures where article_id = ${of.articleId}::uuid and version = ${of.version} order by slot`.execute(
		db
	);
	return rows.map(({ frozen }) => frozen);
}

/** A report of nothing but the figures, on the year up to today. */
function subjectOf({ unitId, body }: { unitId: string; body: Body }): Subject {
	const asOf = today();
	const content = listFigures(body).map((attrs) => ({ type: 'figure' as const, attrs }));
	const asked: ReportBody = { type: 'doc', content: [{ type: 'paragraph', attrs: { id: 'p1' }, content }] };
	return { unitId, beginsOn: `${asOf.slice(0, 4)}-01-01`, asOf, structure: 'then', body: asked, knownAt: new Date() };
}
