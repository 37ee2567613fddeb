import { toneKey } from '#lib/vietnamese/text.ts';
import { fault, type Fault, type Gazetteer, type Listed, type Move, type PlaceList } from './gazetteer.ts';
import { readFullName, type PlaceTier } from './place.ts';

const CODE: Readonly<Record<PlaceTier, RegExp>> = { province: /^\d{2}$/, district: /^\d{3}$/, commune: /^\d{5}$/ };
const ABOVE: Readonly<Record<PlaceTier, readonly (PlaceTier | null)[]>> = {
	province: [null],
	district: ['province'],
	commune: ['district', 'province']
};

/** Everything that is wrong with the lists, in the order of files and lines; none: they can be taken in. */
export function findFaults({ before, since, moves, changes, aliases }: Gazetteer): Fault[] {
	const [old, present] = [index(before), index(since)];
	const faults = [
		...faultsOfList(before, old),
		...faultsOfList(since, present),
		...faultsOfMoves(moves, old, present),
		...faultsOfEnds(moves, { before, since })
	];
	for (const { at, code, was } of changes) {
		const place = present.get(code);
		if (!place) faults.push(fault(at, 'new_unknown', { code }));
		else if (toneKey(place.fullName) !== toneKey(was))
			faults.push(fault(at, 'change_unfit', { code, was, name: place.fullName }));
	}
	for (const { at, kind, place } of aliases) {
		if (kind === 'spelling' && !old.has(place)) faults.push(fault(at, 'old_unknown', { code: place }));
		if (kind === 'abolished' && !present.has(place)) faults.push(fault(at, 'new_unknown', { code: place }));
	}
	return faults.sort((a, b) => (a.file === b.file ? a.line - b.line : 0));
}

function index(list: PlaceList): Map<string, Listed> {
	return new Map(list.places.map((place) => [place.key, place]));
}

function faultsOfList({ places }: PlaceList, byKey: ReadonlyMap<string, Listed>): Fault[] {
	const seen = new Map<string, Listed>();
	return places.flatMap((place) => {
		const { at, tier, key, code, fullName, parent } = place;
		const found: Fault[] = [];
		if (code !== null && !CODE[tier].test(code)) found.push(fault(at, 'code_invalid', { code }));
		const twin = seen.get(key);
		if (twin) found.push(fault(at, 'code_twice', { code: code ?? fullName, line: twin.at.line }));
		else seen.set(key, place);
		if (!readFullName(tier, fullName)) found.push(fault(at, 'kind_unknown', { name: fullName }));
		const above = parent === null ? null : (byKey.get(parent)?.tier ?? 'missing');
		if (!ABOVE[tier].some((fit) => fit === above)) found.push(fault(at, 'parent_missing', { code: parent ?? '' }));
		return found;
	});
}

function faultsOfMoves(
	moves: readonly Move[],
	old: ReadonlyMap<string, Listed>,
	present: ReadonlyMap<string, Listed>
): Fault[] {
	const faults: Fault[] = [];
	for (const several of groupByOld(moves).values()) {
		const seen = new Map<string, Move>();
		for (const move of several) {
			const { at, becomes } = move;
			if (!old.has(move.old)) faults.push(fault(at, 'old_unknown', { code: move.old }));
			if (!present.has(becomes)) faults.push(fault(at, 'new_unknown', { code: becomes }));
			const twin = seen.get(becomes);
			if (twin) faults.push(fault(at, 'pair_twice', { old: move.old, becomes, line: twin.at.line }));
			seen.set(becomes, move);
			if (move.extent === 'whole' && several.length > 1) faults.push(fault(at, 'whole_and_more', { code: move.old }));
			if (move.extent === 'part' && several.length === 1) faults.push(fault(at, 'part_alone', { code: move.old }));
		}
		const [first, second] = several.filter((move) => move.isPrimary);
		const [lead] = several;
		if (first && second) faults.push(fault(second.at, 'primary_twice', { code: first.old, line: first.at.line }));
		if (!first && lead) faults.push(fault(lead.at, 'primary_missing', { code: lead.old }));
	}
	return faults;
}

/** Every old province and commune goes somewhere, and within the province that its own province became; every new one came from somewhere. */
function faultsOfEnds(moves: readonly Move[], { before, since }: Pick<Gazetteer, 'before' | 'since'>): Fault[] {
	const gone = groupByOld(moves);
	const come = new Set(moves.map((move) => move.becomes));
	const [oldProvince, newProvince] = [provinces(before), provinces(since)];
	const faults: Fault[] = [];
	for (const { at, tier, key, fullName } of before.places) {
		if (tier !== 'district' && !gone.has(key))
			faults.push(fault(at, 'successor_missing', { code: key, name: fullName }));
	}
	for (const { at, key, fullName } of since.places) {
		if (!come.has(key)) faults.push(fault(at, 'predecessor_missing', { code: key, name: fullName }));
	}
	for (const { at, old, becomes } of moves) {
		const [from, to] = [oldProvince.get(old), newProvince.get(becomes)];
		const fit = from === undefined ? undefined : gone.get(from)?.[0]?.becomes;
		if (to !== undefined && fit !== undefined && fit !== to)
			faults.push(fault(at, 'province_differs', { old, becomes, province: fit }));
	}
	return faults;
}

/** Key of a place → key of its province, or of itself. */
function provinces({ places }: PlaceList): Map<string, string> {
	const found = new Map<string, string>();
	for (const { key, parent } of places) found.set(key, parent === null ? key : (found.get(parent) ?? parent));
	return found;
}

function groupByOld(moves: readonly Move[]): Map<string, Move[]> {
	return Map.groupBy(moves, (move) => move.old);
}
