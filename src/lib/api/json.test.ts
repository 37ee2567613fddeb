import { expect, test } from 'vitest';
import { accepts, isJson, isKnown, isMatched, languageOf } from './headers.ts';
import { readJson, writeJson } from './json.ts';

const code = (text: string) => {
	try {
		readJson(text);
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};

test('JSON that means two things, reaches a prototype, is broken or too deep is refused', () => {
	expect(readJson('{"a":[{"b":"{\\"b\\":1}"},{"b":2}],"c":"\\u0041"}')).toEqual({
		a: [{ b: '{"b":1}' }, { b: 2 }],
		c: 'A'
	});
	expect(code('{"a":1,"a":2}')).toBe('api.json_unsafe');
	expect(code('{"a":1,"\\u0061":2}')).toBe('api.json_unsafe');
	expect(code('{"x":{"__proto__":{"admin":true}}}')).toBe('api.json_unsafe');
	expect(code('{"x":[{"constructor":{"prototype":{}}}]}')).toBe('api.json_unsafe');
	expect(code('{"a":"\\u0000"}')).toBe('api.json_unsafe');
	expect(code('{"a":"\\ud800"}')).toBe('api.json_unsafe');
	expect(code('{"a":1}x')).toBe('api.json_malformed');
	expect(code('')).toBe('api.json_malformed');
	expect(code('['.repeat(32) + ']'.repeat(32))).toBeNull();
	expect(code('['.repeat(33) + ']'.repeat(33))).toBe('api.json_unsafe');
	expect(code('['.repeat(499_999) + ']'.repeat(499_999))).toBe('api.json_unsafe');
	expect(code(`{"a":"${'\\"'.repeat(490_000)}"}`)).toBeNull();
	expect(Reflect.get({}, 'admin')).toBeUndefined();
});

test('what is written cannot become markup', () => {
	expect(writeJson({ a: '</script><!-- &\u2028' })).toBe('{"a":"\\u003c/script\\u003e\\u003c!-- \\u0026\\u2028"}');
});

test('headers are read as the RFCs have them', () => {
	expect(languageOf('en-GB,vi;q=0.9')).toBe('en');
	expect(languageOf('fr, vi;q=0.1, en;q=0')).toBe('vi');
	expect(languageOf(null)).toBe('vi');
	expect(accepts('text/html, */*;q=0.1', 'application/json')).toBe(true);
	expect(accepts('application/json;q=0, */*', 'application/json')).toBe(false);
	expect(accepts('text/*', 'application/json')).toBe(false);
	expect(isKnown('W/"a", "b"', '"a"')).toBe(true);
	expect(isMatched('W/"a"', '"a"')).toBe(false);
	expect(isJson('Application/JSON; charset=UTF-8')).toBe(true);
	expect(isJson('application/json; charset=latin1')).toBe(false);
});
