import { expect, test } from 'vitest';
import { layOut } from './family.ts';

const one = (id: string, name = id) => ({ id, code: id, name });
const descent = (from: string, to: string, whole = true) => ({ from, to, on: '2025-07-01', whole });

test('predecessors stand left, successors right, and the lines join them', () => {
	const relatives = ['a', 'b', 'me', 'c'].map((id) => one(id));
	const drawn = layOut(
		{ relatives, descents: [descent('a', 'me'), descent('b', 'me', false), descent('me', 'c')], more: false },
		'me'
	);
	const x = new Map(drawn.boxes.map((box) => [box.id, box.x]));
	expect(x.get('a')).toBe(x.get('b'));
	expect([x.get('a'), x.get('me'), x.get('c')].toSorted((p, q) => (p ?? 0) - (q ?? 0))).toEqual([
		x.get('a'),
		x.get('me'),
		x.get('c')
	]);
	expect(drawn.lines.map(({ key, whole }) => [key, whole])).toEqual([
		['a me', true],
		['b me', false],
		['me c', true]
	]);
	for (const box of drawn.boxes) expect(box.y).toBeGreaterThanOrEqual(0);
});

test('a part that two units share does not go round in circles', () => {
	const drawn = layOut(
		{ relatives: [one('a'), one('b')], descents: [descent('a', 'b', false), descent('b', 'a', false)], more: false },
		'a'
	);
	expect(drawn.boxes).toHaveLength(2);
});

test('long names stand on two lines', () => {
	const [box] = layOut(
		{ relatives: [one('a', 'Đảng uỷ xã Nghĩa Tân Thạnh Phước Long Thành Trung Hưng Yên')], descents: [], more: false },
		'a'
	).boxes;
	expect(box?.lines).toHaveLength(2);
	expect(box?.lines[1]).toMatch(/…$/);
});
