import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { accept, draft, submit as submitRegistration, withdraw } from '#lib/models/registration.server.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { testOn } from '../../../tests/database.ts';
import { blocWorld, provinceWorld } from '../../../tests/worlds.ts';
import { compile } from './compile.server.ts';
import { listParagraphs, renderText } from './document.ts';
import { differences, issue, listErrata } from './erratum.server.ts';
import { docxOf, paperOf } from './paper.server.ts';
import { proofsOf } from './proofs.server.ts';
import { allowed, REPORT_STATES, type ReportState, type ReportVerb } from './report.ts';
import { createFromTemplate, edit, get, listReturns } from './report.server.ts';
import { approve, giveBack, sign, submit } from './signing.server.ts';
import { verify } from './verification.server.ts';

const actor = operator('thử nghiệm');
const test = testOn(blocWorld);

async function halfYear(db: Db) {
	const { id: unitId } = await getByCode(db, actor, 'YB-DUK');
	const { id } = await createFromTemplate(db, actor, { unitId, template: 'half-year', asOf: '2024-06-15' });
	return { id, unitId };
}

async function signed(db: Db) {
	const { id, unitId } = await halfYear(db);
	await submit(db, actor, id);
	await approve(db, actor, id);
	await sign(db, actor, { id, number: 112, signedOn: '2024-06-18', signerName: 'Hoàng Văn Sơn' });
	return { id, unitId };
}

async function register(db: Db, unitCode: string): Promise<string> {
	const { id: unitId } = await getByCode(db, actor, unitCode);
	const { id } = await draft(db, actor, {
		unitId,
		year: 2024,
		level: 'base',
		field: 'economy',
		subject: 'collective',
		novelty: 'new',
		name: 'Thu gom vỏ chai nhựa gây quỹ ghi muộn',
		registeredOn: '2024-05-02'
	});
	await submitRegistration(db, actor, [id]);
	await accept(db, actor, [id]);
	return id;
}

function person(unitId: string, role: 'officer' | 'reviewer' | 'leader' | 'administrator'): Actor {
	return { id: '00000000-0000-7000-8000-000000000001', name: role, grants: [{ unitId, role }], everything: false };
}

async function text(db: Db, id: string): Promise<string> {
	const report = await get(db, actor, id);
	const { figures, narratives } = await paperOf(db, actor, report);
	return renderText(
		report.body,
		figures.map((figure) => figure.frozen),
		narratives
	);
}

const VERBS: Readonly<Record<Exclude<ReportVerb, 'edit'>, (db: Db, as: Actor, id: string) => Promise<unknown>>> = {
	submit: (db, as, id) => submit(db, as, id),
	return: (db, as, id) => giveBack(db, as, { id, paragraphId: 'p1', reason: 'nêu rõ đơn vị' }),
	approve: (db, as, id) => approve(db, as, id),
	sign: (db, as, id) => sign(db, as, { id, number: null }),
	correct: (db, as, id) => issue(db, as, id)
};

const WAYS: Readonly<Record<ReportState, readonly (keyof typeof VERBS)[]>> = {
	draft: [],
	submitted: ['submit'],
	returned: ['submit', 'return'],
	approved: ['submit', 'approve'],
	signed: ['submit', 'approve', 'sign']
};

