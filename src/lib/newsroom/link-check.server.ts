import { lookup } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net';
import { sql } from 'kysely';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { manage } from './site.server.ts';
import type { LinkState } from './site.ts';

/** Asks the links of directories whether they answer: politely, never for long, and never inside the office's own network. */

const TIMEOUT_MS = 10_000;
const AT_ONCE = 4;
const HOPS_AT_MOST = 4;

export type Found = { state: LinkState; status: number | null };

/** Checks those that were not checked for twenty hours, of one site or of all. Answers how many. */
export async function checkLinks(
	db: Db,
	{ siteId = null, look = lookAt }: { siteId?: string | null | undefined; look?: typeof lookAt } = {}
): Promise<number> {
	const { rows } = await sql<{ id: string; url: string }>`
		select l.id, l.url from links l join link_groups g on g.id = l.group_id
		where ${siteId ? sql`g.site_id = ${siteId}::uuid` : sql`(l.checked_at is null or l.checked_at < now() - interval '20 hours')`}
		order by l.checked_at nulls first, l.id limit 2000`.execute(db);
	for (let from = 0; from < rows.length; from += AT_ONCE)
		await Promise.all(
			rows.slice(from, from + AT_ONCE).map(async ({ id, url }) => {
				const { state, status } = await look(url);
				await sql`
					update links set state = ${state}, status = ${status}, checked_at = now(),
						failed_count = case when ${state} in ('broken', 'unreachable') then failed_count + 1 else 0 end
					where id = ${id}::uuid`.execute(db);
			})
		);
	return rows.length;
}

/** Asks for a check of one site's links now. */
export async function askLinkCheck(db: Db, actor: Actor, siteId: string): Promise<void> {
	await manage(db, actor, { id: siteId, verb: 'edit_links' }, async (tx) => {
		await enqueue(tx, 'newsroom.check_links', { siteId });
		return { isChecked: true };
	});
}

/** What is at an address of the web; follows where it leads, as far as that is outside too. */
export async function lookAt(url: string): Promise<Found> {
	let [address, hasMoved] = [url, false];
	for (let hop = 0; hop < HOPS_AT_MOST; hop += 1) {
		const short = await ask(address, 'HEAD');
		// Some servers do not know the short question.
		const found =
			typeof short === 'object' && [403, 405, 501].includes(short.status) ? await ask(address, 'GET') : short;
		if (found === 'silent') return { state: 'unreachable', status: null };
		if (found === 'inside') return { state: 'refused', status: null };
		const { status, location } = found;
		if (status >= 400) return { state: 'broken', status };
		if (status < 300 || !location) return { state: hasMoved ? 'moved' : 'answers', status };
		hasMoved ||= status === 301 || status === 308;
		if (!URL.canParse(location, address)) return { state: 'broken', status };
		address = new URL(location, address).href;
	}
	return { state: 'broken', status: null };
}

type Answer = { status: number; location: string | undefined };

function ask(address: string, method: 'HEAD' | 'GET'): Promise<Answer | 'inside' | 'silent'> {
	const url = new URL(address);
	if (!/^https?:$/.test(url.protocol) || isInside(url.hostname.replace(/^\[|\]$/g, '')))
		return Promise.resolve('inside');
	const send = url.protocol === 'https:' ? requestHttps : requestHttp;
	const options: RequestOptions = {
		method,
		lookup: outside,
		signal: AbortSignal.timeout(TIMEOUT_MS),
		headers: { 'user-agent': 'Kheo link check', accept: '*/*' }
	};
	return new Promise((resolve) => {
		const asked = send(url, options, (response) => {
			// What it says is of no interest, only that it does.
			response.destroy();
			resolve({ status: response.statusCode ?? 0, location: response.headers.location });
		});
		asked.on('error', (error) => resolve('code' in error && error.code === INSIDE ? 'inside' : 'silent'));
		asked.end();
	});
}

const INSIDE = 'EINSIDE';

/** Looked up by us and used as looked up: a name that leads inside at the second look would be followed else. */
const outside: LookupFunction = (host, options, answer) => {
	lookup(host, { ...options, all: true }, (error, found) => {
		const [first] = found ?? [];
		if (error || !first) return answer(error ?? new Error(`no address of ${host}`), '', 4);
		if (found.some(({ address }) => isInside(address)))
			return answer(Object.assign(new Error(`${host} leads inside`), { code: INSIDE }), '', 4);
		if (options.all) answer(null, found);
		else answer(null, first.address, first.family);
	});
};

const INSIDE_NETWORKS = new BlockList();
for (const [network, prefix] of [
	...([
		['0.0.0.0', 8],
		['10.0.0.0', 8],
		['100.64.0.0', 10],
		['127.0.0.0', 8],
		['169.254.0.0', 16],
		['172.16.0.0', 12]
	] as const),
	...([
		['192.0.0.0', 24],
		['192.168.0.0', 16],
		['198.18.0.0', 15],
		['224.0.0.0', 3]
	] as const)
])
	INSIDE_NETWORKS.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
	['::', 96],
	['64:ff9b::', 96],
	['fc00::', 7],
	['fe80::', 10],
	['ff00::', 8]
] as const)
	INSIDE_NETWORKS.addSubnet(network, prefix, 'ipv6');

/** Is it an address of the machine itself or of a network that is nobody else's business? Names are asked when looked up. */
export function isInside(host: string): boolean {
	if (/^(localhost|.*\.(local|localhost|internal|lan))\.?$/i.test(host)) return true;
	if (isIPv4(host)) return INSIDE_NETWORKS.check(host, 'ipv4');
	return isIPv6(host) && INSIDE_NETWORKS.check(host, 'ipv6');
}
