import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { ask } from './ask.server.ts';
import type { Figure, Question } from './figure.ts';
import { records } from './records.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { post } from '#lib/ledger/ledger.server.ts';

const actor = operator('thử nghiệm');

/** Answers ids by code: a province with two districts, each with two communes and two cells under each: three tiers under the top. */
export async function world(db: Db): Promise<Map<string, string>> {
	const ids = new Map<string, string>();
	const unit = (
		code: string,
		kind: 'province_committee' | 'district_committee' | 'commune_committee' | 'base_cell'
	) => {
		ids.set(code, newId());
		return { id: ids.get(code), code, name: code, kind, parentId: ids.get(code.slice(0, -1)) ?? null };
	};
	const units = [unit('T', 'province_committee')];
	for (const district of ['T1', 'T2']) {
		units.push(unit(district, 'district_committee'));
		for (const commune of [`${district}A`, `${district}B`]) {
			units.push(
				unit(commune, 'commune_committee'),
				unit(`${commune}1`, 'base_cell'),
				unit(`${commune}2`, 'base_cell')
			);
		}
	}
	await establish(db, actor, { units });
	return ids;
}

/** A posting to be entered: of a unit by its code, `cohort` days after its case entered its cohort. */
export type Entry = {
	measure: string;
	unit: string;
	on: string;
	cohort: number;
	about: boolean;
	facets: Record<string, string>;
};

/** Enters them; answers the case of each. */
export async function enter(db: Db, ids: ReadonlyMap<string, string>, entries: readonly Entry[]): Promise<string[]> {
	const postings = entries.map(({ unit, on, cohort, facets, ...entry }) => ({
		...entry,
		homeId: ids.get('T') ?? '',
		unitId: ids.get(unit) ?? '',
		onDate: on,
		cohortOn: dayPlus(on, -cohort),
		quantity: 1,
		facets: { year: on.slice(0, 4), kind: 'model', subject: 'collective', ...facets },
		noun: 'registration',
		caseId: newId(),
		actionId: newId()
	}));
	await inTransaction(db, (tx) => post(tx, postings));
	return postings.map(({ caseId }) => caseId);
}

/** The same question without cells: what is known at a later moment is counted posting by posting. */
export async function agrees(db: Db, figure: Figure, asked: Question): Promise<void> {
	const told = await ask(db, actor, figure, asked);
	const counted = await ask(db, actor, figure, { ...asked, knownAt: new Date('2100-01-01') });
	const said = { figure: figure.name, ...asked };
	expect({ ...said, ...told, knownAt: null }).toEqual({ ...said, ...counted, knownAt: null });
	if (figure.kind !== 'units_with' && figure.kind !== 'units_without') return;
	const page = { limit: 4, after: '' };
	const listed = await records(db, actor, { figure, question: asked, page });
	const singly = await records(db, actor, { figure, question: { ...asked, knownAt: new Date('2100-01-01') }, page });
	expect(listed).toEqual(singly);
}
