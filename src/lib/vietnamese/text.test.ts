import { describe, expect, it } from 'vitest';
import { formatDay, formatDayLong, formatInstant, formatNumber, formatPercent, twoDigits } from './format.ts';
import { compareText, comparePeople, fold, hasDiacritics, normalise, toneKey } from './text.ts';

describe('fold', () => {
	it.each([
		['Hoà Bình', 'Hòa Bình'],
		['Đảng uỷ Khối', 'Đảng ủy khối'],
		['Dân vận khéo', 'dan van kheo'],
		['Dân vận khéo'.normalize('NFD'), 'Dân  vận khéo '],
		['chiến sỹ', 'chiến sĩ'],
		['“Dân vận khéo”', 'Dân vận khéo']
	])('%s = %s', (a, b) => expect(fold(a)).toBe(fold(b)));
	it('keeps different words apart', () => {
		expect(fold('toàn')).not.toBe(fold('tòa'));
		expect(toneKey('Đỗ')).not.toBe(toneKey('Do'));
		expect(toneKey('hoà')).toBe(toneKey('hòa'));
	});
});

it('normalises spaces and composition only', () => {
	expect(normalise('  Bếp ăn\u00a0 nghĩa tình '.normalize('NFD'))).toBe('Bếp ăn nghĩa tình');
	expect(hasDiacritics('Dan van')).toBe(false);
	expect(hasDiacritics('Dân')).toBe(true);
});

it('sorts by the Vietnamese alphabet, numbers by value, people by given name', () => {
	expect(['cạ', 'cá', 'ca', 'cả', 'cã', 'cà'].sort(compareText)).toEqual(['ca', 'cà', 'cả', 'cã', 'cá', 'cạ']);
	expect(['Hà Giang 10', 'Hà Giang 2'].sort(compareText)).toEqual(['Hà Giang 2', 'Hà Giang 10']);
	expect(['Đào Thị An', 'Trần Văn Bình', 'Lê Văn An'].sort(comparePeople)).toEqual([
		'Đào Thị An',
		'Lê Văn An',
		'Trần Văn Bình'
	]);
});

it('writes numbers and days as officials do', () => {
	expect(formatNumber(7736)).toBe('7.736');
	expect(twoDigits(2)).toBe('02');
	expect(twoDigits(182)).toBe('182');
	expect(formatPercent(6568 / 7736)).toBe('84,9%');
	expect(formatDay('2024-06-15')).toBe('15/6/2024');
	expect(formatDay('2013-06-03')).toBe('03/6/2013');
	expect(formatDayLong('2017-02-06')).toBe('ngày 06 tháng 02 năm 2017');
	expect(formatDayLong('2024-04-16')).toBe('ngày 16 tháng 4 năm 2024');
	expect(formatInstant(new Date('2024-06-18T10:02:00Z'))).toBe('17:02 ngày 18/6/2024');
});
