import { createHash } from 'node:crypto';
import { problem } from '#lib/server/problem.ts';
import { MAX_FILE_BYTES } from '#lib/server/files.ts';
import { isJson } from './headers.ts';
import { readJson } from './json.ts';

const JSON_LIMIT = { bytes: 1_000_000, within_ms: 10_000 };
/** As long as the server lets a client be silent. */
const FILE_LIMIT = { bytes: MAX_FILE_BYTES, within_ms: 120_000 };
type Limit = typeof JSON_LIMIT;

/** `digested`: what tells one request from another under the same key. */
export type SentBody = { digested: string; value: unknown };

/**
 * The JSON of a request, read up to a megabyte and for ten seconds at most; no body counts as `{}`. Refuses another media
 * type, what is too large or too slow, and what is no JSON in UTF-8.
 */
export async function readJsonBody(request: Request, within_ms = JSON_LIMIT.within_ms): Promise<SentBody> {
	if (!isJson(request.headers.get('content-type'))) throw problem('api.content_type', { type: 'application/json' });
	const text = decoded(await bytesOf(request, { ...JSON_LIMIT, within_ms }));
	return { digested: text, value: text === '' ? {} : readJson(text) };
}

/** The bytes of a file, up to what an attachment may be. Refuses another media type than `type`. */
export async function readBytes(request: Request, type: string): Promise<SentBody> {
	if (request.headers.get('content-type') !== type) throw problem('api.content_type', { type });
	const bytes = await bytesOf(request, FILE_LIMIT);
	return { digested: createHash('sha256').update(bytes).digest('hex'), value: { bytes } };
}

async function bytesOf({ body, headers }: Request, limit: Limit): Promise<Uint8Array> {
	if (Number(headers.get('content-length') ?? 0) > limit.bytes) throw tooLarge(limit);
	if (!body) return new Uint8Array();
	const reader = body.getReader();
	const chunks: Uint8Array[] = [];
	let size = 0;
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(problem('api.body_slow', { seconds: limit.within_ms / 1000 })), limit.within_ms);
	});
	try {
		for (;;) {
			const { done, value } = await Promise.race([reader.read(), late]);
			if (done) return Buffer.concat(chunks);
			size += value.length;
			if (size > limit.bytes) throw tooLarge(limit);
			chunks.push(value);
		}
	} finally {
		clearTimeout(timer);
		// What is still to come is not waited for; a stream that is already broken has nothing left to cancel.
		void reader.cancel().catch(() => undefined);
	}
}

function tooLarge({ bytes }: Limit) {
	return problem('api.body_too_large', { megabytes: Math.floor(bytes / 1_000_000) });
}

function decoded(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (error) {
		throw problem('api.json_malformed', {}, error);
	}
}
