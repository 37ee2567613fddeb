import { describe, expect, test } from 'vitest';
import { Problem } from '#lib/server/problem.ts';
import { readEvents } from './event-file.ts';

const rename = { kind: 'rename', effectiveOn: '1/7/2025', reason: 'đổi tên', unit: 'XA', name: 'Đảng uỷ xã Tân A' };
const merge = { kind: 'merge', effectiveOn: '1/7/2025', reason: 'sắp xếp cấp xã', units: ['XA'], into: 'XB' };
const grant = '0190a3a4-0000-7000-8000-000000000000';

function refused(told: unknown): string[] {
	try {
		readEvents(typeof told === 'string' ? told : JSON.stringify(told), 'viec.json');
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		expect(error.code).toBe('unit_event.file_unfit');
		return String(error.params['what']).trim().split('\n');
	}
	return [];
}

describe('refusals say where', () => {
	test('which event of a list, and which of its fields', () => {
		expect(refused([rename, { ...merge, effectiveOn: '31/2/2025', reason: ' ' }])).toEqual([
			'Việc thứ 2, effectiveOn: Ngày không có thật hoặc viết chưa đúng, ví dụ 15/6/2024.',
			'Việc thứ 2, reason: Ghi rõ lý do (ít nhất 5 ký tự).'
		]);
		expect(refused({ ...rename, name: '' })).toEqual(['name: Cần điền mục này.']);
		expect(refused({ events: [rename, { ...rename, kind: 'sáp nhập' }] })).toEqual([
			expect.stringContaining('Việc thứ 2, kind: Không rõ việc gì. Ghi một trong: establish')
		]);
	});
	test('of a unit that begins or is named by its code, what is wrong in the form that was meant', () => {
		const into = { code: 'XC', name: 'Đảng uỷ xã C', kind: 'commune_committee', parent: '' };
		expect(refused([{ ...merge, into }])).toEqual(['Việc thứ 1, into.parent: Cần điền mục này.']);
		expect(refused([{ ...merge, into: '' }])).toEqual(['Việc thứ 1, into: Cần điền mục này.']);
	});
	test('what is no event, no list, no JSON, or says more than there is', () => {
		expect(refused([])).toEqual(['events: Cần điền mục này.']);
		expect(refused('[{]')).toEqual([expect.stringContaining('position 2')]);
		expect(refused('null')).toEqual([expect.stringMatching(/\S/)]);
		expect(refused([{ ...rename, nam: 'x' }])).toEqual([expect.stringContaining('nam')]);
		expect(refused({ events: [rename], roles: { [grant]: 7 } })).toEqual([expect.stringContaining(`roles.${grant}: `)]);
		expect(refused(Array.from({ length: 30 }, () => ({ ...rename, name: '' }))).at(-1)).toBe('… và 10 chỗ khác');
	});
});

test('one event, a list, or a list with where roles go', () => {
	const kinds = (told: unknown) => readEvents(JSON.stringify(told), 'viec.json').events.map((event) => event.kind);
	expect(kinds(rename)).toEqual(['rename']);
	expect(kinds([rename, merge])).toEqual(['rename', 'merge']);
	const whole = readEvents(JSON.stringify({ events: [merge], roles: { [grant]: null } }), 'viec.json');
	expect(whole.roles).toEqual({ [grant]: null });
	expect(whole.events[0]).toMatchObject({ effectiveOn: '2025-07-01' });
});
