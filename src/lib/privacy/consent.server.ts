import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import type { Locale } from '#lib/paraglide/runtime.js';

/** A question that Khéo asks today, and whether this person agreed to its present text. */
export type Consent = { purpose: string; version: number; text: string; given: boolean; since: Date | null };

/** Did the person agree to what the purpose's text says today? Without a row: no. A new text asks anew. */
export async function has(db: Db, userId: string, purpose: string): Promise<boolean> {
	const { rows } = await sql<{ given: boolean }>`
		select c.given from consent_texts t join consents c using (purpose, version)
		where t.purpose = ${purpose} and t.valid @> ${today()}::date and c.user_id = ${userId}::uuid
		order by c.id desc limit 1`.execute(db);
	return rows[0]?.given ?? false;
}

/** Agrees to the text of this version, which must be today's: what was not shown is not agreed to. */
export async function give(
	db: Db,
	actor: Actor,
	{ purpose, version }: Pick<Consent, 'purpose' | 'version'>
): Promise<{ given: true }> {
	return command(db, actor, async (tx) => {
		const { rows } = await sql`
			select 1 from consent_texts where purpose = ${purpose} and version = ${version} and valid @> ${today()}::date`.execute(
			tx
		);
		if (rows.length === 0) throw problem('privacy.consent_unknown');
		return { result: { given: true }, actions: [await enter(tx, actor, { purpose, version, given: true })] };
	});
}

/** Takes back what was agreed to, as easily as it was given. */
export async function withdraw(db: Db, actor: Actor, purpose: string): Promise<{ given: false }> {
	return command(db, actor, async (tx) => {
		const { rows } = await sql<{ version: number; given: boolean }>`
			select version, given from consents where user_id = ${actor.id}::uuid and purpose = ${purpose}
			order by id desc limit 1`.execute(tx);
		const [last] = rows;
		if (!last?.given) throw problem('privacy.consent_unknown');
		return {
			result: { given: false },
			actions: [await enter(tx, actor, { purpose, version: last.version, given: false })]
		};
	});
}

/** Every question of today, with the person's answer. */
export async function listOwn(db: Db, actor: Actor, locale: Locale): Promise<Consent[]> {
	const { rows } = await sql<Consent>`
		select t.purpose, t.version, case when ${locale} = 'vi' then t.vi else t.en end as text,
			coalesce(c.given, false) as given, c.acted_at as since
		from consent_texts t left join lateral (select given, acted_at from consents c
			where c.user_id = ${actor.id}::uuid and c.purpose = t.purpose and c.version = t.version
			order by id desc limit 1) c on true
		where t.valid @> ${today()}::date order by t.purpose`.execute(db);
	return rows;
}

async function enter(
	tx: Tx,
	actor: Actor,
	{ purpose, version, given }: { purpose: string; version: number; given: boolean }
): Promise<NewAction> {
	if (!actor.id) throw problem('access.denied');
	const [id, actionId] = [newId(), newId()];
	await sql`
		insert into consents (id, user_id, purpose, version, given, action_id)
		values (${id}, ${actor.id}, ${purpose}, ${version}, ${given}, ${actionId})`.execute(tx);
	const verb = given ? 'give' : 'withdraw';
	const details = { purpose, version };
	return { id: actionId, homeId: actor.id, noun: 'consent', recordId: id, verb, unitId: null, details };
}
