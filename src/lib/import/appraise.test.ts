import { describe, expect, test } from 'vitest';
import { appraise, type ExistingRegistration } from './appraise.ts';
import { readRegistrations, type RegistrationList } from './registration-list.ts';
import type { ReadRow } from './registration-row.ts';
import { readSample } from './sample-files.ts';
import { readUnits } from './unit-list.ts';
import { indexUnits, resolveUnit } from './unit-names.ts';

const UNITS = [
	{ id: 'office', code: 'YB-DUK', name: 'Đảng uỷ Khối cơ quan và doanh nghiệp', parentId: null },
	{ id: 'health', code: 'YB-DUK-14', name: 'Đảng bộ Sở Y tế', parentId: 'office' },
	{ id: 'hospital', code: 'YB-DUK-65', name: 'Chi bộ Bệnh viện Đa khoa tỉnh', parentId: 'office' },
	{ id: 'farming', code: 'YB-DUK-05', name: 'Đảng bộ Sở Nông nghiệp và Phát triển nông thôn', parentId: 'office' }
];

function row(changes: Partial<ReadRow>): ReadRow {
	return {
		sheet: 'Sheet1',
		row: 2,
		level: 'base',
		name: 'Tuyến đường hoa',
		unitName: 'Đảng bộ Sở Y tế',
		sheetUnitName: null,
		field: 'economy',
		subject: 'collective',
		novelty: 'new',
		registeredOn: '2024-03-05',
		place: null,
		note: null,
		score: null,
		recognised: null,
		notices: [],
		...changes
	};
}

function list(...changes: Partial<ReadRow>[]): RegistrationList {
	const rows = changes.map((change, index) => row({ row: index + 2, ...change }));
	return { year: 2024, sheets: [], rows, refused: [], readCount: rows.length, declaredTotal: null };
}

function known(changes: Partial<ExistingRegistration>): ExistingRegistration {
	const registration = { modelId: 'm1', registrationId: 'r1', unitId: 'health', year: 2024, level: 'base' } as const;
	return { ...registration, name: 'Tuyến đường hoa', place: null, ...changes };
}

function verdicts(rows: Partial<ReadRow>[], existing: ExistingRegistration[] = []) {
	const preview = appraise(list(...rows), { units: UNITS, existing, createUnits: false });
	return preview.rows.map((one) => one.candidates.map((candidate) => candidate.code).join() || one.verdict);
}

describe('possible duplicates', () => {
	test('names alike but for tone marks, case and the place', () => {
		expect(verdicts([{}, { name: 'TUYẾN ĐƯỜNG HOA' }])).toEqual(['accepted', 'alike_in_list']);
		expect(verdicts([{}, { name: 'Tuyến đường hoa tại xã Minh Xuân' }])).toEqual(['accepted', 'alike_in_list']);
		expect(verdicts([{}, { name: 'Tuyen duong hoa' }])).toEqual(['accepted', 'alike_in_list']);
	});

	test('not where both name a place, the units differ, or the level does', () => {
		const [a, b] = ['Tuyến đường hoa tại xã Tân Hợp', 'Tuyến đường hoa ở phường Yên Thịnh'];
		expect(verdicts([{ name: a }, { name: b }])).toEqual(['accepted', 'accepted']);
		expect(verdicts([{}, { unitName: 'Chi bộ Bệnh viện Đa khoa tỉnh' }])).toEqual(['accepted', 'accepted']);
		const [, promoted] = appraise(list({}, { level: 'bloc' }), { units: UNITS, existing: [], createUnits: false }).rows;
		expect(promoted).toMatchObject({ verdict: 'accepted', sameModelAs: { sheet: 'Sheet1', row: 2 } });
	});

	test('against the books of this year and the last', () => {
		expect(verdicts([{}], [known({})])).toEqual(['already_registered']);
		expect(verdicts([{}], [known({ name: 'Tuyến đường hoa tại xã Tân Hợp' })])).toEqual(['alike_this_year']);
		expect(verdicts([{}], [known({ year: 2023 })])).toEqual(['alike_last_year']);
		expect(verdicts([{}], [known({ year: 2022 })])).toEqual(['accepted']);
		expect(verdicts([{}], [known({ unitId: 'farming' })])).toEqual(['accepted']);
	});

	test('a model registered at another level this year goes on with its identity', () => {
		const [promoted] = appraise(list({ level: 'bloc' }), {
			units: UNITS,
			existing: [known({})],
			createUnits: false
		}).rows;
		expect(promoted).toMatchObject({ verdict: 'accepted', continuesModelId: 'm1' });
	});
});

describe('a continuing model is tied to last year’s', () => {
	const continuing = (existing: ExistingRegistration[], ...rows: Partial<ReadRow>[]) =>
		appraise(list(...rows.map((one) => ({ novelty: 'continuing' as const, ...one }))), {
			units: UNITS,
			existing,
			createUnits: false
		}).rows.map((one) => [one.continuesModelId, one.verdict, ...one.notices.map((notice) => notice.code)]);

	test('of the same unit, else the only one of that name', () => {
		const last = known({ year: 2023 });
		expect(continuing([last], {})).toEqual([['m1', 'accepted']]);
		expect(continuing([{ ...last, unitId: 'farming' }], {})).toEqual([['m1', 'accepted', 'continues_from_other_unit']]);
	});

	test('never two rows to one model, never one of several', () => {
		const last = known({ year: 2023 });
		const elsewhere = { unitName: 'Chi bộ Bệnh viện Đa khoa tỉnh' };
		expect(continuing([last], {}, elsewhere)).toEqual([
			['m1', 'accepted'],
			[null, 'accepted', 'continuing_without_last_year']
		]);
		const other = known({ year: 2023, modelId: 'm2', name: 'Tuyến đường hoa tại xã Tân Hợp' });
		const third = { ...other, modelId: 'm3', name: 'Tuyến đường hoa ở phường Yên Thịnh' };
		expect(continuing([other, third], {})).toEqual([[null, 'doubtful']]);
	});
});

