import { z } from 'zod';
import { Day, DayOrNone } from '#lib/vietnamese/day.schema.ts';
import { LINK_KINDS } from './event.ts';
import { UNIT_KINDS } from './unit.ts';

const Code = z.string().trim().min(1, 'field_required').max(60, 'field_too_long');
const Name = z.string().trim().min(1, 'field_required').max(300, 'field_too_long');
const text = (length: number) =>
	z
		.string()
		.trim()
		.max(length, 'field_too_long')
		.transform((typed) => typed || null)
		.nullable()
		.default(null);

/** A unit that the event brings into being; without `parent` it stands where those that it comes from stood. */
export const Newcomer = z.strictObject({
	code: Code,
	name: Name,
	shortName: text(60),
	kind: z.enum(UNIT_KINDS),
	parent: Code.nullable().default(null),
	place: text(200)
});

/** A unit that is there, by its code, or one that begins with the event. */
const Successor = z.union([Code, Newcomer]);

const common = {
	effectiveOn: Day,
	decisionNumber: text(100),
	decidedOn: DayOrNone.nullable().default(null),
	reason: z.string().trim().min(5, 'field_reason_brief').max(1000, 'field_too_long')
};

/**
 * A reorganisation as a page, the command line or a sheet tells it. Units are named by the code they have on the day
 * before (those that change) or on the day itself (those they go to).
 */
export const UnitEvent = z.discriminatedUnion(
	'kind',
	[
		z.strictObject({ ...common, kind: z.literal('establish'), unit: Newcomer }),
		z.strictObject({
			...common,
			kind: z.literal('rename'),
			unit: Code,
			name: Name,
			shortName: text(60),
			unitKind: z.enum(UNIT_KINDS).nullable().default(null),
			place: text(200)
		}),
		z.strictObject({ ...common, kind: z.literal('recode'), unit: Code, code: Code }),
		z.strictObject({ ...common, kind: z.literal('move'), units: z.array(Code).min(1, 'field_required'), parent: Code }),
		z.strictObject({
			...common,
			kind: z.literal('merge'),
			units: z.array(Code).min(1, 'field_required'),
			into: Successor
		}),
		z.strictObject({
			...common,
			kind: z.literal('split'),
			unit: Code,
			parts: z
				.array(
					z.strictObject({
						into: Successor,
						/** Sub-units that go to this part, by code. */
						units: z.array(Code).default([]),
						/** Words by which a case's place is known to lie in this part ("thôn Bản Vàng"). */
						places: z.array(z.string().trim().min(2).max(200)).default([]),
						/** Cases that the decision names, by id. */
						cases: z.array(z.uuid()).default([])
					})
				)
				.min(1, 'field_required'),
			/** The part that takes all that is not named, where the decision says so; else it stays undivided and visible. */
			rest: Code.nullable().default(null)
		}),
		z.strictObject({ ...common, kind: z.literal('close'), unit: Code, heir: Code.nullable().default(null) }),
		z.strictObject({ ...common, kind: z.literal('transfer'), unit: Code, from: Code, to: Code }),
		z.strictObject({
			...common,
			kind: z.literal('link'),
			unit: Code,
			other: Code,
			link: z.enum(LINK_KINDS),
			ends: z.boolean().default(false)
		})
	],
	'field_event_kind'
);
export type UnitEvent = z.output<typeof UnitEvent>;
export type UnitEventInput = z.input<typeof UnitEvent>;
export type Newcomer = z.output<typeof Newcomer>;

/** What becomes of the roles that people hold on units which end: role → code of the unit it goes to, or null: it ends. */
export const RoleDecisions = z.record(z.uuid(), Code.nullable());
export type RoleDecisions = z.output<typeof RoleDecisions>;