describe('refusals', () => {
	test.for(REPORT_STATES)('in the state %s only its verbs are done', async (state, { db }) => {
		const { id } = await halfYear(db);
		for (const verb of WAYS[state]) await VERBS[verb](db, actor, id);
		expect((await get(db, actor, id)).state).toBe(state);
		for (const [verb, run] of Object.entries(VERBS)) {
			if (allowed(state).some((each) => each === verb)) continue;
			await expect(run(db, actor, id), `${state} ${verb}`).rejects.toMatchObject({ code: 'report.state_conflict' });
		}
		if (!allowed(state).some((each) => each === 'edit')) {
			const report = await get(db, actor, id);
			await expect(edit(db, actor, report)).rejects.toMatchObject({ code: 'report.state_conflict' });
		}
	});

	test('who writes does not sign, who signs does not write, who has no right finds nothing', async ({ db }) => {
		const { id, unitId } = await halfYear(db);
		const report = await get(db, actor, id);
		const stranger: Actor = { ...person(unitId, 'officer'), grants: [] };
		await expect(get(db, stranger, id)).rejects.toMatchObject({ code: 'report.not_found' });
		await expect(get(db, person(unitId, 'administrator'), id)).rejects.toMatchObject({ code: 'report.not_found' });
		await expect(edit(db, person(unitId, 'leader'), report)).rejects.toMatchObject({ code: 'access.denied' });
		await expect(submit(db, person(unitId, 'leader'), id)).rejects.toMatchObject({ code: 'access.denied' });
		await submit(db, person(unitId, 'officer'), id);
		for (const verb of ['return', 'approve', 'sign', 'correct'] as const) {
			await expect(VERBS[verb](db, person(unitId, 'officer'), id), verb).rejects.toMatchObject({
				code: 'access.denied'
			});
		}
		await approve(db, person(unitId, 'leader'), id);
		await sign(db, person(unitId, 'leader'), { id, number: null });
		const base = await getByCode(db, actor, 'YB-DUK-14');
		const below = { unitId, template: 'year', asOf: '2024-06-15' };
		await expect(createFromTemplate(db, person(base.id, 'officer'), below)).rejects.toMatchObject({
			code: 'input.not_found'
		});
	});

	test('a report whose parts do not add up is neither submitted nor signed', async ({ db }) => {
		const { id, unitId } = await halfYear(db);
		const base = await getByCode(db, actor, 'YB-DUK-14');
		await sql`
			insert into unit_paths (ancestor_id, unit_id, depth, valid)
			values (${unitId}::uuid, ${base.id}::uuid, 2, daterange('2000-01-01', null))`.execute(db);
		await expect(submit(db, actor, id)).rejects.toMatchObject({ code: 'report.not_proved' });
		expect((await get(db, actor, id)).state).toBe('draft');
	});

	test('two writers: the second is told, and neither text is lost', async ({ db }) => {
		const { id } = await halfYear(db);
		const report = await get(db, actor, id);
		await edit(db, operator('Lê Thị Hạnh'), report);
		await expect(edit(db, actor, report)).rejects.toMatchObject({
			code: 'report.changed_meanwhile',
			params: { name: 'Lê Thị Hạnh', version: 2 }
		});
		expect(await edit(db, actor, { ...report, version: 2 })).toEqual({ version: 3 });
		const { rows } = await sql`select version from report_versions where report_id = ${id}::uuid`.execute(db);
		expect(rows).toHaveLength(3);
	});

	test('figures of unknown names and unseen units stop at the writer’s desk', async ({ db }) => {
		const { id, unitId } = await halfYear(db);
		const report = await get(db, actor, id);
		const asking = (query: object) => ({
			...report,
			body: {
				type: 'doc' as const,
				content: [
					{
						type: 'paragraph' as const,
						attrs: { id: 'p1' },
						content: [
							{
								type: 'figure' as const,
								attrs: {
									slot: 'f1',
									format: 'plain' as const,
									query: {
										figure: 'models.registered',
										unit: null,
										from: null,
										asOf: null,
										where: {},
										by: [],
										...query
									}
								}
							}
						]
					}
				]
			}
		});
		const officer = person(unitId, 'officer');
		await expect(edit(db, officer, asking({ figure: 'models.unheard_of' }))).rejects.toMatchObject({
			code: 'figure.not_found'
		});
		await expect(edit(db, officer, asking({ unit: 'YB' }))).rejects.toMatchObject({ code: 'unit.not_found' });
		await expect(edit(db, officer, asking({ unit: 'YB-DUK-14' }))).resolves.toEqual({ version: 2 });
	});

	test('a number is given once, a day of signing has come, a template is known', async ({ db }) => {
		const { unitId } = await signed(db);
		const { id } = await halfYear(db);
		await submit(db, actor, id);
		await approve(db, actor, id);
		await expect(sign(db, actor, { id, number: 112, signedOn: '2024-06-20' })).rejects.toMatchObject({
			code: 'report.number_taken'
		});
		await expect(sign(db, actor, { id, number: 113, signedOn: '2999-01-01' })).rejects.toMatchObject({
			code: 'report.signed_in_future'
		});
		const unknown = { unitId, template: 'weekly', asOf: '2024-06-15' };
		await expect(createFromTemplate(db, actor, unknown)).rejects.toMatchObject({ code: 'template.not_found' });
	});
});

