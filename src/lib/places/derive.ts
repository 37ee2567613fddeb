import { hash } from 'node:crypto';
import { fold, normalise, toneKey } from '#lib/vietnamese/text.ts';
import { FIRST_LIST_ON, type Change, type Gazetteer, type Listed, type Move, type PlaceList } from './gazetteer.ts';
import { readFullName, type Extent, type PlaceKind, type PlaceTier } from './place.ts';

/** Ids are made of list and code, so that the same lists read again give the same places. */
const PLACES = Buffer.from('7b0d5a396f0e5d7b9f0a3c1f8a6d2e54', 'hex');

type Version = {
	id: string;
	placeId: string;
	tier: PlaceTier;
	kind: PlaceKind;
	code: string | null;
	name: string;
	fullName: string;
	nameKey: string;
	markKey: string;
	parentId: string | null;
	law: string | null;
	from: string;
	until: string | null;
};

type Succession = {
	oldPlaceId: string;
	newPlaceId: string;
	day: string;
	extent: Extent;
	isPrimary: boolean;
	isRemainder: boolean;
	confidence: string | null;
};

type NamedAlso = {
	id: string;
	placeId: string;
	kind: 'abolished' | 'spelling';
	name: string;
	nameKey: string;
	markKey: string;
	within: string | null;
	code: string | null;
	until: string | null;
};

export type Counts = {
	before: Record<PlaceTier, number>;
	since: Record<PlaceTier, number>;
	split: number;
	present: Record<string, number>;
};

/** What is written: `until` is the first day on which it no longer holds. */
export type Book = {
	places: string[];
	versions: Version[];
	successions: Succession[];
	aliases: NamedAlso[];
	counts: Counts;
};

/**
 * Places in time from lists without faults. A place goes on as itself where all of it, and nothing else, is in one place
 * of the next list; every other one of the next list is a new place that succeeds others.
 */
export function derive(gazetteer: Gazetteer): Book {
	const { before, since, moves, changes } = gazetteer;
	const oldIds = idsOf(before);
	const newIds = new Map([...idsOf(since), ...continuing(gazetteer, oldIds)]);
	const versions = [
		...before.places.map((place) => version(place, { ids: oldIds, list: before, until: since.from })),
		...since.places.map((place) => version(place, { ids: newIds, list: since, until: null }))
	];
	const joined = change(join(versions), { changes, ids: newIds });
	const successions = moves.flatMap((move) => succession(move, { oldIds, newIds, day: since.from }));
	return {
		places: [...new Set([...oldIds.values(), ...newIds.values()])],
		versions: joined,
		successions,
		aliases: aliasesOf(gazetteer, { oldIds, newIds }),
		counts: {
			before: countTiers(before),
			since: countTiers(since),
			split: new Set(moves.filter((move) => move.extent === 'part').map((move) => move.old)).size,
			present: countKinds(joined)
		}
	};
}

function idsOf({ from, places }: PlaceList): Map<string, string> {
	return new Map(
		places.map((place): [string, string] => {
			// Lists do not agree on codes of districts; in their province their names are unique.
			const told = place.tier === 'district' ? `${place.parent}/${fold(place.fullName)}` : place.key;
			return [place.key, nameId(`${from}/${told}`)];
		})
	);
}

/** UUIDv5 of a name among places: thirty thousand in a load, for which a hash object each would be a second. */
function nameId(name: string): string {
	const digest = hash('sha1', Buffer.concat([PLACES, Buffer.from(name)]), 'hex');
	const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
	const groups = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, variant + digest.slice(18, 20)];
	return [...groups, digest.slice(20, 32)].join('-');
}

function continuing({ before, since, moves }: Gazetteer, oldIds: ReadonlyMap<string, string>): Map<string, string> {
	const tiers = new Map(before.places.map((place) => [place.key, place.tier]));
	const came = Map.groupBy(moves, (move) => move.becomes);
	const same = since.places.flatMap(({ key, tier }): [string, string][] => {
		const [move, ...others] = came.get(key) ?? [];
		const id = move && oldIds.get(move.old);
		if (!id || others.length > 0 || move.extent !== 'whole' || tiers.get(move.old) !== tier) return [];
		return [[key, id]];
	});
	return new Map(same);
}

