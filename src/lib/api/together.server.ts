import { keepResults, takeKeys, type KeyedBy } from '#lib/actions/action.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { makeGathering } from '#lib/server/gathering.ts';
import { log } from '#lib/server/log.ts';
import { inTurn } from '#lib/server/turns.ts';
import { turns } from './admission.server.ts';
import type { Operation, Sent } from './operation.ts';

/** What a write answered, as it is kept for whoever comes with the same key again. */
export type Kept = { text: string; location: string | null };

/** A write that a program asks for. `kept`: its answer from what the operation made of it. */
export type Asked = KeyedBy & { sent: Sent; kept: (value: unknown) => Kept };

type Together = NonNullable<Operation['together']>;

const AT_MOST = 100;
const gatherings = new WeakMap<Db, Map<Together, (asked: Asked) => Promise<Kept | null>>>();

/**
 * Does a write with those that ask the same at the same time: one transaction and one commit for all, each answered when that is
 * durable. Answers null for one that would have had to wait or be refused: it has to go by itself, which tells why. So nobody
 * is held up or refused because of another.
 */
export async function doTogether(db: Db, together: Together, asked: Asked): Promise<Kept | null> {
	const known = gatherings.get(db) ?? new Map<Together, (asked: Asked) => Promise<Kept | null>>();
	gatherings.set(db, known);
	const gathering = known.get(together) ?? makeGathering(AT_MOST, (all: readonly Asked[]) => round(db, together, all));
	known.set(together, gathering);
	return gathering(asked);
}

async function round(db: Db, together: Together, all: readonly Asked[]): Promise<(asked: Asked) => Kept | null> {
	return inTurn(turns, async () => {
		try {
			const answers = await inTransaction(db, async (tx) => {
				const free = await takeKeys(tx, all);
				const values = await together(tx, free);
				const done = free.flatMap((asked, n) => (values[n] == null ? [] : [{ asked, result: asked.kept(values[n]) }]));
				await keepResults(
					tx,
					done.map(({ asked, result }) => ({ ...asked, result }))
				);
				return new Map(done.map(({ asked, result }) => [asked, result]));
			});
			return (asked: Asked) => answers.get(asked) ?? null;
		} catch (error) {
			// Nothing of it was done, or all: by itself, each finds under its key which.
			log('warn', 'api.together_failed', { error });
			return () => null;
		}
	});
}
