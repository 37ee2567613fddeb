import { expect, test } from 'vitest';
import { makeGathering } from './gathering.ts';

/** Rounds that end when they are told to. */
function watched(atMost: number) {
	const rounds: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
	const gather = makeGathering<number, string>(atMost, (items) => {
		const { promise, resolve, reject } = Promise.withResolvers<(item: number) => string>();
		const resultOf = (item: number) => {
			if (item < 0) throw new Error(`refused ${item}`);
			return `done ${item}`;
		};
		rounds.push({ items, end: () => resolve(resultOf), fail: reject });
		return promise;
	});
	return { rounds, gather };
}

test('the first goes at once, whoever comes meanwhile together, so many at most', async () => {
	const { rounds, gather } = watched(3);
	const answers = Promise.all([1, 2, 3, 4, 5].map(gather));
	expect(rounds.map(({ items }) => items)).toEqual([[1]]);
	rounds[0]?.end();
	await expect.poll(() => rounds[1]?.items).toEqual([2, 3, 4]);
	rounds[1]?.end();
	await expect.poll(() => rounds[2]?.items).toEqual([5]);
	rounds[2]?.end();
	expect(await answers).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
});

test('one that is refused is refused alone; a round that fails fails for its own, and the next goes on', async () => {
	const { rounds, gather } = watched(2);
	const answers = Promise.allSettled([1, -2, 3, 4].map(gather));
	rounds[0]?.end();
	await expect.poll(() => rounds[1]?.items).toEqual([-2, 3]);
	rounds[1]?.end();
	await expect.poll(() => rounds[2]?.items).toEqual([4]);
	rounds[2]?.fail(new Error('gone'));
	expect(
		(await answers).map((answer) => (answer.status === 'fulfilled' ? answer.value : String(answer.reason)))
	).toEqual(['done 1', 'Error: refused -2', 'done 3', 'Error: gone']);
	void gather(6);
	expect(rounds[3]?.items).toEqual([6]);
});
