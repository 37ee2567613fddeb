import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db.ts';
import { homeOf } from '#lib/units/unit.server.ts';

/** What can happen to an account, for the log. */
export type AccountVerb =
	| 'sign_in'
	| 'sign_in_refused'
	| 'sign_out'
	| 'revoke_session'
	| 'change_password'
	| 'reset_password'
	| 'add_factor'
	| 'remove_factor'
	| 'make_recovery_codes'
	| 'use_recovery_code'
	| 'link_identity'
	| 'invite'
	| 'accept_invitation'
	| 'revoke_invitation'
	| 'issue_link';

/** The action of something that happened to an account, filed where the user's first role is. No addresses, no secrets. */
export async function accountAction(
	tx: Tx,
	userId: string,
	verb: AccountVerb,
	details: Record<string, unknown> = {}
): Promise<NewAction> {
	const { rows } = await sql<{ unitId: string }>`
		select unit_id as "unitId" from role_grants where user_id = ${userId}::uuid
		order by upper_inf(valid) desc, id limit 1`.execute(tx);
	const unitId = rows[0]?.unitId ?? null;
	const homeId = unitId ? await homeOf(tx, unitId, today()) : userId;
	return { id: newId(), homeId, noun: 'account', recordId: userId, verb, unitId, details };
}
