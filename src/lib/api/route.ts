import { problem } from '#lib/server/problem.ts';
import type { Operation } from './operation.ts';

/** The operations at an address and what stands in its braces; an address that says it in words goes before one in braces. */
export type Found = { operations: readonly Operation[]; params: Record<string, string> };

/** Finds the operations of a path below /api/v1; refuses an address that nothing has. */
export function find(operations: readonly Operation[], pathname: string): Found {
	const segments = segmentsOf(pathname);
	const matching = operations
		.map((operation) => ({ operation, params: paramsOf(operation.path, segments) }))
		.flatMap(({ operation, params }) => (params ? [{ operation, params }] : []))
		.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
	const [best] = matching;
	if (!best) throw problem('input.not_found');
	const same = matching.filter(({ operation }) => operation.path === best.operation.path);
	return { operations: same.map(({ operation }) => operation), params: best.params };
}

function segmentsOf(pathname: string): string[] {
	try {
		const segments = pathname.split('/').map(decodeURIComponent);
		if (segments.some((segment) => segment.includes('\0'))) throw problem('input.not_found');
		return segments;
	} catch (error) {
		throw problem('input.not_found', {}, error);
	}
}

function paramsOf(path: string, segments: readonly string[]): Record<string, string> | null {
	const pattern = path.split('/');
	if (pattern.length !== segments.length) return null;
	const params: Record<string, string> = {};
	for (const [index, part] of pattern.entries()) {
		const segment = segments[index] ?? '';
		const name = /^\{(\w+)\}$/.exec(part)?.[1];
		if (name && segment !== '') params[name] = segment;
		else if (part !== segment) return null;
	}
	return params;
}
