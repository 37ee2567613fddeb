import { problem } from '#lib/server/problem.ts';

/** Reading and writing JSON at the border with other programs. */

const DEPTH_AT_MOST = 32;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON that means the same to everybody: refuses (`api.json_malformed`) what is none, and (`api.json_unsafe`) keys that
 * occur twice or could reach an object's prototype, nesting deeper than 32, NUL and halves of characters.
 */
export function readJson(text: string): unknown {
	const value = parsed(text);
	refuseUnsafe(text);
	return value;
}

function parsed(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return value;
	} catch (error) {
		throw problem('api.json_malformed', {}, error);
	}
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** The text is known to be JSON; what `JSON.parse` forgives is found by its tokens. */
function refuseUnsafe(text: string): void {
	const open: (Set<string> | null)[] = [];
	let isKey = false;
	for (const [token] of text.matchAll(TOKEN)) {
		if (token === '{' || token === '[') {
			open.push(token === '{' ? new Set() : null);
			if (open.length > DEPTH_AT_MOST) throw problem('api.json_unsafe');
			isKey = token === '{';
		} else if (token === '}' || token === ']') {
			open.pop();
			isKey = false;
		} else if (token === ',') isKey = Boolean(open.at(-1));
		else if (token === ':') isKey = false;
		else refuseString(token, isKey ? (open.at(-1) ?? null) : null);
	}
}

function refuseString(token: string, keys: Set<string> | null): void {
	const said = String(parsed(token));
	if (said.includes('\0') || !said.isWellFormed()) throw problem('api.json_unsafe');
	if (!keys) return;
	if (keys.has(said) || FORBIDDEN_KEYS.has(said)) throw problem('api.json_unsafe');
	keys.add(said);
}

const MARKUP = /[<>&\u2028\u2029]/g;

/** JSON in which nothing looks like markup, should it ever land in a page. */
export function writeJson(value: unknown): string {
	return JSON.stringify(value).replace(
		MARKUP,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
	);
}
