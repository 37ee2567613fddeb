import { expect, test } from 'vitest';
import { findFaults } from './check.ts';
import { derive } from './derive.ts';
import type { Gazetteer, Listed, Move } from './gazetteer.ts';
import type { PlaceTier } from './place.ts';

let line = 1;
const at = () => ({ file: 'thu.csv', line: ++line });

function place(tier: PlaceTier, code: string, fullName: string, parent: string | null = null): Listed {
	return { at: at(), tier, key: code, code, fullName, parent };
}

function move(old: string, becomes: string, told: Partial<Move> = {}): Move {
	return { at: at(), old, becomes, extent: 'whole', isPrimary: true, isRemainder: false, confidence: 'high', ...told };
}

/** One province of three communes: the first stays, the second joins the third, which is split and gives its rest to a new one. */
function sound(): Gazetteer {
	return {
		source: { kind: 'files', name: 'thu' },
		before: {
			from: '2000-01-01',
			law: null,
			places: [
				place('province', '15', 'Tỉnh Yên Bái'),
				place('district', '137', 'Huyện Mù Căng Chải', '15'),
				place('commune', '04471', 'Xã Hồ Bốn', '137'),
				place('commune', '04474', 'Xã Nậm Có', '137'),
				place('commune', '04477', 'Xã Khao Mang', '137')
			]
		},
		since: {
			from: '2025-07-01',
			law: 'Nghị quyết 202/2025/QH15',
			places: [
				place('province', '10', 'Tỉnh Lào Cai'),
				place('commune', '04471', 'Xã Hồ Bốn', '10'),
				place('commune', '04474', 'Xã Khao Mang', '10'),
				place('commune', '04480', 'Xã Nậm Có', '10')
			]
		},
		moves: [
			move('15', '10'),
			move('04471', '04471'),
			move('04474', '04480'),
			move('04477', '04474', { extent: 'part' }),
			move('04477', '04480', { extent: 'part', isPrimary: false, isRemainder: true })
		],
		changes: [
			{ at: at(), code: '04480', was: 'Xã Nậm Có', becomes: 'Phường Nậm Có', day: '2026-04-30', law: 'Nghị quyết 1' }
		],
		aliases: [{ at: at(), kind: 'spelling', place: '04471', name: 'Xã Hồ bốn', within: null, code: null }]
	};
}

const codes = (gazetteer: Gazetteer) => findFaults(gazetteer).map((one) => one.code);

test('sound lists have no faults', () => {
	expect(findFaults(sound())).toEqual([]);
});

test.for<[string, (lists: Gazetteer) => void]>([
	['code_invalid', ({ before }) => before.places.push(place('commune', '4480', 'Xã A', '137'))],
	['code_twice', ({ since }) => since.places.push(place('commune', '04480', 'Xã Khác', '10'))],
	['kind_unknown', ({ since }) => since.places.splice(1, 1, place('commune', '04471', 'Hồ Bốn', '10'))],
	['parent_missing', ({ since }) => since.places.splice(1, 1, place('commune', '04471', 'Xã Hồ Bốn', '99'))],
	['old_unknown', ({ moves }) => moves.push(move('09999', '04480'))],
	['new_unknown', ({ moves }) => moves.splice(1, 1, move('04471', '09999'))],
	['pair_twice', ({ moves }) => moves.push(move('04477', '04480', { extent: 'part', isPrimary: false }))],
	['whole_and_more', ({ moves }) => moves.splice(3, 1, move('04477', '04474'))],
	['part_alone', ({ moves }) => moves.splice(2, 1, move('04474', '04480', { extent: 'part' }))],
	['primary_twice', ({ moves }) => moves.splice(4, 1, move('04477', '04480', { extent: 'part' }))],
	['primary_missing', ({ moves }) => moves.splice(2, 1, move('04474', '04480', { isPrimary: false }))],
	['successor_missing', ({ moves }) => moves.splice(2, 1)],
	['predecessor_missing', ({ since }) => since.places.push(place('commune', '04490', 'Xã Mới', '10'))],
	['change_unfit', ({ changes }) => changes.forEach((one) => (one.was = 'Xã Khác'))]
])('%s is found, at its line', ([code, spoil]) => {
	const lists = sound();
	spoil(lists);
	expect(codes(lists)).toContain(code);
	expect(findFaults(lists).every((one) => one.line > 1 && one.file === 'thu.csv')).toBe(true);
});

test('a commune led into another province than its own is found', () => {
	const lists = sound();
	lists.since.places.push(place('province', '11', 'Tỉnh Điện Biên'), place('commune', '03203', 'Xã Nậm Có', '11'));
	lists.before.places.push(place('province', '11', 'Tỉnh Điện Biên'));
	lists.moves.push(move('11', '11'));
	lists.moves.splice(2, 1, move('04474', '03203'));
	expect(codes(lists)).toContain('province_differs');
});

test('a place goes on as itself when nothing else came to it; a code that is used again means another place', () => {
	const { versions, successions, aliases, counts, places } = derive(sound());
	const by = (code: string) => versions.filter((one) => one.code === code);
	const [before, after] = by('04471');
	expect(before?.placeId).toBe(after?.placeId);
	expect([before?.until, after?.from]).toEqual(['2025-07-01', '2025-07-01']);
	const [nam, khao] = by('04474');
	expect(nam?.placeId).not.toBe(khao?.placeId);
	expect(by('04480').map(({ kind, from, until }) => [kind, from, until])).toEqual([
		['commune', '2025-07-01', '2026-04-30'],
		['ward', '2026-04-30', null]
	]);
	expect(successions.map(({ extent, isRemainder }) => [extent, isRemainder])).toEqual([
		['whole', false],
		['part', false],
		['part', true]
	]);
	expect(aliases).toMatchObject([{ placeId: before?.placeId, kind: 'spelling', nameKey: 'xa ho bon' }]);
	expect([counts.split, counts.present, places.length]).toEqual([1, { province: 1, commune: 2, ward: 1 }, 7]);
	expect(derive(sound())).toEqual(derive(sound()));
});
