/** What events do to units, worked out on their histories before anything is written. Pure: preview and writing share it. */
import { v7 as newId } from 'uuid';
import { Problem, problem } from '#lib/server/problem.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Newcomer, UnitEvent } from './event.schema.ts';
import type { Change, State } from './history.ts';
import type { Outlook } from './outlook.ts';

/** A unit that ends. `heirId`: whom it goes over to as a whole; null: what is not attributed (`divided`) stays with its parent. */
export type Closing = {
	unitId: string;
	name: string;
	effectiveOn: string;
	heirId: string | null;
	divided: boolean;
	children: number;
};

/** A part of a split: what lies there, and what the decision names, goes to the heir. */
export type Division = {
	unitId: string;
	heirId: string;
	effectiveOn: string;
	places: readonly string[];
	cases: readonly string[];
};

export type Planned = {
	id: string;
	event: UnitEvent;
	changes: Change[];
	/** Units that were there before and are named: who records the event must be allowed to on each. */
	named: string[];
	closings: Closing[];
	divisions: Division[];
};

type Draft = Omit<Planned, 'id' | 'event'>;

/**
 * Works the events out one after the other, each on what the ones before it made. Refuses what cannot be, naming the unit,
 * and as `nth` which of several events it is, from 1.
 */
export function planEvents(view: Outlook, events: readonly UnitEvent[]): Planned[] {
	return events.map((event, index) => {
		const id = newId();
		try {
			const draft = planned(view, event);
			view.add({ id, effectiveOn: event.effectiveOn }, draft.changes);
			return { id, event, ...draft };
		} catch (error) {
			if (!(error instanceof Problem) || events.length === 1) throw error;
			throw problem(error.code, { ...error.params, nth: index + 1 }, error);
		}
	});
}

type Named<K extends UnitEvent['kind']> = Extract<UnitEvent, { kind: K }>;

function planned(view: Outlook, event: UnitEvent): Draft {
	switch (event.kind) {
		case 'establish':
			return establishing(view, event);
		case 'rename':
			return renaming(view, event);
		case 'recode':
			return recoding(view, event);
		case 'move':
			return moving(view, event);
		case 'merge':
			return merging(view, event);
		case 'split':
			return splitting(view, event);
		case 'close':
			return closing(view, event);
		case 'transfer':
			return nothingMoves([subject(view, event, event.unit), target(view, event, event.to)]);
		case 'link':
			return nothingMoves([subject(view, event, event.unit), subject(view, event, event.other)]);
	}
}

type Dated = { effectiveOn: string };

/** Who changes: the unit that had the code on the day before, or begins with it on the day itself. */
function subject(view: Outlook, { effectiveOn }: Dated, code: string): State {
	const unit = view.find(code, dayPlus(effectiveOn, -1)) ?? view.find(code, effectiveOn);
	if (!unit) throw notThen(view, { effectiveOn }, code);
	const that = view.at(unit.unitId, effectiveOn);
	if (!that || that.closed) throw closedAlready(unit, effectiveOn);
	return that;
}

/** To whom something goes: the unit that has the code on the day. */
function target(view: Outlook, { effectiveOn }: Dated, code: string): State {
	const unit = view.find(code, effectiveOn);
	if (!unit) throw notThen(view, { effectiveOn }, code);
	return unit;
}

/** Why no unit has the code on the day: it begins later, it has ended, or nobody ever had it. */
function notThen(view: Outlook, { effectiveOn }: Dated, code: string): Problem {
	const bearer = view.bearer(code, effectiveOn);
	if (!bearer) return problem('unit.not_found', { code });
	if (bearer.from > effectiveOn) return problem('unit.not_yet', { unit: bearer.name, day: formatDay(bearer.from) });
	return closedAlready(bearer, effectiveOn);
}

function closedAlready(unit: State, day: string): Problem {
	return problem('unit_event.closed_already', { unit: unit.name, day: formatDay(day) });
}

const draft = (some: Partial<Draft>): Draft => ({ changes: [], named: [], closings: [], divisions: [], ...some });
const nothingMoves = (units: readonly State[]): Draft => draft({ named: units.map((unit) => unit.unitId) });

function opening(unit: Newcomer, parentId: string | null): Extract<Change, { change: 'open' }> {
	const { code, name, shortName, kind, place } = unit;
	return { unitId: newId(), change: 'open', sets: { code, name, shortName, kind, parentId, place, flags: [] } };
}

function establishing(view: Outlook, event: Named<'establish'>): Draft {
	const parent = event.unit.parent === null ? null : target(view, event, event.unit.parent);
	return draft({ changes: [opening(event.unit, parent?.unitId ?? null)], named: parent ? [parent.unitId] : [] });
}

