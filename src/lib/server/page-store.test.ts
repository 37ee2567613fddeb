import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodingFor, makePageStore } from './page-store.ts';

const LATER = Date.now() + 60_000;

function page(text: string, tags: readonly string[] = ['site']) {
	return {
		headers: [['content-type', 'text/html']] as const,
		tags,
		article: null,
		until: LATER,
		body: Buffer.from(text)
	};
}

function opened(bytes = 1_000_000) {
	const store = makePageStore({ bytes });
	store.open();
	return store;
}

describe('pages that are kept', () => {
	test('are found until something that they show is old, and no others go', () => {
		const store = opened();
		store.keep('a', page('a', ['one']), store.epoch());
		store.keep('b', page('b', ['two', 'three']), store.epoch());
		store.dropTagged(['three']);
		expect(store.find('a')).not.toBeNull();
		expect(store.find('b')).toBeNull();
	});

	test('are not kept when something became old while they were made', () => {
		const store = opened();
		const begun = store.epoch();
		store.dropTagged(['other']);
		store.keep('a', page('a'), begun);
		expect(store.find('a')).toBeNull();
	});

	test('are gone, and none are kept, while nobody can tell what is old', () => {
		const store = opened();
		store.keep('a', page('a'), store.epoch());
		store.close();
		expect(store.find('a')).toBeNull();
		store.keep('a', page('a'), store.epoch());
		store.open();
		expect(store.find('a')).toBeNull();
		expect(store.size()).toEqual({ entries: 0, bytes: 0 });
	});

	test('end with their time', () => {
		const store = opened();
		store.keep('a', page('a'), store.epoch());
		expect(store.find('a', LATER - 1)).not.toBeNull();
		expect(store.find('a', LATER)).toBeNull();
	});

	test('take no more room than they may: the one least asked for goes first, compressed bodies count', async () => {
		const store = opened(40_000);
		for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']) {
			store.keep(key, page(key.repeat(1_900)), store.epoch());
			store.find('a');
		}
		expect(store.find('a')).not.toBeNull();
		expect(store.find('b')).toBeNull();
		expect(store.size().bytes).toBeLessThanOrEqual(40_000);
		const last = store.find('l');
		if (!last) throw new Error('l is gone');
		const before = store.size().bytes;
		const { encoding, body } = await store.bodyIn('l', last, 'br');
		expect(encoding).toBe('br');
		expect(brotliDecompressSync(body).toString()).toBe('l'.repeat(1_900));
		expect(store.size().bytes).toBeGreaterThan(before);
	});
});

test('what a client takes decides how a page is packed', () => {
	expect(encodingFor('gzip, deflate, br;q=0.9')).toBe('br');
	expect(encodingFor('br;q=0, gzip')).toBe('gzip');
	expect(encodingFor(undefined)).toBe('identity');
});
