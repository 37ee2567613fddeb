import { sql } from 'kysely';
import { FIGURES } from '#lib/catalogue.ts';
import type { Cohort, Figure, Flow } from '#lib/figures/figure.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import type { FigureChoice } from './FigurePicker.svelte';

/**
 * The figures that may be put into a report of a unit, with the facets by which each may be narrowed or spread into a
 * table. Comparisons with the year before are a way of printing a figure, so figures of change are not offered.
 */
export async function figureChoices(db: Db, unitId: string): Promise<FigureChoice[]> {
	const values = await facetValues(db);
	const unit = { name: 'unit', label: word('facet', 'unit'), values: await unitsUnder(db, unitId) };
	return FIGURES.flatMap((figure) => {
		const measure = measureOf(figure);
		if (!measure) return [];
		const facets = figure.facets.flatMap((name) => {
			const codes = values.get(`${measure} ${name}`) ?? [];
			const named = codes.map((value) => ({ value, label: word(name, value) }));
			return named.length > 0 ? [{ name, label: word('facet', name), values: named }] : [];
		});
		return {
			name: figure.name,
			label: word('figure', figure.name),
			definition: word('figure', `${figure.name}.definition`),
			isShare: figure.kind === 'ratio',
			facets: figure.kind === 'units_without' ? [] : [...facets, ...(unit.values.length > 0 ? [unit] : [])]
		};
	});
}

function measureOf(figure: Figure): string | null {
	const base: Flow | Cohort | null =
		figure.kind === 'change'
			? null
			: figure.kind === 'ratio'
				? figure.numerator
				: 'base' in figure
					? figure.base
					: figure;
	return base?.measure ?? null;
}

/** Facets whose pattern is a plain list of words; years and the like cannot be offered as a choice. */
async function facetValues(db: Db): Promise<Map<string, string[]>> {
	const { rows } = await sql<{ measure: string; facet: string; pattern: string }>`
		select measure, facet, pattern from measure_facets where pattern ~ '^[a-z_|]+$'`.execute(db);
	return new Map(rows.map((row) => [`${row.measure} ${row.facet}`, row.pattern.split('|')]));
}

async function unitsUnder(db: Db, unitId: string): Promise<{ value: string; label: string }[]> {
	const { rows } = await sql<{ value: string; label: string }>`
		select code as value, name as label from unit_versions
		where parent_id = ${unitId}::uuid and valid @> ${today()}::date order by code`.execute(db);
	return rows;
}
