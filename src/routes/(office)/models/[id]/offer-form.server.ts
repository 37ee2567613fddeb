import { randomUUID } from 'node:crypto';
import { signedIn } from '#lib/accounts/guard.ts';
import { hindrance } from '#lib/models/act.ts';
import { rightsOn } from '#lib/models/act.server.ts';
import { choices } from '#lib/models/choice.server.ts';
import { get } from '#lib/models/list.server.ts';
import { recordId } from '../record.ts';
import { offerOwnUnit, valuesOf } from '../registration-form.ts';

/** The form of a registration as it stands, to be edited or corrected, and why it cannot be where it cannot. */
export async function offerForm(
	{ db, ...locals }: App.Locals,
	params: { id: string },
	wanted: Parameters<typeof hindrance>[0]
) {
	const actor = signedIn(locals);
	const registration = await get(db, actor, recordId(params.id));
	const rights = (await rightsOn(db, actor, [registration.unitId])).get(registration.unitId) ?? {
		write: false,
		review: false
	};
	return {
		registration: { id: registration.id, name: registration.name, state: registration.state },
		hindrance: hindrance(wanted, registration, rights),
		choices: offerOwnUnit(await choices(db, actor), registration),
		key: randomUUID(),
		values: valuesOf(registration)
	};
}
