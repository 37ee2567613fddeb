import { sql } from 'kysely';
import type { Tx } from '#lib/server/db.ts';

/** Signs a person out everywhere, at once: a role ended, a password changed, a factor was taken away. Answers how many. */
export async function endSessions(tx: Tx, userId: string): Promise<number> {
	const { numAffectedRows } = await sql`delete from sessions where user_id = ${userId}::uuid`.execute(tx);
	return Number(numAffectedRows ?? 0n);
}
