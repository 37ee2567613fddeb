import { Transaction } from 'kysely';
import type { Db, Tx } from './db.ts';
import { problem } from './problem.ts';

/** Readers of a long list hold a connection as long as they take; the others are for everybody else. */
const MOST_AT_ONCE = 4;
let open = 0;

/**
 * Reads on one state of the database from the first piece to the last, whatever others write meanwhile.
 * Refuses with `export.busy` when too many do so at once. In an open transaction, reads there.
 */
export async function* onSnapshot<T>(db: Db, read: (tx: Tx) => AsyncIterable<T>): AsyncGenerator<T> {
	if (db instanceof Transaction) {
		yield* read(db);
		return;
	}
	if (open >= MOST_AT_ONCE) throw problem('export.busy');
	open += 1;
	try {
		const tx = await db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
		try {
			yield* read(tx);
		} finally {
			await tx.rollback().execute();
		}
	} finally {
		open -= 1;
	}
}
