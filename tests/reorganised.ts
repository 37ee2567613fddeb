/**
 * Units and what they have, kept by hand: every question is answered by playing all that was told anew, on one day, without
 * ranges or paths. For tests: a second way to every restated figure, and the chance that makes histories.
 */
import type { UnitEventInput } from '#lib/units/event.schema.ts';

type Gift = { unit: string; caseId: string; heir: string };
export type Deed = { round: number; day: string } & (
	| { kind: 'establish'; unit: string; parent: string }
	| { kind: 'rename'; unit: string; name: string }
	| { kind: 'move'; unit: string; parent: string }
	| {
			kind: 'end';
			units: string[];
			heir: string | null;
			opens: { unit: string; parent: string } | null;
			goes: [string, string][];
	  }
	| {
			kind: 'split';
			unit: string;
			opens: string[];
			parent: string;
			goes: [string, string][];
			rest: string | null;
			gifts: Gift[];
			ends: boolean;
	  }
);
export type Entry = { round: number; unit: string; day: string; caseId: string; quantity: number };
export type Chronicle = { root: string; deeds: Deed[]; entries: Entry[] };

/** The tree of a day. `heir` of a closed unit is null where nobody took it over. */
export type Tree = { parent: Map<string, string>; heir: Map<string, string | null>; gifts: Map<string, string> };

class Contradiction extends Error {}

const NEVER = Number.POSITIVE_INFINITY;

/** What stands on a day, by what was told up to a round. */
export function treeOn(told: Chronicle, day: string, known = NEVER): Tree {
	const tree: Tree = { parent: new Map(), heir: new Map(), gifts: new Map() };
	const holding = told.deeds.filter((deed) => deed.round <= known && deed.day <= day);
	for (const deed of holding.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)))
		play(tree, deed, told.root);
	return tree;
}

function play(tree: Tree, deed: Deed, root: string): void {
	const isOpen = (unit: string): boolean => unit === root || (tree.parent.has(unit) && !tree.heir.has(unit));
	const want = (unit: string): void => {
		if (!isOpen(unit)) throw new Contradiction(unit);
	};
	const open = (unit: string, parent: string): void => {
		if (tree.parent.has(unit)) throw new Contradiction(unit);
		tree.parent.set(unit, parent);
	};
	const go = ([unit, parent]: [string, string]): void => {
		want(unit);
		tree.parent.set(unit, parent);
	};
	switch (deed.kind) {
		case 'establish':
			return open(deed.unit, deed.parent);
		case 'rename':
			return want(deed.unit);
		case 'move':
			return go([deed.unit, deed.parent]);
		case 'end':
			if (deed.opens) open(deed.opens.unit, deed.opens.parent);
			deed.goes.forEach(go);
			for (const unit of deed.units) {
				want(unit);
				tree.heir.set(unit, deed.heir);
			}
			return;
		case 'split':
			want(deed.unit);
			for (const unit of deed.opens) open(unit, deed.parent);
			deed.goes.forEach(go);
			for (const { unit, caseId, heir } of deed.gifts) tree.gifts.set(`${unit} ${caseId}`, heir);
			if (deed.ends) tree.heir.set(deed.unit, deed.rest);
	}
}

