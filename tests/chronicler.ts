/** Makes histories of small organisations by chance: what people do to units, early, late and on one day, and what units enter. */
import { dice, dayAfter, type Dice } from '#lib/demo/dice.ts';
import { v5 as idOf } from 'uuid';
import {
	above,
	holdsTogether,
	opens,
	standsWith,
	treeOn,
	type Chronicle,
	type Deed,
	type Entry
} from './reorganised.ts';

const FIRST_DAY = '2023-01-01';
const DAYS = 900;
const NAMESPACE = 'd5a54b5e-6c1c-4c59-9e0c-8d1d34a1f1b2';
const TRIES = 6;

export type Chronicler = { told: Chronicle; chance: Dice; made: number };

/** An office with two units and two units under the first of them. */
export function begin(root: string, seed: number): Chronicler {
	const told: Chronicle = { root, deeds: [], entries: [] };
	const chronicler = { told, chance: dice(seed), made: 0 };
	const found = (parent: string): string => {
		const unit = fresh(chronicler);
		told.deeds.push({ round: 0, day: '2000-01-01', kind: 'establish', unit, parent });
		return unit;
	};
	const first = found(root);
	found(root);
	found(first);
	found(first);
	return chronicler;
}

function fresh(chronicler: Chronicler): string {
	chronicler.made += 1;
	return `${chronicler.told.root}-${chronicler.made}`;
}

/** One more deed that can be done, or null where chance found none. It is told already; `take` takes it back. */
export function deed(chronicler: Chronicler, round: number): Deed | null {
	for (let tries = 0; tries < TRIES; tries += 1) {
		const one = propose(chronicler, round);
		if (!one) continue;
		chronicler.told.deeds.push(one);
		if (holdsTogether(chronicler.told)) {
			chronicler.made += opens(one).length;
			return one;
		}
		chronicler.told.deeds.pop();
	}
	return null;
}

function propose({ told, chance, made }: Chronicler, round: number): Deed | null {
	// Days on which something happened come again, so that the order within a day is tried too.
	const known = told.deeds.map((one) => one.day).filter((day) => day > FIRST_DAY);
	const day = known.length > 0 && chance.whole(4) === 0 ? chance.pick(known) : dayAfter(FIRST_DAY, chance.whole(DAYS));
	const tree = treeOn(told, day);
	const open = [...tree.parent.keys()].filter((unit) => !tree.heir.has(unit));
	if (open.length === 0) return null;
	const unit = chance.pick(open);
	const said = { round, day };
	const another = `${told.root}-${made + 1}`;
	const places = [told.root, ...open].filter((place) => !above(tree, place).includes(unit));
	const under = (of: string): string[] => open.filter((one) => tree.parent.get(one) === of);
	const began = (of: string): boolean => told.deeds.some((one) => one.day === day && opens(one).includes(of));
	const kind = chance.pick([
		'establish',
		'rename',
		'move',
		'move',
		'merge',
		'merge',
		'take',
		'split',
		'split',
		'close'
	] as const);
	switch (kind) {
		case 'establish':
			return { ...said, kind, unit: another, parent: chance.pick([told.root, ...open]) };
		case 'rename':
			return { ...said, kind, unit, name: `${unit} ${round}.${told.deeds.length}` };
		case 'move': {
			const to = places.filter((place) => place !== tree.parent.get(unit));
			return to.length === 0 ? null : { ...said, kind, unit, parent: chance.pick(to) };
		}
		case 'close':
			return under(unit).length > 0 || began(unit)
				? null
				: { ...said, kind: 'end', units: [unit], heir: null, opens: null, goes: [] };
		case 'take': {
			const heirs = places.filter((place) => place !== told.root);
			if (heirs.length === 0 || began(unit)) return null;
			const heir = chance.pick(heirs);
			return {
				...said,
				kind: 'end',
				units: [unit],
				heir,
				opens: null,
				goes: adopted(under(unit), { heir, gone: [unit] })
			};
		}
		case 'merge': {
			const units = chance
				.shuffle(open)
				.slice(0, 2)
				.filter((one) => !began(one));
			if (units.length < 2) return null;
			const parent = chance.pick(
				[told.root, ...open].filter((place) => !units.some((one) => above(tree, place).includes(one)))
			);
			const goes = units.flatMap((one) => adopted(under(one), { heir: another, gone: units }));
			return { ...said, kind: 'end', units, heir: another, opens: { unit: another, parent }, goes };
		}
		case 'split':
			return began(unit) ? null : split(told, { said, unit, tree: day, children: under(unit), chance, made });
	}
}

function adopted(
	children: readonly string[],
	{ heir, gone }: { heir: string; gone: readonly string[] }
): [string, string][] {
	return children
		.filter((child) => child !== heir && !gone.includes(child))
		.map((child): [string, string] => [child, heir]);
}

type Splitting = {
	said: { round: number; day: string };
	unit: string;
	tree: string;
	children: readonly string[];
	chance: Dice;
	made: number;
};

function split(told: Chronicle, { said, unit, children, chance, made }: Splitting): Deed {
	const ends = chance.whole(3) > 0;
	const parts = [`${told.root}-${made + 1}`, `${told.root}-${made + 2}`].slice(0, ends ? 2 : 1);
	const rest = ends && chance.whole(3) === 0 ? chance.pick(parts) : null;
	const goes = children
		.filter(() => ends || chance.whole(2) === 0)
		.map((child): [string, string] => [child, chance.pick(parts)]);
	const given = treeOn(told, said.day).gifts;
	const eve = treeOn(told, dayAfter(said.day, -1));
	const firsts = new Map<string, string>();
	for (const { unit: of, caseId, day } of told.entries) {
		const key = `${of} ${caseId}`;
		const first = firsts.get(key);
		if (first === undefined || day < first) firsts.set(key, day);
	}
	const gifts = [...firsts].flatMap(([key, first]) => {
		const [of = '', caseId = ''] = key.split(' ');
		const stands = standsWith(eve, given.get(key) ?? of);
		if (stands !== unit || first >= said.day || chance.whole(2) === 0) return [];
		return [{ unit: of, caseId, heir: chance.pick(parts) }];
	});
	const parent = treeOn(told, said.day).parent.get(unit) ?? told.root;
	return { ...said, kind: 'split', unit, opens: parts, parent, goes, rest, gifts, ends };
}

/** What a unit enters on some day, also late and of units that have ended since; now and then it takes something back. */
export function enter({ told, chance }: Chronicler, round: number): Entry | null {
	const before = told.entries.filter((entry) => entry.quantity > 0);
	const again = before.length > 0 && chance.whole(5) === 0 ? chance.pick(before) : null;
	if (again && !told.entries.some((entry) => entry.caseId === again.caseId && entry.quantity < 0)) {
		const entry = { ...again, round, quantity: -again.quantity };
		told.entries.push(entry);
		return entry;
	}
	const day = dayAfter(FIRST_DAY, chance.whole(DAYS));
	const tree = treeOn(told, day);
	const units = [...tree.parent.keys()].filter((unit) => !tree.heir.has(unit));
	if (units.length === 0) return null;
	const caseId = idOf(`${told.root} ${told.entries.length}`, NAMESPACE);
	const entry = { round, unit: chance.pick(units), day, caseId, quantity: 1 + chance.whole(3) };
	told.entries.push(entry);
	return entry;
}