describe('a report from its template', () => {
	test('prints the sentence of the half-year word for word, and its proofs hold', async ({ db }) => {
		const { id } = await halfYear(db);
		const printed = (await text(db, id)).replaceAll('uỷ', 'ủy');
		expect(printed).toContain(
			'tính đến hết ngày 15/6/2024 đã có 182 mô hình đăng ký trong đó: 02 mô hình cấp đảng ủy Khối; 100 mô hình tiếp tục thực hiện; 80 mô hình đăng ký mới.'
		);
		expect(printed).toContain('So với cùng kỳ năm 2023, số mô hình đăng ký tăng 49 mô hình (tăng 36,8%).');
		const report = await get(db, actor, id);
		expect(report.title.replaceAll('uỷ', 'ủy')).toBe('Báo cáo sơ kết công tác dân vận 6 tháng đầu năm 2024');
		expect(report.letterhead).toMatchObject({ issuerCode: 'ĐUK', place: 'Yên Bái', superior: 'Tỉnh uỷ Yên Bái' });
		const found = await proofsOf(db, actor, { ...report, knownAt: new Date() });
		expect(found.map(({ figure, asOf }) => `${figure} ${asOf}`)).toEqual([
			'models.registered 2024-06-15',
			'models.registered 2023-06-15'
		]);
		expect(found[0]?.proofs[0]).toMatchObject({ name: 'standing', total: 182, holds: true });
	});

	test('tables add up: by field and by unit, across and down', async ({ db }) => {
		const { id } = await halfYear(db);
		const report = await get(db, actor, id);
		const figures = await compile(db, actor, { ...report, knownAt: new Date() });
		for (const slot of ['t1', 't2']) {
			const table = figures.find((figure) => figure.frozen.slot === slot)?.frozen;
			const rows = table?.rows ?? [];
			const total = rows.at(-1)?.cells.map((cell) => cell.value ?? 0) ?? [];
			expect(total.at(-1)).toBe(182);
			const sums = total.map((_, column) =>
				rows.slice(0, -1).reduce((sum, row) => sum + (row.cells[column]?.value ?? 0), 0)
			);
			expect(sums).toEqual(total);
		}
	});

	testOn(provinceWorld)('prints the sentence of the year word for word', async ({ db }) => {
		const { id: unitId } = await getByCode(db, actor, 'KG');
		const { id } = await createFromTemplate(db, actor, { unitId, template: 'year', asOf: '2019-12-31' });
		const printed = await text(db, id);
		expect(printed).toContain(
			'Năm 2019, toàn tỉnh đăng ký 7.736 mô hình cấp cơ sở, tăng 399 mô hình so với năm 2018. Ban Chỉ đạo tỉnh đã công nhận 6.568 mô hình đạt cấp cơ sở, chiếm 84,9% so với số đăng ký.'
		);
	});
});

describe('the leader', () => {
	test('returns a paragraph with a reason; the next submission answers it', async ({ db }) => {
		const { id } = await halfYear(db);
		await submit(db, actor, id);
		await expect(giveBack(db, actor, { id, paragraphId: 'p1', reason: ' ' })).rejects.toMatchObject({
			code: 'report.reason_missing'
		});
		await expect(giveBack(db, actor, { id, paragraphId: 'zz', reason: 'x' })).rejects.toMatchObject({
			code: 'report.paragraph_unknown'
		});
		await giveBack(db, operator('Hoàng Văn Sơn'), { id, paragraphId: 'p2', reason: 'Nêu rõ nguyên nhân tăng' });
		const report = await get(db, actor, id);
		expect(await listReturns(db, report)).toMatchObject([
			{ paragraphId: 'p2', reason: 'Nêu rõ nguyên nhân tăng', actorName: 'Hoàng Văn Sơn', isResolved: false }
		]);
		expect(listParagraphs(report.body).some((paragraph) => paragraph.attrs.id === 'p2')).toBe(true);
		await submit(db, actor, id);
		expect(await listReturns(db, report)).toMatchObject([{ isResolved: true }]);
	});
});

