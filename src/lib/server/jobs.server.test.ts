import { expect } from 'vitest';
import { test } from '../../../tests/database.ts';
import { inTransaction } from './db.ts';
import { enqueue, startJobs } from './jobs.ts';

test('a job enqueued in a transaction runs after its commit, and not after a rollback', async ({ clone }) => {
	const seen: object[] = [];
	await enqueue(clone.db, 'import.read', { id: 'committed' });
	await inTransaction(clone.db, async (tx) => {
		await enqueue(tx, 'import.read', { id: 'rolled back' });
		throw new Error('rolled back');
	}).catch(() => undefined);
	const jobs = await startJobs(clone.pool, { 'import.read': async (data) => void seen.push(data) });
	await expect.poll(() => seen, { timeout: 10_000 }).toEqual([{ id: 'committed' }]);
	await jobs.stop();
});
