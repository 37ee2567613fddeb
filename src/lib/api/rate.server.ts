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

/** Whom a request is counted for. */
export type Counted = { of: keyof typeof RATES; subject: string };

/** Counts requests, one for each that is named. The counts lie in the database, so that several processes share them. */
export async function count(db: Db, counted: readonly Counted[]): Promise<Rate[]> {
	const keys = counted.map(({ of, subject }) => `${of}:${createHash('sha256').update(subject).digest('base64url')}`);
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	const asked = JSON.stringify([...counts].map(([key, requests]) => ({ key, requests })));
	// In the order of the keys, so that two processes wait for each other instead of blocking.
	const { rows } = await sql<{ key: string; requests: number; seconds: number }>`
		insert into api_rates as r (key, began_at, request_count)
		select key, clock_timestamp(), requests from jsonb_to_recordset(${asked}::jsonb) as a (key text, requests int) order by key
		on conflict (key) do update set
			began_at = case when r.began_at <= clock_timestamp() - ${WINDOW_S} * interval '1 second' then clock_timestamp() else r.began_at end,
			request_count = excluded.request_count
				+ case when r.began_at <= clock_timestamp() - ${WINDOW_S} * interval '1 second' then 0 else r.request_count end
		returning key, request_count as requests,
			greatest(1, ceil(${WINDOW_S} - extract(epoch from clock_timestamp() - began_at)))::int as seconds`.execute(db);
	const found = new Map(rows.map((row) => [row.key, row]));
	if (rows.some(({ key, requests }) => requests === counts.get(key))) await forget(db);
	return counted.map(({ of }, n) => {
		const { requests, seconds } = found.get(keys[n] ?? '') ?? { requests: 1, seconds: WINDOW_S };
		// Of several at the same moment, each has one left less than the one before.
		const later = keys.slice(n + 1).filter((key) => key === keys[n]).length;
		return { of, limit: RATES[of], left: RATES[of] - requests + later, seconds };
	});
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
