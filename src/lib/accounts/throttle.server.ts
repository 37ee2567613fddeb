import { sql } from 'kysely';
import { networkOf } from '#lib/server/client-address.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { hashToken } from './cipher.server.ts';

/** How many tries in a row are free; after that each failure doubles the wait. An office shares one network address. */
const FREE = { account: 5, device: 5, factor: 5, address: 50, link: 5 } as const;
const FIRST_WAIT_S = 30;
const LONGEST_WAIT_S = 15 * 60;
const FORGOTTEN = sql`interval '24 hours'`;

export type Throttle = { kind: keyof typeof FREE; key: string };

/** `of` is an account's address, a device's number, a user's id or a network address; only a hash of it is kept. */
export function throttle(kind: Throttle['kind'], of: string): Throttle {
	return { kind, key: `${kind}:${hashToken(kind === 'address' ? networkOf(of) : of)}` };
}

/**
 * Takes one try and answers how many failed in a row with it. Counted before the work, so that tries side by side cannot
 * pass together; `forgive` takes it back. Throws `access.too_many_tries` during a wait, which tries do not prolong.
 */
export async function takeTry(db: Db, { kind, key }: Throttle, now: Date): Promise<number> {
	const { rows } = await sql<{ failures: number | null; minutes: number }>`
		with taken as (
			insert into sign_in_throttles as t (key, failure_count, tried_at) values (${key}, 1, ${now})
			on conflict (key) do update set
				failure_count = case when t.tried_at < ${now}::timestamptz - ${FORGOTTEN} then 1 else t.failure_count + 1 end,
				blocked_until = case when t.tried_at >= ${now}::timestamptz - ${FORGOTTEN} and t.failure_count + 1 >= ${FREE[kind]}
					then ${now}::timestamptz + make_interval(secs => least(${LONGEST_WAIT_S},
						${FIRST_WAIT_S} * power(2, least(t.failure_count + 1 - ${FREE[kind]}, 20)))) end,
				tried_at = ${now}
			where t.blocked_until is null or t.blocked_until <= ${now}
			returning failure_count)
		select failure_count as failures, 0 as minutes from taken
		union all
		select null, ceil(greatest(extract(epoch from blocked_until - ${now}::timestamptz), 1) / 60)::int
		from sign_in_throttles where key = ${key} and not exists (select 1 from taken)`.execute(db);
	const [answer] = rows;
	if (answer?.failures) return answer.failures;
	throw problem('access.too_many_tries', { minutes: answer?.minutes ?? 1 });
}

/** Does this count of failures deserve a line in the log? The last free one, then each time it has doubled. */
export function isNotable(kind: Throttle['kind'], failures: number): boolean {
	return failures >= FREE[kind] && Number.isInteger(Math.log2(failures / FREE[kind]));
}

/** The tries were the right person's: nothing is counted any more. */
export async function forgive(db: Db, { key }: Throttle): Promise<void> {
	await sql`delete from sign_in_throttles where key = ${key}`.execute(db);
}

/** Takes back one try. For network addresses: who has one account of their own must not wipe out what was tried on others. */
export async function giveBack(db: Db, { key }: Throttle): Promise<void> {
	await sql`
		update sign_in_throttles set failure_count = greatest(failure_count - 1, 0), blocked_until = null
		where key = ${key}`.execute(db);
}
