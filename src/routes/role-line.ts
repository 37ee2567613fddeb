import type { GrantedRole } from '#lib/accounts/role.server.ts';
import { word } from '#lib/ui/word.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';

/** A role of a person as pages list it. */
export function lineOf(one: GrantedRole) {
	return {
		key: one.grantId,
		name: one.name,
		email: one.email,
		role: word('role', one.role),
		unit: one.unitName,
		from: formatDay(one.from),
		lastDay: one.until && formatDay(dayPlus(one.until, -1)),
		lentBy: one.lentBy
	};
}
export type RoleLine = ReturnType<typeof lineOf>;
