import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fields, parse } from '#lib/server/form.ts';

function formOf(entries: readonly (readonly [string, string])[]): FormData {
	const data = new FormData();
	for (const [name, value] of entries) data.append(name, value);
	return data;
}

describe('names of fields', () => {
	test.for([
		'__proto__',
		'__proto__.polluted',
		'constructor',
		'constructor.prototype',
		'a.__proto__',
		'a.constructor',
		'__defineGetter__',
		'__proto__[]',
		'a.__proto__.polluted'
	])('%s reaches no prototype', (name) => {
		const read = fields(formOf([[name, 'polluted']]));
		expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
		expect(JSON.stringify(read)).not.toContain('polluted');
		expect('polluted' in {}).toBe(false);
	});

	test('of a name given twice the first counts', () => {
		expect(
			fields(
				formOf([
					['role', 'officer'],
					['role', 'administrator']
				])
			)
		).toEqual({ role: 'officer' });
	});

	test('100.000 of them are refused at once', () => {
		const many = Array.from({ length: 100_000 }, (_, number) => [`f${number}`, ''] as const);
		const began = performance.now();
		expect(() => fields(formOf(many))).toThrow('input.too_large');
		expect(performance.now() - began).toBeLessThan(5_000);
	});
});

describe('what cannot be shown is a mistake at its field', () => {
	const schema = z.strictObject({ name: z.string().max(100), note: z.object({ text: z.string() }).optional() });
	test.for(['a\0b', '\u0008', '\u001b[31m', '\u202egnp.exe', '\u2066x', '\u009b'])('%j', (text) => {
		const read = parse(
			formOf([
				['name', text],
				['note.text', text]
			]),
			schema
		);
		expect(read).toMatchObject({
			ok: false,
			failure: { data: { issues: { name: 'field_signs_refused', 'note.text': 'field_signs_refused' } } }
		});
	});

	test.for(['a\r\nb', 'a\tb', 'Nguyễn', '👩‍👩‍👧', 'حرف', 'שלום', 'e\u0302\u0301'])('%j is text', (text) => {
		expect(parse(formOf([['name', text]]), schema)).toMatchObject({ ok: true });
	});
});
