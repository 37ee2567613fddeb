import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect } from 'vitest';
import { operator, type Actor, type Role } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Db } from '#lib/server/db.ts';
import { startJobs } from '#lib/server/jobs.ts';
import { establish } from '#lib/units/unit.server.ts';
import { databaseUrl, test as onEmpty } from '../../../tests/database.ts';
import { accept } from './acceptance.server.ts';
import { begin, correctColumns, discard, get, listRefused, previewRows, readAgain } from './import.server.ts';
import { read, resume } from './reading.server.ts';
import { readUnits } from './unit-list.ts';
import { FILE_BYTES, readWorkbook } from './workbook.server.ts';

const test = onEmpty.extend('data', { scope: 'test' }, async ({}, { onCleanup }): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'kheo-import-'));
	onCleanup(() => rm(folder, { recursive: true }));
	return folder;
});

const admin = operator('thử nghiệm');
const HEADINGS = [
	'STT',
	'Tên mô hình',
	'Đơn vị thực hiện',
	'Lĩnh vực',
	'Chủ thể',
	'Mới/Tiếp tục',
	'Ngày đăng ký',
	'Kết quả'
];
const GOOD = ['1', 'Bếp ăn nghĩa tình', 'Đảng bộ Sở Y tế', 'Kinh tế', 'Tập thể', 'Mới', '5/3/2024', ''];

/** A list as text; each row is a good one with some cells changed, by heading. */
function list(
	rows: readonly Record<string, string>[],
	{ headings = HEADINGS, total }: { headings?: string[]; total?: number } = {}
) {
	const lines = rows.map((changes) => HEADINGS.map((heading, index) => changes[heading] ?? GOOD[index] ?? ''));
	const foot = total === undefined ? [] : [['Tổng cộng', '', String(total)]];
	const text = [headings, ...lines, ...foot].map((cells) => cells.join('\t')).join('\n');
	return { name: 'danh-sach.csv', bytes: new TextEncoder().encode(text) };
}

