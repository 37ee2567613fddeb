import { createHash } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import type { TokenOwner } from '#lib/accounts/token.server.ts';
import { once } from '#lib/actions/action.server.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { Db, Tx } from '#lib/server/db.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { identify } from '#lib/server/refusal-log.ts';
import { inTurn } from '#lib/server/turns.ts';
import { admit, turns } from './admission.server.ts';
import { readBytes, readJsonBody } from './body.ts';
import { accepts, isKnown, isMatched, languageOf, tagOf } from './headers.ts';
import { writeJson } from './json.ts';
import { inLanguage } from './language.server.ts';
import type { FileAnswer, Operation, Sent } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { rateHeaders, refuseBeyond, type Rate } from './rate.server.ts';
import { refused } from './refused.ts';
import { find } from './route.ts';
import { doTogether, type Kept } from './together.server.ts';

const BASE = '/api/v1';
const JSON_TYPE = 'application/json';

/** `address`: the network address that asks; `bodyTime_ms`: how long a body may take. */
export type Asking = { db: Db; address: string; bodyTime_ms?: number };

/**
 * Answers a request below /api/v1. Who asks is told by a token alone: cookies are neither read nor set, so that no other
 * site can ask in somebody's name.
 */
export async function answer(request: Request, asking: Asking): Promise<Response> {
	const locale = languageOf(request.headers.get('accept-language'));
	return inLanguage(locale, () => answered(request, asking, locale));
}

async function answered(request: Request, asking: Asking, locale: Locale): Promise<Response> {
	const id = newId();
	identify({ request: id });
	const headers = new Headers({
		'cache-control': 'private, no-cache',
		vary: 'accept, accept-language, authorization',
		'content-language': locale,
		'request-id': id
	});
	const response = await carryOut(request, asking, headers).catch((error: unknown) =>
		refused(error, { id, locale, headers })
	);
	if (request.method !== 'HEAD') return response;
	const length = (await response.arrayBuffer()).byteLength;
	response.headers.set('content-length', String(length));
	return new Response(null, { status: response.status, headers: response.headers });
}

async function carryOut(request: Request, asking: Asking, headers: Headers): Promise<Response> {
	const { db } = asking;
	const secret = secretOf(request);
	const admitted = await admit(db, { address: asking.address, secret });
	limit(headers, admitted.rate);
	const url = new URL(request.url);
	const found = find(OPERATIONS, url.pathname.slice(BASE.length));
	const allowed = methodsOf(found.operations);
	if (request.method === 'OPTIONS') return respond(headers, null, { status: 204, allow: allowed });
	const method = request.method === 'HEAD' ? 'GET' : request.method;
	const operation = found.operations.find((each) => each.method === method);
	if (!operation) {
		headers.set('allow', allowed);
		throw problem('api.method', { method: request.method, allowed });
	}
	identify({ route: operation.name });
	if (admitted.owner instanceof Problem) throw admitted.owner;
	const { actor, rate } = admitted.owner;
	identify({ actor: actor.id });
	limit(headers, rate);
	if (!actor.token.permissions.includes(operation.scope))
		throw problem('api.scope_missing', { scope: operation.scope });
	if (!accepts(request.headers.get('accept'), operation.file ?? JSON_TYPE))
		throw problem('api.accept_unmet', { type: operation.file ?? JSON_TYPE });
	const sent = { params: found.params, query: queryOf(url.searchParams) };
	const asked = { request, operation, actor, sent, headers };
	return operation.method === 'GET' ? inTurn(turns, () => read(db, asked)) : write(asking, asked);
}

type Asked = {
	request: Request;
	operation: Operation;
	actor: TokenOwner;
	sent: Sent;
	headers: Headers;
};

function limit(headers: Headers, rate: Rate): void {
	for (const [name, value] of Object.entries(rateHeaders(rate))) headers.set(name, value);
	refuseBeyond(rate);
}