describe('units', () => {
	const find = (name: string, units = UNITS, scope = {}) => {
		const match = resolveUnit(name, indexUnits(units), scope);
		return match && 'unit' in match ? [match.unit.id, match.isKindIgnored] : match;
	};

	test('by whole name, then without the kind word if only one fits', () => {
		expect(find('ĐẢNG BỘ SỞ Y TẾ')).toEqual(['health', false]);
		expect(find('Đảng uỷ Sở Y tế')).toEqual(['health', true]);
		expect(find('Sở Y tế')).toEqual(['health', true]);
		expect(find('Sở NN&PTNT')).toEqual(['farming', true]);
		expect(find('Đảng bộ Sở Không Có')).toBeNull();
	});

	test('a name that several bear is refused; another kind of place is another unit while units are being made', () => {
		const places = ['Xã Rạch Giá 4', 'Phường Rạch Giá 4'].map((name) => ({
			id: name,
			code: name,
			name,
			parentId: null
		}));
		expect(find('Rạch Giá 4', places)).toMatchObject({ several: [{}, {}] });
		expect(find('Thị trấn Rạch Giá 4', places.slice(0, 1))).toEqual(['Xã Rạch Giá 4', true]);
		expect(find('Thị trấn Rạch Giá 4', places.slice(0, 1), { keepsPlaceKind: true })).toBeNull();
	});

	test('an unknown unit refuses its row, or is made under its sheet’s', () => {
		const unknown = { unitName: 'Xã Tân Hợp', sheetUnitName: 'Huyện A' };
		const rows = list(unknown, unknown, { ...unknown, sheetUnitName: 'Huyện B' });
		const refused = appraise(rows, { units: UNITS, existing: [], createUnits: false });
		expect(refused.counts).toEqual({ read: 3, accepted: 0, doubtful: 0, refused: 3 });
		expect(refused.refused[0]).toMatchObject({ code: 'unit_unknown', row: 2, value: 'Xã Tân Hợp' });
		const made = appraise(rows, { units: UNITS, existing: [], createUnits: true });
		expect(made.newUnits.map((unit) => [unit.parentName, unit.name])).toEqual([
			[null, 'Huyện A'],
			['Huyện A', 'Xã Tân Hợp'],
			[null, 'Huyện B'],
			['Huyện B', 'Xã Tân Hợp']
		]);
		expect(made.rows.map((one) => one.verdict)).toEqual(['accepted', 'doubtful', 'accepted']);
	});
});

describe('the lists of offices', () => {
	const unitsOf = async (skip: (reason: string) => void) => {
		const { rows, refused } = readUnits(await readSample('don-vi-khoi.xlsx', skip));
		expect(refused).toEqual([]);
		return rows.map((unit) => ({ id: unit.code, code: unit.code, name: unit.name, parentId: unit.parentCode }));
	};

	test('all 182 of the bloc’s list find their unit, none is doubtful', async ({ skip }) => {
		const units = await unitsOf(skip);
		const read = readRegistrations(await readSample('dang-ky-khoi-2024.xlsx', skip), {
			year: 2024,
			today: '2024-06-30'
		});
		const preview = appraise(read, { units, existing: [], createUnits: false });
		expect(preview.counts).toEqual({ read: 182, accepted: 182, doubtful: 0, refused: 0 });
	});

	test('of the 15 rows that are wrong, each gets its due', async ({ skip }) => {
		const units = await unitsOf(skip);
		const read = readRegistrations(await readSample('dang-ky-co-loi.xlsx', skip), { year: 2024, today: '2024-06-30' });
		const preview = appraise(read, { units, existing: [], createUnits: false });
		const found = [
			...preview.rows.map((one) => [one.row - 1, one.verdict, ...one.notices.map((notice) => notice.code)].join(' ')),
			...preview.refused.map((one) => `${one.row - 1} ${one.column} ${one.code}`)
		];
		expect(found.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))).toEqual([
			'1 accepted',
			'2 doubtful letters_composed',
			'3 C unit_unknown',
			'4 accepted spaces_squeezed field_spelling unit_kind_ignored',
			'5 G novelty_both',
			'6 G novelty_missing',
			'7 B name_missing',
			'8 I date_impossible',
			'9 I date_in_future',
			'10 D field_unknown',
			'11 B formula_without_value',
			'12 B name_markup',
			'13 B name_too_long',
			'14 E subject_both',
			'14 I date_without_day',
			'15 doubtful unit_kind_ignored'
		]);
		expect(preview.counts).toEqual({ read: 15, accepted: 2, doubtful: 2, refused: 11 });
	});
});
