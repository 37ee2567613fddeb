import { createHmac, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { today } from '#lib/server/clock.ts';
import { networkOf } from '#lib/server/client-address.ts';
import type { Db } from '#lib/server/db.ts';
import { makeGathering } from '#lib/server/gathering.ts';
import { inTurn, makeTurns } from '#lib/server/turns.ts';

/**
 * How much is sent, by network address and by site. The counts lie in the database, so that several processes share them; an
 * address is there only as a hash whose key is thrown away with the day.
 */

const WINDOW_S = 600;
/** In ten minutes. Offices, schools and mobile networks share an address; a newsroom reads no more than a site's. */
export const SENT_AT_MOST = { tries: 60, proven: 12, site: 480, unproven: 480 } as const;

/** One post. `isProven`: it brought a good pass. */
type Coming = { address: string; site: string; isProven: boolean };

/** `far`: far beyond the limit, so that no page is made for it. */
export type Admission = { kind: 'in' } | { kind: 'sender' | 'site'; isFar: boolean };

/** A flood leaves the connections to everybody else: two rounds of counting at most are under way in a process. */
const turns = makeTurns({ atOnce: 2, patience_ms: 10_000 });
const AT_MOST = 500;
const admissions = new WeakMap<Db, (coming: Coming) => Promise<Admission>>();

/** Counts a post and says whether it is one too many: all that come at the same time in the same two statements. */
export async function admit(db: Db, coming: Coming): Promise<Admission> {
	const admission = admissions.get(db) ?? makeGathering<Coming, Admission>(AT_MOST, (all) => admitAll(db, all));
	admissions.set(db, admission);
	return admission(coming);
}

async function admitAll(db: Db, all: readonly Coming[]): Promise<(coming: Coming) => Admission> {
	return inTurn(turns, async () => {
		const key = await keyOfToday(db);
		const senderOf = ({ address, isProven }: Coming) =>
			`${isProven ? 'proven' : 'try'}:${hashed(key, networkOf(address))}`;
		const siteOf = ({ site, isProven }: Coming) => `${isProven ? 'site' : 'plain'}:${site}`;
		const bySender = await count(db, all.map(senderOf));
		const within = all.filter((coming) => (bySender.get(senderOf(coming)) ?? 0) <= mostOfSender(coming));
		// What one sender has too much of does not shut the site for the others.
		const bySite = await count(db, within.map(siteOf));
		return (coming) => {
			const [sent, most] = [bySender.get(senderOf(coming)) ?? 0, mostOfSender(coming)];
			if (sent > most) return { kind: 'sender', isFar: sent > 2 * most };
			const [onSite, mostOnSite] = [bySite.get(siteOf(coming)) ?? 0, mostOfSite(coming)];
			return onSite > mostOnSite ? { kind: 'site', isFar: onSite > 2 * mostOnSite } : { kind: 'in' };
		};
	});
}

const mostOfSender = ({ isProven }: Coming) => (isProven ? SENT_AT_MOST.proven : SENT_AT_MOST.tries);
const mostOfSite = ({ isProven }: Coming) => (isProven ? SENT_AT_MOST.site : SENT_AT_MOST.unproven);

/** How much was sent with a good pass on a site lately: what makes the next pass dearer. */
export async function sentOn(db: Db, site: string): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select request_count as count from comment_rates where key = ${`site:${site}`} and ends_at > clock_timestamp()`.execute(
		db
	);
	return rows[0]?.count ?? 0;
}

/** Is it the first time today that this network says this of this record, and with this pass? */
export async function isFirst(
	db: Db,
	{ address, about, pass }: { address: string; about: string; pass: string }
): Promise<boolean> {
	const key = await keyOfToday(db);
	const keys = [`told:${hashed(key, `${networkOf(address)} ${about}`)}`, `used:${pass}`];
	const counts = await count(db, keys, 24 * 60 * 60);
	return keys.every((each) => counts.get(each) === 1);
}

/** Takes away what has ended: counts, and the keys of days gone by. */
export async function sweepRates(db: Db): Promise<void> {
	await sql`delete from comment_rates where ends_at <= clock_timestamp()`.execute(db);
	await sql`delete from comment_keys where day < ${today()}::date`.execute(db);
}

function hashed(key: Buffer, text: string): string {
	return createHmac('sha256', key).update(text).digest('base64url');
}

let known: { day: string; key: Promise<Buffer>; db: Db } | null = null;

/** The same in every process; made by whoever needs it first that day. */
async function keyOfToday(db: Db): Promise<Buffer> {
	const day = today();
	if (known?.day !== day || known.db !== db) known = { day, db, key: readKey(db, day) };
	try {
		return await known.key;
	} catch (error) {
		known = null;
		throw error;
	}
}

async function readKey(db: Db, day: string): Promise<Buffer> {
	await sql`delete from comment_keys where day < ${day}::date`.execute(db);
	await sql`
		insert into comment_keys (day, key) values (${day}::date, ${randomBytes(32)}) on conflict (day) do nothing`.execute(db);
	const { rows } = await sql<{ key: Buffer }>`select key from comment_keys where day = ${day}::date`.execute(db);
	if (!rows[0]) throw new Error('the key of today was not kept');
	return rows[0].key;
}

/** Counts once for each key named; answers how often each was within its window. */
async function count(
	db: Db,
	keys: readonly string[],
	window_s: number = WINDOW_S
): Promise<ReadonlyMap<string, number>> {
	if (keys.length === 0) return new Map();
	const asked = new Map<string, number>();
	for (const key of keys) asked.set(key, (asked.get(key) ?? 0) + 1);
	const rows = JSON.stringify([...asked].map(([key, requests]) => ({ key, requests })));
	// In the order of the keys, so that two processes wait for each other instead of blocking.
	const { rows: counted } = await sql<{ key: string; count: number }>`
		insert into comment_rates as r (key, request_count, ends_at)
		select key, requests, clock_timestamp() + ${window_s} * interval '1 second'
		from jsonb_to_recordset(${rows}::jsonb) as a (key text, requests int) order by key
		on conflict (key) do update set
			request_count = excluded.request_count + case when r.ends_at <= clock_timestamp() then 0 else r.request_count end,
			ends_at = case when r.ends_at <= clock_timestamp() then excluded.ends_at else r.ends_at end
		returning key, request_count as count`.execute(db);
	return new Map(counted.map((row) => [row.key, row.count]));
}