/** A unit and all that it stands under, closed ones under whom they went to. Refuses circles. */
export function above(tree: Tree, unit: string, before: ReadonlyMap<string, string> = NONE): string[] {
	const way = [unit];
	const up = (of: string): string | undefined => tree.heir.get(of) ?? tree.parent.get(of) ?? before.get(of);
	for (let next = up(unit); next !== undefined; next = up(next)) {
		if (way.includes(next)) throw new Contradiction(next);
		way.push(next);
	}
	return way;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Where units stood at the end of the day they began: there they stand on older trees. */
function begun(told: Chronicle, known = NEVER): Map<string, string> {
	const parents = new Map<string, string>();
	for (const deed of told.deeds) {
		if (deed.round > known) continue;
		const tree = treeOn(told, deed.day, known);
		for (const unit of opens(deed)) parents.set(unit, tree.parent.get(unit) ?? told.root);
	}
	return parents;
}

/** The units that a deed brings into being. */
export function opens(deed: Deed): string[] {
	if (deed.kind === 'establish') return [deed.unit];
	if (deed.kind === 'end') return deed.opens ? [deed.opens.unit] : [];
	return deed.kind === 'split' ? deed.opens : [];
}

/** Does the whole hang together on every day: no circles, nobody open under who is closed or not there yet? */
export function holdsTogether(told: Chronicle): boolean {
	try {
		for (const day of new Set(told.deeds.map((deed) => deed.day))) {
			const tree = treeOn(told, day);
			for (const [unit, parent] of tree.parent) {
				above(tree, unit);
				const isThere = parent === told.root || (tree.parent.has(parent) && !tree.heir.has(parent));
				if (!tree.heir.has(unit) && !isThere) return false;
			}
		}
		return true;
	} catch (reason) {
		if (reason instanceof Contradiction) return false;
		throw reason;
	}
}

/** The open unit that a unit's records stand with on a day; null: with nobody. */
export function standsWith(tree: Tree, unit: string): string | null {
	for (let at: string = unit; ;) {
		if (!tree.heir.has(at)) return at;
		const heir = tree.heir.get(at) ?? null;
		if (heir === null) return null;
		at = heir;
	}
}

export type Ask = { from: string; asOf: string; structure: string; known?: number };

/** What every unit has by the ledger, and by everything under it. */
export function totals(told: Chronicle, { from, asOf, structure, known = NEVER }: Ask): Map<string, number> {
	const sums = new Map<string, number>();
	const trees = new Map<string, Tree>();
	const before = begun(told, known);
	for (const entry of told.entries) {
		if (entry.round > known || entry.day < from || entry.day > asOf) continue;
		const day = structure === 'then' ? entry.day : structure;
		const tree = trees.get(day) ?? treeOn(told, day, known);
		trees.set(day, tree);
		const given = structure === 'then' ? undefined : tree.gifts.get(`${entry.unit} ${entry.caseId}`);
		const stands = given ?? entry.unit;
		for (const unit of above(tree, stands, before)) sums.set(unit, (sums.get(unit) ?? 0) + entry.quantity);
	}
	for (const [unit, sum] of sums) if (sum === 0) sums.delete(unit);
	return sums;
}

/** A deed as an officer would write it on the form. Units' names are their codes. */
export function asTold(deed: Deed): UnitEventInput {
	const said = { effectiveOn: deed.day, reason: 'sắp xếp tổ chức' };
	const newcomer = (code: string, parent: string) => ({ code, name: code, kind: 'base_committee' as const, parent });
	switch (deed.kind) {
		case 'establish':
			return { ...said, kind: 'establish', unit: newcomer(deed.unit, deed.parent) };
		case 'rename':
			return { ...said, kind: 'rename', unit: deed.unit, name: deed.name };
		case 'move':
			return { ...said, kind: 'move', units: [deed.unit], parent: deed.parent };
		case 'end': {
			const { units, heir, opens } = deed;
			if (heir === null || (units.length === 1 && !opens))
				return { ...said, kind: 'close', unit: units[0] ?? '', heir };
			return { ...said, kind: 'merge', units, into: opens ? newcomer(opens.unit, opens.parent) : heir };
		}
		case 'split': {
			const heirs = [...deed.opens, ...(deed.ends ? [] : [deed.unit])];
			const parts = heirs.map((heir) => ({
				into: heir === deed.unit ? heir : newcomer(heir, deed.parent),
				units: deed.goes.filter(([, to]) => to === heir).map(([unit]) => unit),
				cases: [...new Set(deed.gifts.filter((gift) => gift.heir === heir).map((gift) => gift.caseId))]
			}));
			return { ...said, kind: 'split', unit: deed.unit, parts, rest: deed.rest };
		}
	}
}
