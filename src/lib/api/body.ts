import { problem } from '#lib/server/problem.ts';
import { isJson } from './headers.ts';
import { readJson } from './json.ts';

const BODY_LIMIT = 1_000_000;
const BODY_TIME_MS = 10_000;

export type SentBody = { text: string; value: unknown };

/**
 * The JSON of a request, read up to a megabyte and for ten seconds at most; no body counts as `{}`. Refuses another media
 * type, what is too large or too slow, and what is no JSON in UTF-8.
 */
export async function readBody(request: Request, within_ms = BODY_TIME_MS): Promise<SentBody> {
	if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT) throw tooLarge();
	const bytes = request.body ? await bytesOf(request.body, within_ms) : new Uint8Array();
	if (bytes.length === 0) return { text: '', value: {} };
	if (!isJson(request.headers.get('content-type'))) throw problem('api.content_type');
	const text = decoded(bytes);
	return { text, value: readJson(text) };
}

async function bytesOf(body: ReadableStream<Uint8Array>, within_ms: number): Promise<Uint8Array> {
	const reader = body.getReader();
	const chunks: Uint8Array[] = [];
	let size = 0;
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(problem('api.body_slow', { seconds: within_ms / 1000 })), within_ms);
	});
	try {
		for (;;) {
			const { done, value } = await Promise.race([reader.read(), late]);
			if (done) return Buffer.concat(chunks);
			size += value.length;
			if (size > BODY_LIMIT) throw tooLarge();
			chunks.push(value);
		}
	} finally {
		clearTimeout(timer);
		// What is still to come is not waited for; a stream that is already broken has nothing left to cancel.
		void reader.cancel().catch(() => undefined);
	}
}

function tooLarge() {
	return problem('api.body_too_large', { megabytes: BODY_LIMIT / 1_000_000 });
}

function decoded(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch (error) {
		throw problem('api.json_malformed', {}, error);
	}
}
