import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { testOn } from '../../../tests/database.ts';
import { blocWorld } from '../../../tests/worlds.ts';
import { listPeriods, listSenders, savePeriod } from './calendar.server.ts';
import { figureChoices } from './choice.server.ts';
import { accept, gathered, giveBack, listOwn, send } from './narrative.server.ts';
import { paperOf } from './paper.server.ts';
import { createFromTemplate, get } from './report.server.ts';
import { edit, listFor } from './template.server.ts';

const test = testOn(blocWorld);
const boss = operator('thử nghiệm');

async function people(db: Db) {
	const bloc = await getByCode(db, boss, 'YB-DUK');
	const base = await getByCode(db, boss, 'YB-DUK-14');
	const as = (unitId: string, role: 'officer' | 'reviewer'): Actor => ({
		id: '00000000-0000-7000-8000-000000000001',
		name: `${role} của ${unitId}`,
		grants: [{ unitId, role }],
		everything: false
	});
	const below = { unitId: base.id, code: 'half-year', beginsOn: '2024-01-01', section: 'obstacles' };
	const above = { unitId: bloc.id, code: 'half-year', beginsOn: '2024-01-01' };
	return {
		bloc,
		base,
		below,
		above,
		officer: as(bloc.id, 'officer'),
		reviewer: as(bloc.id, 'reviewer'),
		writer: as(base.id, 'officer')
	};
}

const period = {
	code: 'half-year',
	name: 'Sơ kết 6 tháng đầu năm 2024',
	beginsOn: '2024-01-01',
	cutOffOn: '2024-06-15',
	endsOn: '2024-06-30',
	dueOn: '2024-06-25'
};

describe('narratives of the units below', () => {
	test('are written by their unit only, judged by the office only, and say why', async ({ db }) => {
		const { below, above, officer, writer } = await people(db);
		await expect(send(db, writer, { ...below, unitId: above.unitId, text: 'x' })).rejects.toMatchObject({
			code: 'input.not_found'
		});
		await expect(send(db, writer, { ...below, text: ' \n ' })).rejects.toMatchObject({ code: 'narrative.empty' });
		const { id } = await send(db, writer, { ...below, text: 'Khó bố trí thời gian.\n\n  Kinh phí hạn chế. ' });
		await expect(accept(db, writer, id)).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(giveBack(db, officer, { id, reason: ' ' })).rejects.toMatchObject({ code: 'report.reason_missing' });
		await giveBack(db, officer, { id, reason: 'Nêu ví dụ cụ thể' });
		expect(await listOwn(db, writer, below)).toMatchObject([{ state: 'returned', reason: 'Nêu ví dụ cụ thể' }]);
		await expect(giveBack(db, officer, { id, reason: 'lần nữa' })).rejects.toMatchObject({
			code: 'narrative.state_conflict'
		});
	});

	test('stand in the report once they are taken over, and can no longer be rewritten', async ({ db }) => {
		const { below, above, officer, writer } = await people(db);
		const { id } = await send(db, writer, { ...below, text: 'Khó bố trí thời gian.\nKinh phí hạn chế.' });
		expect((await gathered(db, above))['obstacles']).toMatchObject({
			title: 'Tồn tại, hạn chế',
			paragraphs: [],
			awaiting: 1
		});
		await accept(db, officer, id);
		await expect(send(db, writer, { ...below, text: 'khác' })).rejects.toMatchObject({
			code: 'narrative.accepted_already'
		});
		const report = await createFromTemplate(db, boss, {
			unitId: above.unitId,
			template: 'half-year',
			asOf: '2024-06-15'
		});
		const { narratives } = await paperOf(db, boss, await get(db, boss, report.id));
		expect(narratives['obstacles']?.paragraphs).toEqual(['Khó bố trí thời gian.', 'Kinh phí hạn chế.']);
		const senders = await listSenders(db, officer, above);
		expect(senders).toHaveLength(77);
		expect(senders.at(-1)).toMatchObject({ code: 'YB-DUK-14', accepted: 1 });
	});
});

describe('the calendar', () => {
	test('is kept by who reviews; a period is there once and gives the report its first day', async ({ db }) => {
		const { bloc, officer, reviewer } = await people(db);
		await expect(savePeriod(db, officer, { ...period, unitId: bloc.id })).rejects.toMatchObject({
			code: 'access.denied'
		});
		const { id } = await savePeriod(db, reviewer, { ...period, unitId: bloc.id, beginsOn: '2023-12-16' });
		await expect(
			savePeriod(db, reviewer, { ...period, unitId: bloc.id, beginsOn: '2023-12-16' })
		).rejects.toMatchObject({
			code: 'report.period_taken'
		});
		const made = await createFromTemplate(db, officer, { unitId: bloc.id, template: 'half-year', asOf: '2024-06-15' });
		expect(await get(db, officer, made.id)).toMatchObject({ beginsOn: '2023-12-16', asOf: '2024-06-15' });
		await savePeriod(db, reviewer, { ...period, unitId: bloc.id, beginsOn: '2023-12-16', dueOn: '2024-06-28', id });
		expect(await listPeriods(db, officer, bloc.id)).toMatchObject([
			{ dueOn: '2024-06-28', reportId: made.id, state: 'draft', unitCount: 77, senderCount: 0 }
		]);
	});
});

describe('templates', () => {
	test('an edited one is a new version of the office’s own; reports that were begun keep theirs', async ({ db }) => {
		const { bloc, base, officer, reviewer } = await people(db);
		const before = await createFromTemplate(db, officer, {
			unitId: bloc.id,
			template: 'half-year',
			asOf: '2024-06-15'
		});
		const supplied = (await listFor(db, bloc.id)).find(({ code }) => code === 'half-year');
		if (!supplied) throw new Error('no template');
		const { letterhead, body, family } = supplied;
		const changed = {
			unitId: bloc.id,
			code: 'half-year',
			version: supplied.version,
			name: 'Mẫu của Khối',
			family,
			letterhead,
			body
		};
		await expect(edit(db, officer, changed)).rejects.toMatchObject({ code: 'access.denied' });
		const short = { ...changed, body: { ...body, content: body.content.slice(0, 1) } };
		expect(await edit(db, reviewer, short)).toEqual({ version: supplied.version + 1 });
		await expect(edit(db, reviewer, short)).rejects.toMatchObject({ code: 'template.changed_meanwhile' });
		const after = await createFromTemplate(db, officer, { unitId: bloc.id, template: 'half-year', asOf: '2024-06-15' });
		expect((await get(db, officer, after.id)).body.content).toHaveLength(1);
		expect((await get(db, officer, before.id)).body.content).toHaveLength(body.content.length);
		expect((await listFor(db, base.id)).map(({ name, ownerName }) => [name, ownerName])).toContainEqual([
			'Mẫu của Khối',
			'Đảng uỷ Khối cơ quan và doanh nghiệp'
		]);
	});
});

test('the picker offers every figure but comparisons, with the values of its facets', async ({ db }) => {
	const { bloc } = await people(db);
	const choices = await figureChoices(db, bloc.id);
	const registered = choices.find(({ name }) => name === 'models.registered');
	expect(registered?.facets.map(({ name, values }) => [name, values.length])).toEqual([
		['level', 4],
		['kind', 2],
		['field', 4],
		['subject', 2],
		['novelty', 2],
		['unit', 77]
	]);
	expect(choices.some(({ name }) => name.endsWith('change'))).toBe(false);
	expect(choices.find(({ name }) => name === 'models.recognition_rate')?.isShare).toBe(true);
});
