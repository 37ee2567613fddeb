import { describe, expect } from 'vitest';
import { operator } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Question } from '#lib/figures/figure.ts';
import { prove } from '#lib/figures/proofs.server.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { formatPercent } from '#lib/vietnamese/format.ts';
import { testOn } from '../../../tests/database.ts';
import { blocWorld, provinceWorld } from '../../../tests/worlds.ts';

const actor = operator('thử nghiệm');

async function value(db: Db, figure: string, question: Omit<Question, 'unitId'> & { unit: string }) {
	const { unit, ...rest } = question;
	const { id } = await getByCode(db, actor, unit);
	return (await ask(db, actor, figureNamed(figure), { ...rest, unitId: id })).value;
}

describe('the bloc', () => {
	const test = testOn(blocWorld);
	test('has the figures of the half-year 2024', async ({ db }) => {
		const h1 = { unit: 'YB-DUK', asOf: '2024-06-15' };
		expect(await value(db, 'models.registered', h1)).toBe(182);
		expect(await value(db, 'models.registered', { ...h1, where: { level: ['bloc'] } })).toBe(2);
		expect(await value(db, 'models.continuing', { ...h1, where: { level: ['base'] } })).toBe(100);
		expect(await value(db, 'models.new', { ...h1, where: { level: ['base'] } })).toBe(80);
		expect(await value(db, 'models.registered', { unit: 'YB-DUK', asOf: '2023-06-15' })).toBe(133);
		expect(await value(db, 'models.registered_change', h1)).toBe(49);
		expect(await value(db, 'models.units_not_registered', h1)).toBe(6);
		expect(
			await value(db, 'models.recognised', {
				unit: 'YB-DUK',
				from: '2023-01-01',
				asOf: '2024-02-16',
				where: { year: ['2023'] }
			})
		).toBe(64);
		const { id } = await getByCode(db, actor, 'YB-DUK');
		const proofs = (
			await prove(db, actor, figureNamed('models.registered'), { unitId: id, asOf: '2024-06-15' })
		).flatMap((base) => base.proofs);
		expect(proofs.filter((proof) => proof.kind !== 'late').every((proof) => proof.holds)).toBe(true);
	});
});

describe('the province', () => {
	const test = testOn(provinceWorld);
	test('has the figures of 2019', async ({ db }) => {
		const year = { unit: 'KG', asOf: '2019-12-31' };
		expect(await value(db, 'models.registered', year)).toBe(7736);
		expect(await value(db, 'models.registered_change', year)).toBe(399);
		expect(await value(db, 'models.recognised', year)).toBe(6568);
		expect(formatPercent((await value(db, 'models.recognition_rate', year)) ?? 0)).toBe('84,9%');
		expect(await value(db, 'models.units_not_registered', year)).toBe(0);
		expect(await value(db, 'models.recognised', { unit: 'KG', asOf: '2018-12-31' })).toBe(6011);
	});
});
