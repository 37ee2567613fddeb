import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';

const WINDOW_S = 60;
const KEPT_MINUTES = 60;

/** Requests a minute. Offices share an address; a program does not share its token. */
export const RATES = { address: 1200, token: 600 } as const;

/** How many requests are left in the present minute, and for how many seconds that holds. */
export type Rate = { of: keyof typeof RATES; limit: number; left: number; seconds: number };

/** Counts one request. The count lies in the database, so that several processes share it. */
export async function count(db: Db, of: keyof typeof RATES, subject: string): Promise<Rate> {
	const key = `${of}:${createHash('sha256').update(subject).digest('base64url')}`;
	const { rows } = await sql<{ requests: number; seconds: number }>`
		insert into api_rates as r (key, began_at, request_count) values (${key}, clock_timestamp(), 1)
		on conflict (key) do update set
			began_at = case when r.began_at <= clock_timestamp() - ${WINDOW_S} * interval '1 second' then clock_timestamp() else r.began_at end,
			request_count = case when r.began_at <= clock_timestamp() - ${WINDOW_S} * interval '1 second' then 1 else r.request_count + 1 end
		returning request_count as requests,
			greatest(1, ceil(${WINDOW_S} - extract(epoch from clock_timestamp() - began_at)))::int as seconds`.execute(db);
	const { requests, seconds } = rows[0] ?? { requests: 1, seconds: WINDOW_S };
	if (requests === 1) await forget(db);
	return { of, limit: RATES[of], left: RATES[of] - requests, seconds };
}

export function refuseBeyond(rate: Rate): void {
	if (rate.left < 0) throw problem('api.too_many', { seconds: rate.seconds, limit: rate.limit });
}

async function forget(db: Db): Promise<void> {
	await sql`
		delete from api_rates where key in (
			select key from api_rates where began_at < now() - ${KEPT_MINUTES} * interval '1 minute' limit 100 for update skip locked)`.execute(
		db
	);
}

/** draft-ietf-httpapi-ratelimit-headers: what the limit is and what is left of it. */
export function rateHeaders({ of, limit, left, seconds }: Rate): Record<string, string> {
	return {
		'ratelimit-policy': `"${of}";q=${limit};w=${WINDOW_S}`,
		ratelimit: `"${of}";r=${Math.max(0, left)};t=${seconds}`,
		...(left < 0 ? { 'retry-after': String(seconds) } : {})
	};
}
