import { ownersOf, type TokenOwner } from '#lib/accounts/token.server.ts';
import { MAX_CONNECTIONS, type Db } from '#lib/server/db.ts';
import { makeGathering } from '#lib/server/gathering.ts';
import { Problem, problem } from '#lib/server/problem.ts';
import { inTurn, makeTurns } from '#lib/server/turns.ts';
import { count, type Rate } from './rate.server.ts';

/** Programs that come all at once leave connections to people at their screens. */
export const turns = makeTurns({ atOnce: Math.ceil((MAX_CONNECTIONS * 2) / 3), patience_ms: 30_000 });

/** A request at the door. `secret`: of the token that it brings. */
type Coming = { address: string; secret: string | null };

/** How often its address asked; who asks and how often with this token, or why not. */
export type Admitted = { rate: Rate; owner: { actor: TokenOwner; rate: Rate } | Problem };

const AT_MOST = 200;
const admissions = new WeakMap<Db, (coming: Coming) => Promise<Admitted>>();

/** Counts a request and looks its token up: all that come at the same time in the same two statements. */
export async function admit(db: Db, coming: Coming): Promise<Admitted> {
	const admission = admissions.get(db) ?? makeGathering<Coming, Admitted>(AT_MOST, (all) => admitAll(db, all));
	admissions.set(db, admission);
	return admission(coming);
}

async function admitAll(db: Db, all: readonly Coming[]): Promise<(coming: Coming) => Admitted> {
	return inTurn(turns, async () => {
		const secrets = all.flatMap(({ secret }) => secret ?? []);
		const owners = secrets.length > 0 ? await ownersOf(db, secrets) : new Map<string, TokenOwner | Problem>();
		const admitted = new Map<Coming, Admitted>();
		const known = all.map((coming) => ({
			coming,
			owner: owners.get(coming.secret ?? '') ?? problem('api.token_missing')
		}));
		const counted = known.flatMap(({ coming, owner }) => [
			{ of: 'address', subject: coming.address } as const,
			...(owner instanceof Problem ? [] : [{ of: 'token', subject: owner.token.id } as const])
		]);
		const rates = (await count(db, counted)).values();
		for (const { coming, owner } of known) {
			const rate = next(rates);
			admitted.set(coming, {
				rate,
				owner: owner instanceof Problem ? owner : { actor: owner, rate: next(rates) }
			});
		}
		return (coming) => {
			const found = admitted.get(coming);
			if (!found) throw new Error('a request was not admitted');
			return found;
		};
	});
}

function next(rates: Iterator<Rate>): Rate {
	const { value, done } = rates.next();
	if (done) throw new Error('a request was not counted');
	return value;
}
