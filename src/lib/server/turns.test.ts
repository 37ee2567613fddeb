import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeTurns } from './turns.ts';

test('so many work at a time, the others in the order in which they came', async () => {
	const { take } = makeTurns({ atOnce: 2, patience_ms: 10_000 });
	let inside = 0;
	let most = 0;
	const order: number[] = [];
	const work = async (n: number) => {
		const leave = await take();
		inside += 1;
		most = Math.max(most, inside);
		order.push(n);
		await setTimeout(2);
		inside -= 1;
		leave();
		leave();
	};
	await Promise.all(Array.from({ length: 9 }, (_, n) => work(n)));
	expect(most).toBe(2);
	expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('who waited too long is told to come again, and nobody waits for who went', async () => {
	const { take } = makeTurns({ atOnce: 1, patience_ms: 20 });
	const leave = await take();
	await expect(take()).rejects.toMatchObject({ code: 'database.crowded' });
	leave();
	(await take())();
	(await take())();
});
