import { sql } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import type { Noun, Rights } from './act.ts';
import { carryOver } from './continuation.server.ts';
import { honour, recognise, refuse, revoke, start, type Decision } from './recognition.server.ts';
import { accept, end, giveBack, submit, withdraw } from './registration.server.ts';

/** Acts done to one registration or to many alike; those that need a score sheet or a unit have their own commands. */
export type PlainNoun = Exclude<Noun, 'self-assessment' | 'appraisal' | 'replication'>;

export type Asked = { noun: PlainNoun; ids: readonly string[]; reason: string; decision: Decision; key?: string };

type Perform = (db: Db, actor: Actor, asked: Omit<Asked, 'noun'>) => Promise<unknown>;

const COMMANDS: Readonly<Record<PlainNoun, Perform>> = {
	submission: (db, actor, { ids }) => submit(db, actor, ids),
	acceptance: (db, actor, { ids }) => accept(db, actor, ids),
	return: (db, actor, asked) => giveBack(db, actor, asked),
	start: (db, actor, { ids }) => start(db, actor, ids),
	recognition: (db, actor, { ids, decision }) => recognise(db, actor, ids, decision),
	refusal: (db, actor, { ids, decision }) => refuse(db, actor, ids, decision),
	revocation: async (db, actor, { ids, reason }) => {
		for (const id of ids) await revoke(db, actor, id, reason);
	},
	typical: (db, actor, { ids, decision }) => honour(db, actor, { ids, verb: 'choose_typical', decision }),
	proposal: (db, actor, { ids, decision }) => honour(db, actor, { ids, verb: 'propose', decision }),
	reward: (db, actor, { ids, decision }) => honour(db, actor, { ids, verb: 'reward', decision }),
	continuation: (db, actor, { ids, key }) => carryOver(db, actor, ids, key),
	withdrawal: (db, actor, asked) => withdraw(db, actor, asked),
	end: (db, actor, asked) => end(db, actor, asked)
};

/** Does it to all of the selection or to none. Throws what the command refuses. */
export async function perform(db: Db, actor: Actor, { noun, ...asked }: Asked): Promise<void> {
	await COMMANDS[noun](db, actor, asked);
}

export function isPlain(noun: Noun): noun is PlainNoun {
	return noun in COMMANDS;
}

/** What the actor may do on each of these units, today. */
export async function rightsOn(db: Db, actor: Actor, unitIds: readonly string[]): Promise<Map<string, Rights>> {
	const ids = [...new Set(unitIds)];
	const { rows } = await sql<{ unitId: string } & Rights>`
		select p.unit_id as "unitId",
			bool_or(p.ancestor_id = any(${unitsWhere(actor, 'model.write')}::uuid[])) as write,
			bool_or(p.ancestor_id = any(${unitsWhere(actor, 'model.review')}::uuid[])) as review
		from unit_paths p
		where p.unit_id = any(${ids}::uuid[]) and p.valid @> ${today()}::date and upper_inf(p.known)
		group by p.unit_id`.execute(db);
	const found = new Map(rows.map(({ unitId, write, review }) => [unitId, { write, review }]));
	return new Map(
		ids.map((id) => [
			id,
			actor.everything ? { write: true, review: true } : (found.get(id) ?? { write: false, review: false })
		])
	);
}
