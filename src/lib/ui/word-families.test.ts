import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WORD_FAMILIES } from './word-families.ts';

const read = (file: string) => readFileSync(file, 'utf8');

/** Files that a page brings to the browser: pages and layouts, and what they import other than types and the server's. */
function sentToBrowser(): Set<string> {
	const seen = new Set<string>();
	const waiting = globSync('src/routes/**/+{page,layout,error}{.svelte,.ts}');
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (seen.has(file) || !existsSync(file) || !/\.(svelte|ts)$/.test(file) || file.includes('/paraglide/')) continue;
		seen.add(file);
		for (const [, from] of read(file).matchAll(/^\s*import (?!type )[^;]*? from '([^']+)';/gm)) {
			if (from?.startsWith('#lib/')) waiting.push(from.replace('#lib/', 'src/lib/'));
			else if (from?.startsWith('.')) waiting.push(normalize(join(dirname(file), from)));
		}
	}
	return seen;
}

describe('words in the browser', () => {
	const files = [...sentToBrowser()];
	const named = new Map(
		files.flatMap((file) =>
			[...read(file).matchAll(/\bword\(\s*'([a-z_]+)'/g)].map(([, family = '']) => [family, file] as const)
		)
	);
	test('are of the families that are sent to it', () => {
		const kept = (family: string) => WORD_FAMILIES.some((one) => family === one || one.startsWith(`${family}_`));
		expect(files.length).toBeGreaterThan(100);
		expect([...named].filter(([family]) => !kept(family))).toEqual([]);
	});
	test('are no families that nothing names', () => {
		const all = files.map(read).join('\n');
		const used = (family: string) =>
			all.includes(`'${family}'`) || [...named.keys()].some((one) => family.startsWith(`${one}_`));
		expect(WORD_FAMILIES.filter((family) => !used(family))).toEqual([]);
	});
});