function version(
	place: Listed,
	{ ids, list, until }: { ids: ReadonlyMap<string, string>; list: PlaceList; until: string | null }
): Version {
	const { key, tier, code, parent } = place;
	const placeId = must(ids, key);
	return {
		...named(tier, place.fullName),
		id: nameId(`${placeId}/${list.from}`),
		placeId,
		tier,
		code,
		parentId: parent === null ? null : must(ids, parent),
		law: tier === 'province' ? list.law : null,
		from: list.from,
		until
	};
}

function named(tier: PlaceTier, text: string) {
	const fullName = normalise(text);
	const read = readFullName(tier, fullName);
	if (!read) throw new Error(`${fullName} is of no known kind: lists with faults are not taken in`);
	return { ...read, fullName, nameKey: fold(fullName), markKey: toneKey(fullName) };
}

/** What did not change from one list to the next is one version. */
function join(versions: readonly Version[]): Version[] {
	const joined = new Map<string, Version>();
	for (const one of versions) {
		const earlier = joined.get(one.placeId);
		const isSame =
			earlier && (['fullName', 'code', 'parentId', 'kind'] as const).every((field) => earlier[field] === one[field]);
		if (isSame) joined.set(one.placeId, { ...earlier, until: one.until });
		else joined.set(earlier ? one.id : one.placeId, earlier ? { ...one, law: null } : one);
	}
	return [...joined.values()];
}

function change(
	versions: readonly Version[],
	{ changes, ids }: { changes: readonly Change[]; ids: ReadonlyMap<string, string> }
): Version[] {
	const result = [...versions];
	for (const { code, becomes, day, law } of changes.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
		const placeId = must(ids, code);
		const at = result.findIndex((one) => one.placeId === placeId && one.until === null);
		const last = result[at];
		if (!last) throw new Error(`place ${code} has ended`);
		result[at] = { ...last, until: day };
		result.push({ ...last, ...named(last.tier, becomes), id: nameId(`${placeId}/${day}`), from: day, law });
	}
	return result;
}

function succession(
	move: Move,
	{ oldIds, newIds, day }: { oldIds: ReadonlyMap<string, string>; newIds: ReadonlyMap<string, string>; day: string }
): Succession[] {
	const [oldPlaceId, newPlaceId] = [must(oldIds, move.old), must(newIds, move.becomes)];
	if (oldPlaceId === newPlaceId) return [];
	const { extent, isPrimary, isRemainder, confidence } = move;
	return [{ oldPlaceId, newPlaceId, day, extent, isPrimary, isRemainder, confidence }];
}

function aliasesOf(
	{ aliases }: Gazetteer,
	{ oldIds, newIds }: { oldIds: ReadonlyMap<string, string>; newIds: ReadonlyMap<string, string> }
): NamedAlso[] {
	const made = aliases.map((alias): [string, NamedAlso] => {
		const placeId = must(alias.kind === 'spelling' ? oldIds : newIds, alias.place);
		const name = normalise(alias.name);
		const { kind, within, code } = alias;
		const id = nameId(`${placeId}/${kind}/${name}/${within}/${code}`);
		const keys = { nameKey: fold(name), markKey: toneKey(name) };
		return [id, { id, placeId, kind, name, ...keys, within, code, until: kind === 'abolished' ? FIRST_LIST_ON : null }];
	});
	return [...new Map(made).values()];
}

function must<T>(known: ReadonlyMap<string, T>, key: string): T {
	const found = known.get(key);
	if (found === undefined) throw new Error(`no place ${key}: lists with faults are not taken in`);
	return found;
}

function countTiers({ places }: PlaceList): Record<PlaceTier, number> {
	const count = (tier: PlaceTier) => places.filter((place) => place.tier === tier).length;
	return { province: count('province'), district: count('district'), commune: count('commune') };
}

/** Places of today by kind. */
function countKinds(versions: readonly Version[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { kind, until } of versions) if (until === null) counts[kind] = (counts[kind] ?? 0) + 1;
	return counts;
}
