import { defineConfig } from 'vitest/config';

const slow_ms = 30_000;
/** Files that a worker runs share what they import: reading it anew for each took a quarter of the time. */
const shared = { isolate: false };

export default defineConfig({
	test: {
		// Half of a server test is waiting for PostgreSQL: a worker for each core keeps both busy.
		maxWorkers: '100%',
		projects: [
			{
				test: {
					...shared,
					name: 'unit',
					include: ['src/**/*.test.ts'],
					exclude: ['src/**/*.server.test.ts'],
					testTimeout: slow_ms
				}
			},
			{
				test: {
					...shared,
					name: 'server',
					include: ['src/**/*.server.test.ts', 'tests/**/*.test.ts'],
					exclude: ['tests/e2e/**'],
					globalSetup: 'tests/cluster.ts',
					testTimeout: slow_ms,
					hookTimeout: slow_ms
				}
			},
			{
				test: {
					...shared,
					name: 'e2e',
					include: ['tests/e2e/**/*.test.ts'],
					globalSetup: 'tests/e2e/server.ts',
					fileParallelism: false,
					maxConcurrency: 3,
					testTimeout: 2 * slow_ms,
					hookTimeout: 2 * slow_ms
				}
			}
		]
	}
});
