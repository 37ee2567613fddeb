/** The form of an event as texts, and the event that it tells. Pure. */
import { z } from 'zod';
import { EVENT_KINDS, type EventKind } from '#lib/units/event.ts';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { partCount, textAt, ticksAt, type Typed } from './typed.ts';

/** Field → what is wrong with it, as the key of a message. */
export type Issues = Record<string, string>;

/** The event that a form tells, or what is wrong at which field. */
export function readEvent(kind: EventKind, typed: Typed): { event: UnitEvent } | { issues: Issues } {
	const read = UnitEvent.safeParse({ ...commonOf(typed), ...tellingOf(kind, typed), kind });
	if (read.success) return { event: read.data };
	const issues: Issues = {};
	for (const issue of read.error.issues) {
		for (const [path, message] of leavesOf(issue)) issues[fieldAt(path)] ??= message;
	}
	return { issues };
}

/** Which kind of event an address or a form names. */
export function kindNamed(text: unknown): EventKind | null {
	return EVENT_KINDS.find((known) => known === text) ?? null;
}

function commonOf(typed: Typed) {
	return {
		effectiveOn: textAt(typed, 'effectiveOn'),
		decisionNumber: textAt(typed, 'decisionNumber'),
		decidedOn: textAt(typed, 'decidedOn'),
		reason: textAt(typed, 'reason')
	};
}

function tellingOf(kind: EventKind, typed: Typed): Record<string, unknown> {
	const text = (name: string) => textAt(typed, name);
	const unit = text('unit');
	switch (kind) {
		case 'establish':
			return { unit: newcomerAt(typed, 'into') };
		case 'rename':
			return {
				unit,
				name: text('name'),
				shortName: text('shortName'),
				unitKind: text('unitKind') || null,
				place: text('place')
			};
		case 'recode':
			return { unit, code: text('code') };
		case 'move':
			return { units: linesOf(text('units')), parent: text('parent') };
		case 'merge':
			return { units: linesOf(text('units')), into: successorAt(typed, 'into') };
		case 'split':
			return splitOf(typed);
		case 'close':
			return { unit, heir: text('heir') || null };
		case 'transfer':
			return { unit, from: text('from'), to: text('to') };
		case 'link':
			return { unit, other: text('other'), link: text('link'), ends: text('ends') === 'on' };
	}
}

function splitOf(typed: Typed) {
	const names = Array.from({ length: partCount(typed) }, (_, index) => `part${index}`);
	const told = names.filter((name, index) => index < 2 || codeOf(successorAt(typed, name)) !== '');
	const rest = /^part\d+$/.exec(textAt(typed, 'rest'))?.[0];
	return {
		unit: textAt(typed, 'unit'),
		parts: told.map((name) => ({
			into: successorAt(typed, name),
			units: ticksAt(typed, `${name}.units`),
			places: linesOf(textAt(typed, `${name}.places`))
		})),
		rest: rest === undefined ? null : codeOf(successorAt(typed, rest))
	};
}

const codeOf = (into: string | { code: string }): string => (typeof into === 'string' ? into : into.code);

function successorAt(typed: Typed, prefix: string) {
	return textAt(typed, `${prefix}.way`) === 'new'
		? newcomerAt(typed, prefix)
		: textAt(typed, `${prefix}.existing`).trim();
}

function newcomerAt(typed: Typed, prefix: string) {
	const text = (name: string) => textAt(typed, `${prefix}.${name}`);
	return {
		code: text('code').trim(),
		name: text('name'),
		shortName: text('shortName'),
		kind: text('kind'),
		parent: text('parent').trim() || null,
		place: text('place')
	};
}

/** One code or place a line; commas and semicolons part them too. */
function linesOf(text: string): string[] {
	return text
		.split(/[\n\r,;]+/)
		.map((line) => line.trim())
		.filter((line) => line !== '');
}

type Path = readonly PropertyKey[];

/** What is wrong inside one that may be a code or a new unit stands in the branches of the union. */
function leavesOf(issue: z.core.$ZodIssue, above: Path = []): [Path, string][] {
	const path = [...above, ...issue.path];
	if (issue.code !== 'invalid_union') {
		const message = issue.message.startsWith('field_') ? issue.message : 'field_choose';
		return [[path, issue.code === 'too_small' && issue.minimum === 1 ? 'field_required' : message]];
	}
	const fitting = issue.errors.toSorted((a, b) => mistakes(a) - mistakes(b))[0] ?? [];
	return fitting.length === 0 ? [[path, 'field_required']] : fitting.flatMap((inner) => leavesOf(inner, path));
}

/** A branch that wants another type altogether is not the one that was meant. */
function mistakes(issues: readonly z.core.$ZodIssue[]): number {
	return issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0) ? 1000 : issues.length;
}

function fieldAt(path: Path): string {
	const [first, second, third, fourth] = path.map(String);
	if (first === 'parts') {
		if (second === undefined) return 'part0.existing';
		return third === 'into' ? `part${second}.${fourth ?? 'existing'}` : `part${second}.${third ?? 'existing'}`;
	}
	if (first === 'into') return `into.${second ?? 'existing'}`;
	if (first === 'unit' && second !== undefined) return `into.${second}`;
	return first ?? 'kind';
}