function renaming(view: Outlook, event: Named<'rename'>): Draft {
	const unit = subject(view, event, event.unit);
	const sets = {
		name: event.name,
		...(event.shortName !== null && { shortName: event.shortName }),
		...(event.unitKind !== null && { kind: event.unitKind }),
		...(event.place !== null && { place: event.place })
	};
	if (Object.entries(sets).every(([trait, value]) => Reflect.get(unit, trait) === value))
		throw problem('unit_event.nothing_changes', { unit: unit.name });
	return draft({ changes: [{ unitId: unit.unitId, change: 'set', sets }], named: [unit.unitId] });
}

function recoding(view: Outlook, event: Named<'recode'>): Draft {
	const unit = subject(view, event, event.unit);
	if (unit.code === event.code) throw problem('unit_event.nothing_changes', { unit: unit.name });
	return draft({
		changes: [{ unitId: unit.unitId, change: 'set', sets: { code: event.code } }],
		named: [unit.unitId]
	});
}

function moving(view: Outlook, event: Named<'move'>): Draft {
	const parent = target(view, event, event.parent);
	const units = once(event.units).map((code) => subject(view, event, code));
	for (const unit of units) {
		if (unit.parentId === parent.unitId) throw problem('unit_event.nothing_changes', { unit: unit.name });
		refuseBelow(view, event, { unit, target: parent });
	}
	return draft({
		changes: units.map((unit) => ({ unitId: unit.unitId, change: 'set', sets: { parentId: parent.unitId } })),
		named: [parent.unitId, ...units.map((unit) => unit.unitId)]
	});
}

function merging(view: Outlook, event: Named<'merge'>): Draft {
	const units = once(event.units).map((code) => subject(view, event, code));
	const heir = heirOf(view, event, { from: units[0], into: event.into });
	const ending = units.filter((unit) => unit.unitId !== heir.id);
	if (ending.length === 0) throw problem('unit_event.into_itself', { unit: units[0]?.name ?? '…' });
	for (const unit of ending) if (heir.known) refuseBelow(view, event, { unit, target: heir.known });
	const gone = new Set(ending.map((unit) => unit.unitId));
	return draft({
		changes: [
			...heir.opens,
			...ending.flatMap((unit) => [
				...adopt(view, event, { unit, heirId: heir.id, except: gone }),
				{ unitId: unit.unitId, change: 'close' as const, heirId: heir.id }
			])
		],
		named: [...heir.named, ...units.map((unit) => unit.unitId)],
		closings: ending.map((unit) => ({
			...closingOf(unit, event, heir.id),
			children: adopt(view, event, { unit, heirId: heir.id, except: gone }).length
		}))
	});
}

function splitting(view: Outlook, event: Named<'split'>): Draft {
	const unit = subject(view, event, event.unit);
	const parts = event.parts.map((part) => ({
		part,
		heir: heirOf(view, event, { from: unit, into: part.into }),
		children: once(part.units).map((code) => subject(view, event, code))
	}));
	const heirs = parts.map(({ heir }) => heir.id);
	if (new Set(heirs).size < Math.max(2, heirs.length)) throw problem('unit_event.split_one', { unit: unit.name });
	const continues = heirs.includes(unit.unitId);
	const rest = parts.find(({ part }) => event.rest !== null && codeOf(part.into) === event.rest)?.heir.id ?? null;
	if (event.rest !== null && rest === null) throw problem('unit_event.rest_unknown', { code: event.rest });
	for (const { heir } of parts) {
		if (heir.known && heir.id !== unit.unitId) refuseBelow(view, event, { unit, target: heir.known });
	}
	const placed = new Map(
		parts.flatMap(({ heir, children }) => children.map((child) => [child.unitId, { child, heirId: heir.id }]))
	);
	if (placed.size < parts.reduce((sum, { children }) => sum + children.length, 0))
		throw problem('unit_event.named_twice', { unit: unit.name });
	const left = view
		.under(unit.unitId, event.effectiveOn)
		.filter((child) => !placed.has(child.unitId) && !heirs.includes(child.unitId));
	if (left.length > 0 && rest === null && !continues)
		throw problem('unit_event.children_left', { unit: unit.name, children: listed(left) });
	if (rest !== null && rest !== unit.unitId)
		for (const child of left) placed.set(child.unitId, { child, heirId: rest });
	for (const { child } of placed.values()) {
		if (child.parentId !== unit.unitId)
			throw problem('unit_event.not_its_child', { unit: unit.name, child: child.name });
	}
	return draft({
		changes: [
			...parts.flatMap(({ heir }) => heir.opens),
			...[...placed.values()]
				.filter(({ heirId }) => heirId !== unit.unitId)
				.map(({ child, heirId }) => ({ unitId: child.unitId, change: 'set' as const, sets: { parentId: heirId } })),
			...(continues ? [] : [{ unitId: unit.unitId, change: 'close' as const, heirId: rest }])
		],
		named: [unit.unitId, ...parts.flatMap(({ heir }) => heir.named)],
		closings: continues ? [] : [{ ...closingOf(unit, event, rest), divided: true, children: placed.size }],
		divisions: parts
			.filter(({ heir }) => heir.id !== unit.unitId)
			.map(({ part, heir }) => ({
				unitId: unit.unitId,
				heirId: heir.id,
				effectiveOn: event.effectiveOn,
				places: part.places,
				cases: part.cases
			}))
	});
}

