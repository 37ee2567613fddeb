import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from 'vitest';
import { processStarted, takeLock, withLock } from './lock.ts';

const test = base.extend('file', ({}, { onCleanup }) => {
	const folder = mkdtempSync(join(tmpdir(), 'kheo-lock-'));
	onCleanup(() => rmSync(folder, { recursive: true }));
	return join(folder, 'server.lock');
});

test('the second asker is told who holds it and where', ({ file }) => {
	const lock = takeLock(file);
	if ('release' in lock) lock.describe('http://127.0.0.1:3000');
	expect(takeLock(file)).toMatchObject({ pid: process.pid, address: 'http://127.0.0.1:3000' });
	if ('release' in lock) lock.release();
	expect(takeLock(file)).toHaveProperty('release');
});

test('a holder that is gone, or whose process id another one bears now, does not count', ({ file }) => {
	for (const stale of [
		{ pid: 2 ** 22 + 1, started: 'then' },
		{ pid: process.pid, started: 'before' }
	]) {
		writeFileSync(file, JSON.stringify({ ...stale, address: '' }));
		const lock = takeLock(file);
		expect(lock).toHaveProperty('release');
		if ('release' in lock) lock.release();
	}
});

test('a lock file cut off in the middle does not block', ({ file }) => {
	writeFileSync(file, '{"pid":');
	expect(takeLock(file)).toHaveProperty('release');
	expect(readFileSync(file, 'utf8')).toContain(processStarted(process.pid));
	expect(readdirSync(join(file, '..'))).toEqual(['server.lock']);
});

test('work under one lock happens one after the other', async ({ file }) => {
	const order: string[] = [];
	const work = (name: string) => async () => {
		order.push(`${name} begins`);
		await new Promise((resolve) => setTimeout(resolve, 30));
		order.push(`${name} ends`);
	};
	await Promise.all([withLock(file, 5_000, work('first')), withLock(file, 5_000, work('second'))]);
	expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
