import { describe, expect, test } from 'vitest';
import { standingOf } from './calendar.ts';
import { lineOf, listFigures, listParagraphs } from './document.ts';
import { fill, fillBody, wordsOf } from './period.ts';
import { allowed, readNumber, REPORT_STATES } from './report.ts';
import { HALF_YEAR } from './template.half-year.ts';

test('what may be done in each state', () => {
	expect(Object.fromEntries(REPORT_STATES.map((state) => [state, allowed(state).join(' ')]))).toEqual({
		draft: 'edit submit',
		submitted: 'return approve',
		returned: 'edit submit return',
		approved: 'return sign',
		signed: 'correct'
	});
});

describe('the number of a paper', () => {
	test('is a number, or a number with the symbol of either family', () => {
		expect(readNumber('112')).toEqual({ number: 112, typeCode: null, issuerCode: null });
		expect(readNumber(' 112-BC/ĐUK ')).toEqual({ number: 112, typeCode: 'BC', issuerCode: 'ĐUK' });
		expect(readNumber('07/BC-UBND')).toEqual({ number: 7, typeCode: 'BC', issuerCode: 'UBND' });
		for (const wrong of ['', '0', 'BC', '112-', '1234567', '112 BC']) expect(readNumber(wrong)).toBeNull();
	});
});

describe('the words of a period', () => {
	const office = {
		name: 'Đảng uỷ Khối',
		kind: 'bloc_committee' as const,
		superiorName: null,
		placeName: 'Yên Bái',
		hasBloc: true
	};
	test('follow from its own last day', () => {
		const words = wordsOf({ code: 'half-year', beginsOn: '2024-01-01', asOf: '2024-06-15' }, office);
		expect(fill('{kỳ}, {kỳ sau}; {ngày chốt}; {năm trước}; {phạm vi}; {không có}', words)).toBe(
			'6 tháng đầu năm 2024, 6 tháng cuối năm 2024; 15/6/2024; 2023; toàn Khối; {không có}'
		);
		expect(wordsOf({ code: 'half-year', beginsOn: '2024-01-01', asOf: '2024-12-14' }, office)['kỳ sau']).toBe(
			'6 tháng đầu năm 2025'
		);
		expect(wordsOf({ code: 'year', beginsOn: '2019-01-01', asOf: '2019-12-31' }, office)['kỳ sau']).toBe('năm 2020');
	});

	test('leave out what is said of a level that the unit does not have', () => {
		const words = wordsOf({ code: 'half-year', beginsOn: '2024-01-01', asOf: '2024-06-15' }, office);
		const printed = (hasBloc: boolean) => {
			const body = fillBody(HALF_YEAR.body, words, { hasBloc });
			const sentence = listParagraphs(body).find(({ attrs }) => attrs.id === 'p1');
			return [sentence && lineOf(sentence, new Map()), listFigures(body).length];
		};
		const begins =
			'Thực hiện phong trào thi đua “Dân vận khéo”, tính đến hết ngày 15/6/2024 đã có … mô hình đăng ký trong đó: ';
		const ends = '… mô hình tiếp tục thực hiện; … mô hình đăng ký mới.';
		expect(printed(true)).toEqual([`${begins}… mô hình cấp đảng uỷ Khối; ${ends}`, 10]);
		expect(printed(false)).toEqual([begins + ends, 9]);
	});
});

test('a period is late from the day after it was due, until its report is signed', () => {
	const period = { cutOffOn: '2024-06-15', dueOn: '2024-06-25' };
	const standing = (day: string) => standingOf(period, 'draft', day);
	expect(['2024-06-14', '2024-06-15', '2024-06-18', '2024-06-25', '2024-06-26'].map(standing)).toEqual([
		'not_yet',
		'open',
		'due_soon',
		'due_soon',
		'late'
	]);
	expect(standingOf(period, 'signed', '2024-07-01')).toBe('signed');
});