async function office(db: Db): Promise<{ bloc: string; health: string; officer: Actor }> {
	const [bloc] = await establish(db, admin, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	const parentId = bloc?.id ?? '';
	const [health] = await establish(db, admin, {
		units: [{ code: 'K-1', name: 'Đảng bộ Sở Y tế', kind: 'base_committee', parentId }]
	});
	return { bloc: parentId, health: health?.id ?? '', officer: person(parentId, 'officer') };
}

function person(unitId: string, role: Role, name = 'Lê Thị Hạnh'): Actor {
	return { id: null, name, grants: [{ unitId, role }], everything: false };
}

type Sending = {
	unitId: string;
	data: string;
	file: { name: string; bytes: Uint8Array };
	year?: number;
	createUnits?: boolean;
};

function drop(db: Db, actor: Actor, { year = 2024, createUnits = false, ...rest }: Sending) {
	return begin(db, actor, { level: null, year, createUnits, ...rest });
}

/** Sends a list and reads it at once. */
async function preview(db: Db, actor: Actor, sending: Sending): Promise<string> {
	const { id } = await drop(db, actor, sending);
	await read(db, sending.data, id);
	return id;
}

async function countRegistrations(db: Db): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*) as count from registrations`.execute(db);
	return rows[0]?.count ?? 0;
}

const ALL = { acceptDoubtful: true, acceptTotal: true };
const NOTHING = { acceptDoubtful: false, acceptTotal: false };

describe('refused, and nothing is written', () => {
	test('who may not import for the unit, or not establish units', async ({ db, data }) => {
		const { bloc, health, officer } = await office(db);
		const file = list([{}]);
		const sending = { unitId: bloc, data, file };
		await expect(drop(db, person(bloc, 'leader'), sending)).rejects.toMatchObject({ code: 'access.denied' });
		await expect(drop(db, person(health, 'officer'), sending)).rejects.toMatchObject({ code: 'input.not_found' });
		await expect(drop(db, officer, { ...sending, createUnits: true })).rejects.toMatchObject({ code: 'access.denied' });
		const id = await preview(db, officer, sending);
		for (const stranger of [person(health, 'officer'), person(bloc, 'leader')]) {
			await expect(get(db, stranger, id)).rejects.toMatchObject({ code: 'import.not_found' });
			await expect(accept(db, stranger, { id, ...ALL })).rejects.toMatchObject({ code: 'import.not_found' });
			await expect(discard(db, stranger, id)).rejects.toMatchObject({ code: 'import.not_found' });
		}
		expect(await countRegistrations(db)).toBe(0);
	});

	test('units of a list, by an officer who finds it, or by a reviewer of another office', async ({ db, data }) => {
		const { bloc, health, officer } = await office(db);
		const sending = { unitId: bloc, data, file: list([{ 'Đơn vị thực hiện': 'Chi bộ Báo tỉnh' }]), createUnits: true };
		await expect(drop(db, person(health, 'reviewer'), sending)).rejects.toMatchObject({ code: 'input.not_found' });
		const id = await preview(db, person(bloc, 'reviewer'), sending);
		await expect(accept(db, officer, { id, ...NOTHING })).rejects.toMatchObject({ code: 'access.denied' });
		await expect(
			establish(db, person(bloc, 'reviewer'), {
				units: [{ code: 'K-9', name: 'Chi bộ Báo tỉnh', kind: 'base_cell', parentId: bloc }]
			})
		).rejects.toMatchObject({ code: 'access.denied' });
		expect(await countRegistrations(db)).toBe(0);
	});

	test('empty and too large files; the same file twice while the first is open or written', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const sending = { unitId: bloc, data, file: list([{}]) };
		const empty = { name: 'a.xlsx', bytes: new Uint8Array() };
		const large = { name: 'a.xlsx', bytes: new Uint8Array(FILE_BYTES + 1) };
		await expect(drop(db, officer, { ...sending, file: empty })).rejects.toMatchObject({ code: 'import.file_empty' });
		await expect(drop(db, officer, { ...sending, file: large })).rejects.toMatchObject({
			code: 'import.file_too_large'
		});
		const first = await preview(db, officer, sending);
		const sentBefore = { code: 'import.sent_before', params: { id: first, name: 'danh-sach.csv' } };
		await expect(drop(db, officer, sending)).rejects.toMatchObject(sentBefore);
		await expect(drop(db, officer, { ...sending, year: 2025 })).resolves.toHaveProperty('id');
		await discard(db, officer, first);
		const second = await preview(db, officer, sending);
		await accept(db, officer, { id: second, ...NOTHING });
		await expect(drop(db, officer, sending)).rejects.toMatchObject({ code: 'import.sent_before' });
	});

	test('one row to be mended keeps the whole list out', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const file = list([{}, { 'Tên mô hình': 'Tuyến đường hoa', 'Lĩnh vực': 'Thể thao', 'Ngày đăng ký': '31/02/2024' }]);
		const id = await preview(db, officer, { unitId: bloc, data, file });
		expect((await get(db, officer, id)).summary).toMatchObject({
			counts: { read: 2, accepted: 1, refused: 1 },
			refusals: 1
		});
		const { rows } = await listRefused(db, id, { after: 0, limit: 10 });
		expect(rows[0]?.content.reasons.map(({ column, code }) => [column, code])).toEqual([
			['D', 'field_unknown'],
			['G', 'date_impossible']
		]);
		await expect(accept(db, officer, { id, ...ALL })).rejects.toMatchObject({ code: 'import.rows_refused' });
		expect(await countRegistrations(db)).toBe(0);
	});

	test('doubtful rows and a total that differs want a word each', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const file = list([{}, { 'Tên mô hình': 'BẾP ĂN NGHĨA TÌNH' }], { total: 3 });
		const id = await preview(db, officer, { unitId: bloc, data, file });
		for (const consent of [NOTHING, { acceptDoubtful: false, acceptTotal: true }]) {
			const refusal = { code: 'import.doubtful_not_accepted' };
			await expect(accept(db, officer, { id, ...consent })).rejects.toMatchObject(refusal);
		}
		const total = { code: 'import.total_not_accepted', params: { declared: 3, read: 2 } };
		await expect(accept(db, officer, { id, ...NOTHING, acceptDoubtful: true })).rejects.toMatchObject(total);
		expect(await countRegistrations(db)).toBe(0);
		expect(await accept(db, officer, { id, ...ALL })).toEqual({ id, count: 2 });
	});

	test('what the list is too far for', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const conflict = { code: 'import.state_conflict' };
		const { id } = await drop(db, officer, { unitId: bloc, data, file: list([{}]) });
		await expect(accept(db, officer, { id, ...ALL })).rejects.toMatchObject(conflict);
		await read(db, data, id);
		await accept(db, officer, { id, ...ALL });
		await expect(discard(db, officer, id)).rejects.toMatchObject(conflict);
		await expect(readAgain(db, officer, id)).rejects.toMatchObject(conflict);
		await expect(correctColumns(db, officer, { id, choices: [] })).rejects.toMatchObject(conflict);
	});

	test('a file that is no list says why, and may be sent again', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const file = { name: 'danh-sach.xlsx', bytes: new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0]) };
		const id = await preview(db, officer, { unitId: bloc, data, file });
		const { state, summary } = await get(db, officer, id);
		expect([state, summary?.problem?.code]).toEqual(['refused', 'import.file_corrupted']);
		await expect(drop(db, officer, { unitId: bloc, data, file })).resolves.toHaveProperty('id');
	});
});

describe('a list taken in', () => {
	test('written once, however often the button is pressed; next year goes on from it', async ({ db, data }) => {
		const { bloc, health, officer } = await office(db);
		const first = await preview(db, officer, {
			unitId: bloc,
			data,
			file: list([{ 'Kết quả': 'Công nhận' }, { 'Tên mô hình': 'Tuyến đường hoa' }], { total: 2 })
		});
		const written = await accept(db, officer, { id: first, ...NOTHING });
		expect(await accept(db, officer, { id: first, ...NOTHING })).toEqual(written);
		expect((await get(db, officer, first)).state).toBe('done');
		const figures = ['models.registered', 'models.recognised'].map((name) =>
			ask(db, admin, figureNamed(name), { unitId: health, asOf: '2024-12-31' })
		);
		expect((await Promise.all(figures)).map((answer) => answer.value)).toEqual([2, 1]);
		const next = list([{ 'Mới/Tiếp tục': 'Tiếp tục', 'Ngày đăng ký': '4/2/2025' }]);
		const second = await preview(db, officer, { unitId: bloc, data, file: next, year: 2025 });
		await accept(db, officer, { id: second, ...NOTHING });
		const { rows } = await sql<{ same: boolean; imported: boolean; actions: number }>`
			select r.model_id = p.model_id as same, r.import_id = ${second}::uuid as imported, done.count as actions
			from registrations r join registrations p on p.id = r.previous_id
			join (select record_id, count(*) from actions where verb = 'import' group by record_id) done on done.record_id = r.id`.execute(
			db
		);
		expect(rows).toEqual([{ same: true, imported: true, actions: 1 }]);
	});

	test('the same model at another level in the same list is one model', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const headings = HEADINGS.map((heading) => (heading === 'Kết quả' ? 'Cấp' : heading));
		const file = list([{ 'Kết quả': 'cơ sở' }, { 'Kết quả': 'Đảng uỷ Khối' }], { headings });
		const id = await preview(db, officer, { unitId: bloc, data, file });
		expect(await accept(db, officer, { id, ...NOTHING })).toMatchObject({ count: 2 });
		const { rows } = await sql<{ levels: string[] }>`
			select array_agg(level order by level) as levels from registrations group by model_id`.execute(db);
		expect(rows).toEqual([{ levels: ['base', 'bloc'] }]);
	});

	test('units of the list are established with it, under its sheet or the office', async ({ db, data }) => {
		const { bloc } = await office(db);
		const reviewer = person(bloc, 'reviewer');
		const file = list([{ 'Đơn vị thực hiện': 'Chi bộ Báo tỉnh' }, { 'Đơn vị thực hiện': 'Xã Minh Xuân' }]);
		const id = await preview(db, reviewer, { unitId: bloc, data, file, createUnits: true });
		expect((await get(db, reviewer, id)).summary?.newUnits).toHaveLength(2);
		await accept(db, reviewer, { id, ...NOTHING });
		const written = await db
			.selectFrom('actions')
			.select(['reason', 'actor_name', 'details'])
			.where('noun', '=', 'unit')
			.where('reason', 'is not', null)
			.execute();
		expect(written).toEqual([
			{
				reason: 'danh-sach.csv',
				actor_name: 'Lê Thị Hạnh',
				details: expect.objectContaining({ codes: ['K-01', 'K-02'], importId: id })
			}
		]);
		const { rows } = await sql<{ code: string; kind: string }>`
			select code, kind from unit_versions where parent_id = ${bloc}::uuid order by code`.execute(db);
		expect(rows.map(({ code, kind }) => [code, kind])).toEqual([
			['K-01', 'base_cell'],
			['K-02', 'commune_committee'],
			['K-1', 'base_committee']
		]);
	});

	test('columns corrected by hand are remembered for lists of the same shape', async ({ db, data }) => {
		const { bloc, officer } = await office(db);
		const headings = HEADINGS.map((heading) => (heading === 'Lĩnh vực' ? 'Mảng' : heading));
		const id = await preview(db, officer, { unitId: bloc, data, file: list([{}], { headings }) });
		const sheet = (await get(db, officer, id)).summary?.sheets[0];
		const choices = (sheet?.headings ?? []).map(({ column, meaning }) => ({ sheet: 0, column, meaning }));
		const twice = choices.map((choice) => (choice.column === 3 ? { ...choice, meaning: 'name' as const } : choice));
		await expect(correctColumns(db, officer, { id, choices: twice })).rejects.toMatchObject({
			code: 'import.column_twice'
		});
		const right = choices.map((choice) => (choice.column === 3 ? { ...choice, meaning: 'field' as const } : choice));
		await correctColumns(db, officer, { id, choices: right });
		await read(db, data, id);
		expect((await get(db, officer, id)).summary?.counts).toMatchObject({ accepted: 1, refused: 0 });
		const next = await preview(db, officer, {
			unitId: bloc,
			data,
			file: list([{}, { 'Tên mô hình': 'Tuyến đường hoa' }], { headings })
		});
		expect((await get(db, officer, next)).summary?.counts).toMatchObject({ accepted: 2, refused: 0 });
	});
});

describe('two at once, and what is cut off', () => {
	test('of two officers with the same models the second must look again', async ({ clone: { db }, data }) => {
		const { bloc, officer } = await office(db);
		const other = person(bloc, 'reviewer', 'Hoàng Văn Sơn');
		const a = await preview(db, officer, { unitId: bloc, data, file: list([{}]) });
		const b = await preview(db, other, { unitId: bloc, data, file: list([{}, { 'Tên mô hình': 'Tuyến đường hoa' }]) });
		const answers = await Promise.allSettled([
			accept(db, officer, { id: a, ...NOTHING }),
			accept(db, other, { id: b, ...NOTHING })
		]);
		const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
		expect(refused).toMatchObject([{ code: 'import.outdated' }]);
		const [late, lateOfficer] = answers[0].status === 'rejected' ? [a, officer] : [b, other];
		expect(await countRegistrations(db)).toBe(late === a ? 2 : 1);
		await readAgain(db, lateOfficer, late);
		await read(db, data, late);
		const { rows } = await previewRows(db, late, { verdict: 'doubtful', after: 0, limit: 10 });
		expect(rows.map((row) => row.content.candidates[0]?.code)).toEqual(['already_registered']);
	});

	test('one list pressed by two officers is written once', async ({ clone: { db }, data }) => {
		const { bloc, officer } = await office(db);
		const id = await preview(db, officer, { unitId: bloc, data, file: list([{}]) });
		const other = { ...person(bloc, 'reviewer'), id: '01900000-0000-7000-8000-000000000001' };
		const answers = await Promise.allSettled([officer, other].map((actor) => accept(db, actor, { id, ...NOTHING })));
		expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await countRegistrations(db)).toBe(1);
	});

	test('a reading cut off by a stop of the server goes on after its start', async ({ clone, data }) => {
		const { db, pool } = clone;
		const { bloc, officer } = await office(db);
		const { id } = await drop(db, officer, { unitId: bloc, data, file: list([{}]) });
		await sql`update imports set progress = 60`.execute(db);
		await sql`delete from jobs.job`.execute(db);
		await resume(db);
		const jobs = await startJobs(pool, {
			'import.read': (job) => read(db, data, 'id' in job ? String(job.id) : '')
		});
		await expect.poll(async () => (await get(db, officer, id)).state, { timeout: 20_000 }).toBe('ready');
		await jobs.stop();
	});

	test('a writing cut off leaves nothing behind, and can be begun again', async ({ clone, data }) => {
		const { db, pool } = clone;
		const { bloc, officer } = await office(db);
		const id = await preview(db, officer, { unitId: bloc, data, file: list([{}]) });
		const { rows: named } = await sql<{ name: string }>`select current_database() as name`.execute(db);
		const owner = new pg.Client({ connectionString: databaseUrl('superuser', named[0]?.name ?? '') });
		await owner.connect();
		await owner.query('begin');
		await owner.query('lock table postings in exclusive mode');
		const cutOff = accept(db, officer, { id, ...NOTHING }).catch((error) => error.code);
		const waiting = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
		await expect.poll(async () => (await pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
		await owner.query(`select pg_terminate_backend(pid) from (${waiting}) w`);
		expect(await cutOff).toBe('database.unavailable');
		await owner.query('rollback');
		await owner.end();
		expect([await countRegistrations(db), (await get(db, officer, id)).state]).toEqual([0, 'ready']);
		expect(await accept(db, officer, { id, ...NOTHING })).toMatchObject({ count: 1 });
	});
});

test('the lists of a bloc: 133 of 2023, then 182 of 2024', async ({ db, data, skip }) => {
	const folder = new URL('../../../../shared/samples/', import.meta.url);
	if (!existsSync(new URL('dang-ky-khoi-2024.xlsx', folder)))
		skip('dang-ky-khoi-2024.xlsx is not beside the project (../shared/samples)');
	const open = async (name: string) => ({ name, bytes: await readFile(new URL(name, folder)) });
	const units = await open('don-vi-khoi.xlsx');
	const [root, ...others] = readUnits(await readWorkbook(units.bytes, units.name)).rows;
	const [bloc] = await establish(db, admin, {
		units: [{ code: root?.code ?? '', name: root?.name ?? '', kind: 'bloc_committee', parentId: null }]
	});
	const unitId = bloc?.id ?? '';
	await establish(db, admin, {
		units: others.map(({ code, name }) => ({ code, name, kind: 'base_committee', parentId: unitId }))
	});
	for (const year of [2023, 2024]) {
		const id = await preview(db, admin, { unitId, data, year, file: await open(`dang-ky-khoi-${year}.xlsx`) });
		expect(await accept(db, admin, { id, ...NOTHING })).toMatchObject({ count: year === 2023 ? 133 : 182 });
	}
	const faulty = await preview(db, admin, { unitId, data, file: await open('dang-ky-co-loi.xlsx') });
	expect((await get(db, admin, faulty)).summary?.counts).toEqual({ read: 15, accepted: 2, doubtful: 2, refused: 11 });
	const values = await Promise.all(
		['models.registered', 'models.registered_change'].map((name) =>
			ask(db, admin, figureNamed(name), { unitId, asOf: '2024-06-15' })
		)
	);
	expect(values.map((answer) => answer.value)).toEqual([182, 49]);
});
