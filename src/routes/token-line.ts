import type { ListedToken } from '#lib/accounts/token.server.ts';
import { today } from '#lib/server/clock.ts';
import { word } from '#lib/ui/word.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { formatDay, formatInstant } from '#lib/vietnamese/format.ts';

/** A token as both pages list it. */
export function lineOf(token: ListedToken) {
	const state = token.revokedAt ? 'revoked' : token.expiresOn <= today() ? 'expired' : 'live';
	return {
		key: token.id,
		name: token.name,
		owner: token.ownerName,
		email: token.ownerEmail,
		unit: token.unitName,
		scopes: token.scopes.map((scope) => word('scope', scope)).join('; '),
		lastDay: formatDay(dayPlus(token.expiresOn, -1)),
		lastUsed: token.lastUsedAt && formatInstant(token.lastUsedAt),
		isLive: state === 'live',
		state: word('token_state', state)
	};
}
export type TokenLine = ReturnType<typeof lineOf>;
