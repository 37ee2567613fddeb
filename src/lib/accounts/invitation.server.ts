import { sql } from 'kysely';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { post } from '#lib/mail/outbox.server.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { get } from '#lib/units/unit.server.ts';
import { accountAction } from './account-action.server.ts';
import { addPerson, setPassword, type NewPerson } from './account.server.ts';
import type { Actor } from './actor.ts';
import { languageOf } from './language.server.ts';
import { invitationLetter } from './letter.ts';
import { isOpen, issue, revokeAll, use, type Delivery } from './link.server.ts';
import { managed } from './managed.server.ts';
import { hashPassword } from './password.server.ts';
import { asActor, enter, type Door, type Outcome } from './sign-in.server.ts';
import type { Site } from './site.server.ts';

/** A link to be handed over: shown this once, null where it went by mail. */
export type Issued = { userId: string; slip: { name: string; email: string; link: string; expiresAt: Date } | null };

/** Invites a person who has no account: enters them with their roles and makes the link with which they begin. */
export async function invite(
	db: Db,
	actor: Actor,
	wanted: { person: NewPerson; delivery: Delivery; site: Site },
	now = new Date()
): Promise<Issued> {
	return command(db, actor, async (tx) => {
		const action = await addPerson(tx, actor, wanted.person, 'invite');
		const result = await send(tx, actor, { ...wanted, userId: action.recordId }, now);
		return { result, actions: [action] };
	});
}

/** Makes the link anew, by mail or as a slip; the earlier one ends. Throws `account.accepted_already`. */
export async function reissue(
	db: Db,
	actor: Actor,
	wanted: { userId: string; delivery: Delivery; site: Site },
	now = new Date()
): Promise<Issued> {
	return command(db, actor, async (tx) => {
		await awaited(tx, actor, wanted.userId);
		const result = await send(tx, actor, wanted, now);
		const details = { kind: 'invitation', delivery: wanted.delivery };
		return { result, actions: [await accountAction(tx, wanted.userId, 'issue_link', details)] };
	});
}

/** Takes an invitation back: nobody came, so the person and their roles go; the log keeps what was. */
export async function revoke(db: Db, actor: Actor, userId: string, now = new Date()): Promise<void> {
	await command(db, actor, async (tx) => {
		await awaited(tx, actor, userId);
		await revokeAll(tx, userId, now);
		const action = await accountAction(tx, userId, 'revoke_invitation');
		await sql`delete from role_grants where user_id = ${userId}::uuid`.execute(tx);
		await sql`delete from users where id = ${userId}::uuid`.execute(tx);
		return { result: undefined, actions: [action] };
	});
}

/** Takes an invitation up: the person's first password; then they are in. Throws `access.link_used`. */
export async function accept(
	db: Db,
	given: { token: string; password: string; door: Door },
	now = new Date()
): Promise<Outcome & { kind: 'open' }> {
	const hash = await hashPassword(given.password);
	return inTransaction(db, async (tx) => {
		const { user } = await use(tx, 'invitation', given.token, now);
		await setPassword(tx, user.id, hash);
		await welcome(tx, user);
		return enter(tx, { person: user, factor: 'password', door: given.door }, now);
	});
}

/** Notes that an invited person came. */
export async function welcome(tx: Tx, person: { id: string; name: string }): Promise<void> {
	await command(tx, asActor(person), async () => {
		await sql`update users set email_verified = true where id = ${person.id}::uuid`.execute(tx);
		return { result: undefined, actions: [await accountAction(tx, person.id, 'accept_invitation')] };
	});
}

export type OpenInvitation = {
	userId: string;
	name: string;
	email: string;
	units: string[];
	roles: string[];
	delivery: Delivery | null;
	expiresAt: Date | null;
	isExpired: boolean;
};

/** Who was invited at and under a unit and has not come yet. */
export async function listOpen(db: Db, actor: Actor, unitId: string, now = new Date()): Promise<OpenInvitation[]> {
	await authorise(db, actor, 'account.manage', unitId);
	const { rows } = await sql<OpenInvitation>`
		select u.id as "userId", u.name, u.email, l.delivery, l.expires_at as "expiresAt",
			array_agg(distinct v.name) as units, array_agg(distinct g.role) as roles,
			coalesce(not ${isOpen(now)}, true) as "isExpired"
		from users u
		join role_grants g on g.user_id = u.id
		join unit_paths p on p.unit_id = g.unit_id and p.ancestor_id = ${unitId}::uuid and upper_inf(p.valid) and upper_inf(p.known)
		join unit_versions v on v.unit_id = g.unit_id and upper_inf(v.valid)
		left join lateral (
			select * from account_links l where l.user_id = u.id and l.kind = 'invitation' order by l.id desc limit 1) l on true
		where not exists (select 1 from credentials c where c.user_id = u.id)
		group by u.id, u.name, u.email, l.delivery, l.expires_at, l.used_at, l.revoked_at
		order by l.expires_at desc nulls last, u.name`.execute(db);
	return rows;
}

/** Locks a person whom the actor may look after and who has not accepted yet. */
async function awaited(tx: Tx, actor: Actor, userId: string): Promise<void> {
	await managed(tx, actor, userId);
	const { rows } = await sql`select 1 from credentials where user_id = ${userId}::uuid`.execute(tx);
	if (rows.length > 0) throw problem('account.accepted_already');
}

async function send(
	tx: Tx,
	actor: Actor,
	wanted: { userId: string; delivery: Delivery; site: Site },
	now: Date
): Promise<Issued> {
	const { userId, delivery, site } = wanted;
	const { name, email, unitId } = await managed(tx, actor, userId);
	const { token, expiresAt } = await issue(tx, { userId, kind: 'invitation', delivery }, now);
	const link = `${site.origin}/invitation/${token}`;
	if (delivery === 'slip') return { userId, slip: { name, email, link, expiresAt } };
	const unit = (await get(tx, actor, unitId)).name;
	const letter = invitationLetter({ name, inviter: actor.name, unit, expiresAt }, await languageOf(tx, userId));
	await post(tx, { to: email, ...letter, linkSealed: site.cipher.seal(link) });
	return { userId, slip: null };
}
