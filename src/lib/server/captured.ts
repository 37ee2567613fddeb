import type { ServerResponse } from 'node:http';
import type { Answered } from './page-store.ts';

/** Headers that speak to the cache. */
const SPOKEN = ['surrogate-key', 'surrogate-control', 'surrogate-article'] as const;
/** Headers of one answer and not of the page. */
const OF_ONE: ReadonlySet<string> = new Set([
	...SPOKEN,
	'request-id',
	'date',
	'connection',
	'keep-alive',
	'etag',
	'vary',
	'content-length',
	'content-encoding',
	'transfer-encoding'
]);
/** A page that is kept has nothing in it that a nonce lets in, and must not tell one that could be used again. */
const NONCE = / 'nonce-[^']*'/g;
const USUAL_S = 60;

/**
 * Holds back what the application answers, if it may be kept; anything else goes out as it comes. Answers what was held back,
 * or null.
 */
export function capture(response: ServerResponse): Promise<Answered | null> {
	const { promise, resolve } = Promise.withResolvers<Answered | null>();
	const held: Buffer[] = [];
	const take = (piece: unknown) => {
		if (typeof piece === 'string' || piece instanceof Uint8Array) held.push(Buffer.from(piece));
	};
	replace(response, 'writeHead', (...given) => {
		restore(response, ['writeHead']);
		const tags = keyOf(response, Number(given[0]));
		const headers = headersOf(response);
		const until = Date.now() + secondsOf(response) * 1000;
		const read = response.getHeader('surrogate-article');
		const article = typeof read === 'string' ? read : null;
		for (const name of SPOKEN) response.removeHeader(name);
		if (!tags) {
			resolve(null);
			return Reflect.apply(Reflect.get(response, 'writeHead'), response, given);
		}
		replace(response, 'write', (piece) => {
			take(piece);
			return true;
		});
		replace(response, 'end', (piece) => {
			take(piece);
			restore(response, ['write', 'end']);
			resolve({ headers, tags, article, until, body: Buffer.concat(held) });
			return response;
		});
		return response;
	});
	// Gone before it was answered, or answered without a head.
	response.once('close', () => resolve(null));
	return promise;
}

/** What an answer shows, if it may be kept; null: it may not. */
function keyOf(response: ServerResponse, status: number): string[] | null {
	const key = response.getHeader('surrogate-key');
	const control = response.getHeader('cache-control');
	if (status !== 200 || typeof key !== 'string' || response.hasHeader('set-cookie')) return null;
	return typeof control === 'string' && /private|no-store/.test(control) ? null : key.split(' ');
}

function secondsOf(response: ServerResponse): number {
	const [, seconds] = /max-age=(\d+)/.exec(String(response.getHeader('surrogate-control') ?? '')) ?? [];
	return seconds === undefined ? USUAL_S : Number(seconds);
}

function headersOf(response: ServerResponse): [string, string][] {
	return Object.entries(response.getHeaders()).flatMap(([name, value]): [string, string][] => {
		if (OF_ONE.has(name) || value === undefined) return [];
		const text = [value].flat().join(', ');
		return [[name, name === 'content-security-policy' ? text.replace(NONCE, '') : text]];
	});
}

function replace(
	response: ServerResponse,
	name: 'writeHead' | 'write' | 'end',
	by: (...given: unknown[]) => unknown
): void {
	Object.defineProperty(response, name, { value: by, configurable: true, writable: true });
}

/** What stands on the prototype is seen again. */
function restore(response: ServerResponse, names: readonly ('writeHead' | 'write' | 'end')[]): void {
	for (const name of names) Reflect.deleteProperty(response, name);
}
