import { sql } from 'kysely';
import type { Tx } from '#lib/server/db.ts';

/**
 * Ends all of a user's tokens at once: when the password changes, when the last role ends. Part of the command that is the
 * cause, which tells of it. Answers how many; their rows stay, since the log names them.
 */
export async function endTokens(tx: Tx, userId: string): Promise<number> {
	const { numAffectedRows } = await sql`
		update api_tokens set revoked_at = now() where user_id = ${userId}::uuid and revoked_at is null`.execute(tx);
	return Number(numAffectedRows ?? 0n);
}
