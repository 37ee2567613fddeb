import { m } from '#lib/paraglide/messages.js';
import type { waysOf } from './ways.server.ts';

/** The words for how a person signs in. */
export function tellWays(ways: Awaited<ReturnType<typeof waysOf>>): { name: string; value: string }[] {
	const { email, hasPassword, totpSince, passkeys, recoveryCodesLeft } = ways;
	const none = m.account_state_none();
	return [
		{ name: m.setup_email(), value: email },
		{ name: m.account_password_state(), value: hasPassword ? m.account_password_set() : m.account_password_none() },
		{ name: m.account_totp_state(), value: totpSince ? m.account_state_since({ at: totpSince }) : none },
		{ name: m.account_passkeys_state(), value: passkeys ? m.account_passkeys_count({ count: passkeys }) : none },
		{ name: m.account_codes_state(), value: String(recoveryCodesLeft) }
	];
}
