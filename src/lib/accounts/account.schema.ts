import { z } from 'zod';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { Day, DayOrNone } from '#lib/vietnamese/day.schema.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { ROLES } from './actor.ts';

const text = (most: number) =>
	z.string().transform(normalise).pipe(z.string().min(1, 'field_required').max(most, 'field_too_long'));

const Email = z
	.string()
	.transform((value) => normalise(value).toLowerCase())
	.pipe(z.email('field_email_invalid').max(254, 'field_too_long'));
/** Bounds only: `weakness` says what makes a password easy to guess. */
const Password = z.string().min(1, 'field_required').max(1000, 'field_too_long');
export const UnitCode = z
	.string()
	.trim()
	.regex(/^[A-Z0-9][A-Z0-9-]{0,39}$/, 'field_code_invalid');

export const SetupForm = z.strictObject({
	unitName: text(300),
	unitCode: UnitCode,
	unitKind: z.enum(UNIT_KINDS, 'field_choose'),
	name: text(120),
	email: Email,
	password: Password
});

export const InvitationForm = z.strictObject({
	name: text(120),
	email: Email,
	unitId: z.uuid('field_id_invalid'),
	roles: z.array(z.enum(ROLES, 'field_choose')).min(1, 'field_choose').max(ROLES.length),
	from: Day,
	lastDay: DayOrNone,
	delivery: z.enum(['mail', 'slip'], 'field_choose')
});

export const RoleForm = z.strictObject({
	unitId: z.uuid('field_id_invalid'),
	role: z.enum(ROLES, 'field_choose'),
	from: Day,
	lastDay: DayOrNone
});

export const EndRoleForm = z.strictObject({ grantId: z.uuid('field_id_invalid') });

export const DelegationForm = z.strictObject({
	grantId: z.uuid('field_choose'),
	toEmail: Email,
	from: Day,
	lastDay: Day,
	reason: text(500)
});

export const PasswordForm = z.strictObject({ password: Password });
export const PasswordChangeForm = z.strictObject({ current: Password, password: Password });
export const ForgottenForm = z.strictObject({ email: Email });
