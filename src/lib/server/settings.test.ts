import { expect, test } from 'vitest';
import { today } from './clock.ts';
import { problemText, problem } from './problem.ts';
import { readSettings } from './settings.ts';

test('without an environment everything has its place', () => {
	expect(readSettings({})).toMatchObject({ databaseUrl: null, host: '127.0.0.1', port: 3000, origin: null });
});

test('an empty variable counts as absent', () => {
	expect(readSettings({ PORT: '', KHEO_DATABASE_URL: '' })).toMatchObject({ port: 3000, databaseUrl: null });
});

test.for([
	['PORT', '70000'],
	['PORT', 'three'],
	['KHEO_DATABASE_URL', 'mysql://localhost/kheo'],
	['ORIGIN', 'kheo.example.vn'],
	['KHEO_SECRET', 'short']
])('%s=%s is refused by name', ([name = '', value]) => {
	expect(() => readSettings({ [name]: value })).toThrow(
		expect.objectContaining({ code: 'settings.invalid', params: expect.objectContaining({ name }) })
	);
});

test('the legal day is that of Viet Nam', () => {
	expect(today(new Date('2024-06-14T16:59:59Z'))).toBe('2024-06-14');
	expect(today(new Date('2024-06-14T17:00:00Z'))).toBe('2024-06-15');
});

test('a refusal speaks both languages', () => {
	const refusal = problem('data.disk_full', { folder: '/kheo' });
	expect(problemText(refusal, 'vi')).toContain('/kheo đã đầy');
	expect(problemText(refusal, 'en')).toContain('/kheo is full');
});