function methodsOf(operations: readonly Operation[]): string {
	const methods = operations.map(({ method }) => method);
	return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function secretOf(request: Request): string | null {
	return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
}

/** A parameter given twice stays a list, which no schema takes for a value. */
function queryOf(search: URLSearchParams): Record<string, unknown> {
	if ([...search.values()].some((value) => value.includes('\0'))) throw problem('api.json_unsafe');
	return Object.fromEntries(
		[...new Set(search.keys())].map((name) => {
			const values = search.getAll(name);
			return [name, values.length === 1 ? values[0] : values];
		})
	);
}

const Paged = z.looseObject({ next: z.string().nullable() });
const Made = z.looseObject({ id: z.string() });
const File = z.strictObject({ name: z.string(), bytes: z.instanceof(Uint8Array) });

async function read(db: Db, { request, operation, actor, sent, headers }: Asked): Promise<Response> {
	const result = await operation.run({ db, actor }, sent);
	if (operation.file) return fileResponse(headers, operation.file, File.parse(result));
	const text = writeJson(result);
	const tag = tagOf(text);
	headers.set('etag', tag);
	if (operation.isPaged) linkNext(headers, new URL(request.url), Paged.parse(result).next);
	if (isKnown(request.headers.get('if-none-match'), tag)) return respond(headers, null, { status: 304 });
	return respond(headers, text, { status: 200, 'content-type': JSON_TYPE });
}

function linkNext(headers: Headers, url: URL, next: string | null): void {
	if (next === null) return;
	url.searchParams.set('cursor', next);
	headers.set('link', `<${url.pathname}${url.search}>; rel="next"`);
}

function fileResponse(headers: Headers, type: string, { name, bytes }: FileAnswer): Response {
	return respond(headers, new Uint8Array(bytes), {
		status: 200,
		'content-type': type,
		'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
	});
}

async function write({ db, bodyTime_ms }: Asking, asked: Asked): Promise<Response> {
	const { request, operation, actor, sent, headers } = asked;
	const url = new URL(request.url);
	const key = request.headers.get('idempotency-key') ?? '';
	if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw problem('api.key_missing');
	const ifMatch = request.headers.get('if-match');
	if (operation.matches && ifMatch === null) throw problem('api.match_missing');
	const body = await (operation.takes ? readBytes(request, operation.takes) : readJsonBody(request, bodyTime_ms));
	const match = (current: unknown) => {
		if (!isMatched(ifMatch ?? '', tagOf(writeJson(current)))) throw problem('api.match_failed');
	};
	const keyed = {
		key: `api:${actor.token.id}:${key}`,
		fingerprint: createHash('sha256')
			.update([request.method, url.pathname, url.search, ifMatch, body.digested].join('\n'))
			.digest('hex')
	};
	const said = { ...sent, body: body.value };
	const kept = (value: unknown): Kept => {
		const made = operation.makes ? `${BASE}${operation.makes}` : url.pathname;
		const location = operation.creates ? `${made}/${Made.parse(value).id}` : null;
		return { text: writeJson(value), location };
	};
	const run = async (tx: Tx) => kept(await operation.run({ db: tx, actor, match }, said));
	const together =
		operation.together && (await doTogether(db, operation.together, { ...keyed, actor, sent: said, kept }));
	const { result, isRepeated } = together
		? { result: together, isRepeated: false }
		: await inTurn(turns, () => once(db, actor, keyed, run));
	if (isRepeated) headers.set('idempotency-replayed', 'true');
	if (operation.matches) headers.set('etag', tagOf(result.text));
	if (result.location) headers.set('location', result.location);
	return respond(headers, result.text, { status: operation.creates ? 201 : 200, 'content-type': JSON_TYPE });
}

function respond(
	headers: Headers,
	body: string | Uint8Array<ArrayBuffer> | null,
	{ status, ...more }: { status: number } & Record<string, string | number>
): Response {
	for (const [name, value] of Object.entries(more)) headers.set(name, String(value));
	return new Response(body, { status, headers });
}