describe('a signed report', () => {
	test('keeps its figures when the ledger moves on; an erratum lists old, new and why', async ({ db }) => {
		const { id, unitId } = await signed(db);
		const before = await text(db, id);
		expect(await differences(db, actor, { report: await get(db, actor, id) })).toEqual([]);
		await expect(issue(db, actor, id)).rejects.toMatchObject({ code: 'report.no_difference' });
		const late = await register(db, 'YB-DUK-14');
		expect(await text(db, id)).toBe(before);
		const report = await get(db, actor, id);
		const live = await compile(db, actor, { ...report, knownAt: new Date() });
		expect(live[0]?.frozen.text).toBe('183');
		const found = await differences(db, actor, { report });
		expect(found.find((each) => each.slot === 'f1')).toMatchObject({
			old: '182',
			new: '183',
			why: [{ record: 'Thu gom vỏ chai nhựa gây quỹ ghi muộn', verb: 'accept', actorName: 'thử nghiệm', quantity: 1 }]
		});
		expect(found.map((each) => each.slot)).toContain('t2');
		expect(found.some((each) => each.slot === 'f2')).toBe(false);
		await expect(issue(db, person(unitId, 'officer'), id)).rejects.toMatchObject({ code: 'access.denied' });
		expect(await issue(db, actor, id)).toEqual({ number: 1 });
		expect(await differences(db, actor, { report })).toEqual([]);
		await withdraw(db, actor, { ids: [late], reason: 'ghi trùng' });
		const again = await differences(db, actor, { report });
		expect(again.find((each) => each.slot === 'f1')).toMatchObject({
			old: '183',
			new: '182',
			why: [{ verb: 'withdraw', reason: 'ghi trùng' }]
		});
		await issue(db, actor, id);
		expect((await listErrata(db, report)).map((erratum) => erratum.number)).toEqual([1, 2]);
		expect(await text(db, id)).toBe(before);
	});

	test('cannot be changed with the application’s rights', async ({ clone }) => {
		const { id } = await signed(clone.db);
		const denied = /permission denied/;
		await expect(sql`update report_figures set hash = ''`.execute(clone.db)).rejects.toThrow(denied);
		await expect(sql`delete from report_figures`.execute(clone.db)).rejects.toThrow(denied);
		await expect(sql`update report_signatures set number = 1`.execute(clone.db)).rejects.toThrow(denied);
		await expect(sql`update report_versions set body = '{}'`.execute(clone.db)).rejects.toThrow(denied);
		await expect(sql`delete from report_errata`.execute(clone.db)).rejects.toThrow(denied);
		await expect(sql`update reports set as_of = '2024-01-01'`.execute(clone.db)).rejects.toThrow(denied);
		await expect(
			sql`update reports set state = 'draft' where id = ${id}::uuid`.execute(clone.db)
		).rejects.toMatchObject({
			code: 'report.already_signed'
		});
	});

	test('verifies green; with one digit changed that figure is red with the true value', async ({ db }) => {
		const { id } = await signed(db);
		const { bytes, name } = await docxOf(db, actor, await get(db, actor, id));
		expect(name).toBe('half-year-2024-06-15-112-BC-ĐUK.docx');
		const verified = await verify(db, actor, bytes);
		expect(verified).toMatchObject({ holds: true, report: { id, number: 'Số 112-BC/ĐUK', signedOn: '2024-06-18' } });
		expect(verified.figures.every(({ status }) => status === 'match')).toBe(true);
		const parts = unzipSync(bytes);
		const main = parts['word/document.xml'] ?? new Uint8Array();
		const changed = zipSync({ ...parts, 'word/document.xml': strToU8(strFromU8(main).replace('>182<', '>192<')) });
		const tampered = await verify(db, actor, changed);
		expect(tampered.holds).toBe(false);
		expect(tampered.figures.filter(({ status }) => status !== 'match')).toMatchObject([
			{ slot: 'f1', status: 'changed', printed: '182', found: '192', label: 'Mô hình đăng ký' }
		]);
	});

	test('a draft’s file and a file of nobody’s are refused in words', async ({ db }) => {
		const { id } = await halfYear(db);
		const { bytes, name } = await docxOf(db, actor, await get(db, actor, id));
		expect(name).toContain('du-thao');
		await expect(verify(db, actor, bytes)).rejects.toMatchObject({ code: 'verify.not_signed' });
		await expect(verify(db, actor, new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'verify.not_docx' });
	});
});
