import { toneKey } from '#lib/vietnamese/text.ts';
import { headingKey } from './columns.ts';

export type ListedUnit = { id: string; code: string; name: string; parentId: string | null };

/** Units by folded name: whole, without its party word, and without party and place words. */
export type UnitIndex = {
	whole: Map<string, ListedUnit[]>;
	withoutParty: Map<string, ListedUnit[]>;
	bare: Map<string, ListedUnit[]>;
	parents: Map<string, string | null>;
};

/** `isKindIgnored`: found only by leaving "Đảng bộ", "Chi bộ", "Xã" … aside. */
export type UnitMatch = { unit: ListedUnit; isKindIgnored: boolean } | { several: ListedUnit[] };

/** Prepares units for `resolveUnit`. */
export function indexUnits(units: readonly ListedUnit[]): UnitIndex {
	const index: UnitIndex = { whole: new Map(), withoutParty: new Map(), bare: new Map(), parents: new Map() };
	for (const unit of units) {
		const key = unitKey(unit.name);
		add(index.whole, key, unit);
		add(index.withoutParty, stripParty(key), unit);
		add(index.bare, stripPlace(stripParty(key)), unit);
		index.parents.set(unit.id, unit.parentId);
	}
	return index;
}

export type UnitScope = {
	/** Only this unit and those under it. */
	within?: string | undefined;
	/** Do not take "Xã A" for "Phường A": another kind of place is another unit. */
	keepsPlaceKind?: boolean | undefined;
};

/**
 * The unit that a list means: by whole name; else, if only one fits, without the party word ("Đảng uỷ Sở Y tế" is
 * "Đảng bộ Sở Y tế"); else, if only one fits, without the place word. Null when none fits.
 */
export function resolveUnit(name: string, index: UnitIndex, scope: UnitScope = {}): UnitMatch | null {
	const key = unitKey(name);
	if (key === '') return null;
	const isInside = (unit: ListedUnit) => scope.within === undefined || isUnder(unit.id, scope.within, index);
	const whole = (index.whole.get(key) ?? []).filter(isInside);
	if (whole.length > 0) return only(whole, name, false);
	const plain = stripParty(key);
	const party = (index.withoutParty.get(plain) ?? []).filter(isInside);
	if (party.length > 0) return only(party, name, true);
	const bare = stripPlace(plain);
	const places = (index.bare.get(bare) ?? []).filter(isInside).filter((unit) => {
		const other = stripParty(unitKey(unit.name));
		return !scope.keepsPlaceKind || plain === bare || other === stripPlace(other);
	});
	return places.length > 0 ? only(places, name, true) : null;
}

/** Of names that differ in their marks only ("Tân Thạnh", "Tân Thành") the one that is written just so is meant. */
function only(units: ListedUnit[], name: string, isKindIgnored: boolean): UnitMatch {
	const own = stripPlace(stripParty(unitKey(name))).split(' ').length;
	const marked = (text: string) => toneKey(text).split(' ').slice(-own).join(' ');
	const exact = units.length > 1 ? units.filter((unit) => marked(unit.name) === marked(name)) : units;
	const [unit] = exact;
	return unit && exact.length === 1 ? { unit, isKindIgnored } : { several: units };
}

function isUnder(id: string, ancestor: string, { parents }: UnitIndex): boolean {
	let at: string | null | undefined = id;
	for (let depth = 0; at && depth < 20; depth++) {
		if (at === ancestor) return true;
		at = parents.get(at);
	}
	return false;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

const SHORT: readonly (readonly [RegExp, string])[] = [
	[/^tp\b/, 'thanh pho'],
	[/^tx\b/, 'thi xa'],
	[/^tt\b/, 'thi tran'],
	[/^p\b/, 'phuong'],
	[/^x\b/, 'xa'],
	[/^h\b/, 'huyen'],
	[/^du\b/, 'dang uy'],
	[/^db\b/, 'dang bo'],
	[/^cb\b/, 'chi bo'],
	[/\bubnd\b/, 'uy ban nhan dan'],
	[/\bhdnd\b/, 'hoi dong nhan dan'],
	[/\bmttq\b/, 'mat tran to quoc'],
	[/\bnn (?:va )?ptnt\b|\bnnptnt\b/, 'nong nghiep va phat trien nong thon'],
	[/\bld ?tb ?(?:va )?xh\b/, 'lao dong thuong binh va xa hoi'],
	[/\bkh (?:va )?dt\b|\bkhdt\b/, 'ke hoach va dau tu'],
	[/\bgd (?:va )?dt\b|\bgddt\b/, 'giao duc va dao tao'],
	[/\btn (?:va )?mt\b|\btnmt\b/, 'tai nguyen va moi truong'],
	[/\bkh (?:va )?cn\b|\bkhcn\b/, 'khoa hoc va cong nghe'],
	[/\bgtvt\b/, 'giao thong van tai']
];

/** A unit's name folded, without punctuation, common short forms written out. */
export function unitKey(name: string): string {
	const key = headingKey(name.replaceAll('&', ' và '));
	return SHORT.reduce((text, [pattern, words]) => text.replace(pattern, words), key);
}

function stripParty(key: string): string {
	return key.replace(/^(?:dang bo|chi bo|dang uy|ban can su dang|dang doan)(?: co so| bo phan)? (?=\S)/, '');
}

function stripPlace(key: string): string {
	return key.replace(
		/^(?:xa|phuong|thi tran|dac khu|thanh pho|thi xa|huyen uy|huyen|quan uy|quan|thanh uy|thi uy|tinh uy|tinh) (?=\S)/,
		''
	);
}