function closing(view: Outlook, event: Named<'close'>): Draft {
	const unit = subject(view, event, event.unit);
	const heir = event.heir === null ? null : target(view, event, event.heir);
	if (heir?.unitId === unit.unitId) throw problem('unit_event.into_itself', { unit: unit.name });
	if (heir) refuseBelow(view, event, { unit, target: heir });
	const children = view.under(unit.unitId, event.effectiveOn);
	if (!heir && children.length > 0)
		throw problem('unit_event.children_left', { unit: unit.name, children: listed(children) });
	return draft({
		changes: [
			...(heir ? adopt(view, event, { unit, heirId: heir.unitId, except: new Set() }) : []),
			{ unitId: unit.unitId, change: 'close', heirId: heir?.unitId ?? null }
		],
		named: [unit.unitId, ...(heir ? [heir.unitId] : [])],
		closings: [{ ...closingOf(unit, event, heir?.unitId ?? null), children: children.length }]
	});
}

const closingOf = (unit: State, { effectiveOn }: Dated, heirId: string | null): Closing => ({
	unitId: unit.unitId,
	name: unit.name,
	effectiveOn,
	heirId,
	divided: false,
	children: 0
});

/** Sub-units go where their unit goes. */
function adopt(
	view: Outlook,
	{ effectiveOn }: Dated,
	{ unit, heirId, except }: { unit: State; heirId: string; except: ReadonlySet<string> }
): Change[] {
	return view
		.under(unit.unitId, effectiveOn)
		.filter((child) => child.unitId !== heirId && !except.has(child.unitId))
		.map((child) => ({ unitId: child.unitId, change: 'set', sets: { parentId: heirId } }));
}

type Heir = { id: string; known: State | null; opens: Change[]; named: string[] };

function heirOf(
	view: Outlook,
	event: Dated,
	{ from, into }: { from: State | undefined; into: string | Newcomer }
): Heir {
	if (typeof into === 'string') {
		const known = target(view, event, into);
		return { id: known.unitId, known, opens: [], named: [known.unitId] };
	}
	const parentId = into.parent === null ? (from?.parentId ?? null) : target(view, event, into.parent).unitId;
	const opens = opening(into, parentId);
	return { id: opens.unitId, known: null, opens: [opens], named: parentId === null ? [] : [parentId] };
}

const codeOf = (into: string | Newcomer): string => (typeof into === 'string' ? into : into.code);

/** Nobody goes over to, or under, what stands under themselves. */
function refuseBelow(view: Outlook, { effectiveOn }: Dated, of: { unit: State; target: State }): void {
	const passed = new Set<string>();
	for (let above: State | undefined = of.target; above; above = parentOf(view, above, effectiveOn)) {
		if (above.unitId === of.unit.unitId)
			throw problem(of.target === above ? 'unit_event.into_itself' : 'unit_event.into_child', {
				unit: of.unit.name,
				target: of.target.name
			});
		if (passed.has(above.unitId)) return;
		passed.add(above.unitId);
	}
}

function parentOf(view: Outlook, unit: State, day: string): State | undefined {
	return unit.parentId === null ? undefined : view.at(unit.parentId, day);
}

function once(codes: readonly string[]): readonly string[] {
	const twice = codes.find((code, index) => codes.indexOf(code) !== index);
	if (twice !== undefined) throw problem('unit_event.named_twice', { unit: twice });
	return codes;
}

const NAMED_AT_MOST = 5;

function listed(units: readonly State[]): string {
	const names = units.slice(0, NAMED_AT_MOST).map((unit) => unit.name);
	return names.join(', ') + (units.length > NAMED_AT_MOST ? ', …' : '');
}
