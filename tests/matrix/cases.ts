import { PERMISSIONS, ROLES, type Actor, type Role } from '#lib/accounts/actor.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { found, needlesOf } from '../canary.ts';
import { SENDER } from '../sealed-people.ts';
import type { Outcome } from './call.ts';
import { fileText, type Row } from './rows.ts';
import { findThings, RELATIONS, type Relation, type Things } from './world.ts';

/** What stands in each unit of the world. */
export async function findAll(db: Db): Promise<Record<Relation, Things>> {
	return {
		own: await findThings(db, 'own'),
		child: await findThings(db, 'child'),
		sibling: await findThings(db, 'sibling'),
		parent: await findThings(db, 'parent'),
		other: await findThings(db, 'other')
	};
}

export type Case = { role: Role | 'none' | 'visitor'; relation: Relation; actor: Actor | undefined };

/** Every role held on `own`, beside somebody without a role and a visitor; each meets what stands in one of the units. */
export function casesOf(things: Readonly<Record<Relation, Things>>): Case[] {
	const id = '00000000-0000-7000-8000-000000000001';
	const person = (role: Role | null): Actor => ({
		id,
		name: 'Người thử',
		grants: role ? [{ unitId: things.own.unitId, role }] : [],
		everything: false
	});
	return [
		...ROLES.flatMap((role) => RELATIONS.map((relation) => ({ role, relation, actor: person(role) }))),
		{ role: 'none', relation: 'own', actor: person(null) },
		{ role: 'visitor', relation: 'own', actor: undefined }
	];
}

/** The second, naive reading of the rules: a role reaches its unit and what hangs under it, and nothing else. */
export function isAllowed({ needs, reaches }: Pick<Row, 'needs' | 'reaches'>, { role, relation }: Case): boolean {
	if (needs === 'anyone') return true;
	if (role === 'visitor') return false;
	if (needs === 'signed_in') return true;
	if (role === 'none') return false;
	const roles = [needs].flat().flatMap((permission): readonly Role[] => PERMISSIONS[permission]);
	const reached: readonly Relation[] = reaches === 'tree' ? ['own', 'child', 'sibling', 'parent'] : ['own', 'child'];
	return roles.includes(role) && reached.includes(relation);
}

/** Runs what may write, and takes it back. */
export async function undone<T>(db: Db, run: (tx: Db) => Promise<T>): Promise<T> {
	const back = new Error('taken back');
	const kept: T[] = [];
	await inTransaction(db, async (tx) => {
		kept.push(await run(tx));
		throw back;
	}).catch((error: unknown) => {
		if (error !== back) throw error;
	});
	const [result] = kept;
	if (result === undefined) throw new Error('nothing came back');
	return result;
}

const NEEDLES = needlesOf(Object.values(SENDER));

/** Does an answer, page data, file or refusal, name who is behind a sealed case? */
export function namesSender(outcome: Outcome): boolean {
	const text =
		outcome.kind === 'done' ? `${JSON.stringify(outcome.data)}${fileText(outcome.data)}` : JSON.stringify(outcome);
	return found(NEEDLES, text).length > 0;
}
