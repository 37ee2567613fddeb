import { hasPassword } from '#lib/accounts/again.server.ts';
import { factorsOf } from '#lib/accounts/second-factor.server.ts';
import type { Db } from '#lib/server/db.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';

/** How a person signs in, as their own page and their administrator's tell it. */
export async function waysOf(db: Db, person: { id: string; email: string }) {
	const factors = await factorsOf(db, person.id);
	return {
		email: person.email,
		hasPassword: await hasPassword(db, person.id),
		totpSince: factors.totpSince && formatInstant(factors.totpSince),
		passkeys: factors.passkeys.length,
		recoveryCodesLeft: factors.recoveryCodesLeft
	};
}
