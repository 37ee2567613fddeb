import { v7 as newId } from 'uuid';
import { post } from '#lib/ledger/ledger.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';

/** A registered model as the ledger has it, without a registration behind it. A negative quantity takes it back. */
export type Sample = { unitId: string; caseId: string; onDate: string; quantity: number };

const FACETS = {
	year: '2024',
	level: 'base',
	kind: 'model',
	field: 'economy',
	subject: 'collective',
	novelty: 'new'
};

/** Enters such models in the ledger, all alike but for their unit, day and quantity. */
export async function postSamples(db: Db, homeId: string, samples: readonly Sample[]): Promise<void> {
	const postings = samples.map((sample) => ({
		...sample,
		homeId,
		noun: 'model',
		actionId: newId(),
		measure: 'model.registered',
		facets: FACETS
	}));
	await inTransaction(db, (tx) => post(tx, postings));
}
