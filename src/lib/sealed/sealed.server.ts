import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command, type Acted, type NewAction } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise, may } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { fold, normalise } from '#lib/vietnamese/text.ts';
import { decryptField, encryptField, newKey, unwrap, wrap, type DataKey } from './envelope.server.ts';
import {
	caseAction,
	enterHandler,
	findCase,
	hindrance,
	holdCase,
	isHandler,
	type SealedCase
} from './handler.server.ts';
import { holdCurrent, loadKeys, type Keyring, type KeySource } from './master-key.server.ts';
import { SealedFields, SHORTEST_REASON } from './sealed.schema.ts';

/** `caseId` is the id of the case itself; `excludedUnitIds`: units that the case is about, whose people cannot handle it. */
export type NewSealed = {
	caseId: string;
	noun: string;
	unitId: string;
	fields: SealedFields;
	excludedUnitIds?: readonly string[];
};

/**
 * Seals who is behind a case, inside the command that makes the case; the petition officer who takes it in becomes its
 * first handler. `ring` comes from `loadKeys`, before the command. Throws `sealed.fields_invalid` and what hinders a handler.
 */
export async function seal(
	tx: Tx,
	actor: Actor,
	ring: Keyring,
	{ caseId, noun, unitId, fields, excludedUnitIds = [] }: NewSealed
): Promise<Acted<{ caseId: string }>> {
	await authorise(tx, actor, 'sealed.handle', unitId);
	const why = await hindrance(tx, actor, { unitId, excludedUnitIds: [...excludedUnitIds] });
	if (why || !actor.id) throw problem(why ?? 'sealed.not_petition_officer');
	const texts = readFields(fields);
	const master = await holdCurrent(tx, ring);
	const held: SealedCase = {
		id: caseId,
		homeId: await homeOf(tx, unitId, today()),
		noun,
		unitId,
		excludedUnitIds: [...excludedUnitIds],
		sealedOn: today(),
		erased: false
	};
	const action = caseAction(held, 'seal', { case: noun, fields: Object.keys(texts) });
	await sql`
		insert into sealed_cases (id, home_id, noun, unit_id, excluded_unit_ids, sealed_on, action_id)
		values (${caseId}, ${held.homeId}, ${noun}, ${unitId}, ${held.excludedUnitIds}::uuid[], ${held.sealedOn}, ${action.id})`.execute(
		tx
	);
	const dataKey: DataKey = { id: newId(), caseId, key: newKey() };
	await sql`
		insert into sealed_keys (case_id, id, master_version, wrapped)
		values (${caseId}, ${dataKey.id}, ${ring.current}, ${wrap(master, ring.current, dataKey)})`.execute(tx);
	await writeFields(tx, dataKey, { texts, actionId: action.id });
	await enterHandler(tx, { caseId, userId: actor.id, actionId: action.id });
	return { result: { caseId }, actions: [action] };
}

export type Opening = { caseId: string; reason: string };

/**
 * The person behind a case, for one of its handlers of today and for a reason. The opening is committed before anything is
 * answered; so is a refused one. Throws `input.not_found`, `sealed.not_handler`, `sealed.reason_short`,
 * `sealed.reason_tells`, `sealed.too_many_tries`, `sealed.erased`, `sealed.damaged`.
 */
export async function open(
	db: Db,
	actor: Actor,
	source: KeySource,
	{ caseId, reason: given }: Opening
): Promise<SealedFields> {
	if (db.isTransaction)
		throw new Error('an identity is not opened inside a transaction: its action must be durable first');
	const reason = normalise(given);
	const found = await findCase(db, caseId);
	if (!found || !(await isHandler(db, actor, caseId)) || (await hindrance(db, actor, found)) !== null)
		return refuseOpening(db, actor, { caseId, found });
	if (reason.length < SHORTEST_REASON) throw problem('sealed.reason_short', { least: SHORTEST_REASON });
	const ring = await loadKeys(db, source);
	return command(db, actor, async (tx) => {
		await sql`set local synchronous_commit = on`.execute(tx);
		const held = await holdCase(tx, caseId);
		// Read again under the lock: whoever was taken off the case a moment ago opens nothing.
		if (!(await isHandler(tx, actor, caseId))) throw problem('sealed.not_handler');
		const fields = await readAll(tx, ring, caseId);
		refuseTelling(reason, fields);
		return {
			result: fields,
			actions: [{ ...caseAction(held, 'open_sealed', { fields: Object.keys(fields) }), reason }]
		};
	});
}

/** Replaces or adds fields; for a handler, with a reason. Other fields stay as they are. */
export async function amend(
	db: Db,
	actor: Actor,
	source: KeySource,
	{ caseId, reason, fields }: Opening & { fields: SealedFields }
): Promise<{ caseId: string }> {
	if (normalise(reason).length < SHORTEST_REASON) throw problem('sealed.reason_short', { least: SHORTEST_REASON });
	const texts = readFields(fields);
	const ring = await loadKeys(db, source);
	return command(db, actor, async (tx) => {
		const held = await holdCase(tx, caseId);
		if (!(await isHandler(tx, actor, caseId)) || (await hindrance(tx, actor, held)))
			throw problem('sealed.not_handler');
		const dataKey = await keyOfCase(tx, ring, caseId);
		refuseTelling(reason, { ...(await readAll(tx, ring, caseId)), ...texts });
		const action = caseAction(held, 'amend_sealed', { fields: Object.keys(texts) });
		await writeFields(tx, dataKey, { texts, actionId: action.id });
		return { result: { caseId }, actions: [{ ...action, reason }] };
	});
}

/** Destroys the case's data key, and with it what was sealed, for ever. For who leads the unit, with a reason. */
export async function erase(db: Db, actor: Actor, { caseId, reason }: Opening): Promise<{ caseId: string }> {
	return command(db, actor, async (tx) => {
		const held = await holdCase(tx, caseId);
		await authorise(tx, actor, 'sealed.assign', held.unitId);
		const action = caseAction(held, 'erase_sealed');
		await sql`delete from sealed_keys where case_id = ${caseId}::uuid`.execute(tx);
		await sql`delete from sealed_fields where case_id = ${caseId}::uuid`.execute(tx);
		await sql`
			insert into sealed_erasures (case_id, reason, action_id) values (${caseId}, ${reason}, ${action.id})`.execute(tx);
		return { result: { caseId }, actions: [{ ...action, reason }] };
	});
}

/** How many refused openings in a row are still told one from the other; the log is not to be filled by one person. */
const REFUSALS = 5;
const REFUSALS_MINUTES = 15;

async function refuseOpening(
	db: Db,
	actor: Actor,
	{ caseId, found }: { caseId: string; found: SealedCase | null }
): Promise<never> {
	const known = found !== null && (await may(db, actor, 'sealed.handle', found.unitId));
	const action: NewAction = found
		? caseAction(found, 'open_refused')
		: { id: newId(), homeId: caseId, noun: 'sealed_case', recordId: caseId, verb: 'open_refused', unitId: null };
	await command(db, actor, async (tx) => {
		await sql`select pg_advisory_xact_lock(hashtextextended(${`sealed ${actor.id ?? actor.name}`}, 0))`.execute(tx);
		const own = actor.id ? sql`actor_id = ${actor.id}::uuid` : sql`actor_id is null and actor_name = ${actor.name}`;
		const { rows } = await sql<{ count: number }>`
			select count(*)::int as count from actions where ${own} and noun = 'sealed_case' and verb = 'open_refused'
				and acted_at > clock_timestamp() - make_interval(mins => ${REFUSALS_MINUTES})`.execute(tx);
		if ((rows[0]?.count ?? 0) >= REFUSALS) throw problem('sealed.too_many_tries', { minutes: REFUSALS_MINUTES });
		return { result: null, actions: [action] };
	});
	throw problem(known ? 'sealed.not_handler' : 'input.not_found');
}

async function readAll(tx: Tx, ring: Keyring, caseId: string): Promise<SealedFields> {
	const dataKey = await keyOfCase(tx, ring, caseId);
	const { rows } = await sql<{ field: string; ciphertext: Buffer }>`
		select field, ciphertext from sealed_fields where case_id = ${caseId}::uuid order by field`.execute(tx);
	return Object.fromEntries(rows.map(({ field, ciphertext }) => [field, decryptField(dataKey, field, ciphertext)]));
}

async function keyOfCase(tx: Tx, ring: Keyring, caseId: string): Promise<DataKey> {
	const { rows } = await sql<{ id: string; version: number; bytes: Buffer }>`
		select id, master_version as version, wrapped as bytes from sealed_keys where case_id = ${caseId}::uuid`.execute(tx);
	const [row] = rows;
	if (!row) throw problem('sealed.damaged');
	const master = ring.keys.get(row.version);
	if (!master) throw problem('sealed.key_missing', { version: row.version });
	return unwrap(master, row.version, { id: row.id, caseId, bytes: row.bytes });
}

async function writeFields(
	tx: Tx,
	dataKey: DataKey,
	{ texts, actionId }: { texts: SealedFields; actionId: string }
): Promise<void> {
	for (const [field, text] of Object.entries(texts)) {
		await sql`
			insert into sealed_fields (case_id, field, ciphertext, action_id)
			values (${dataKey.caseId}, ${field}, ${encryptField(dataKey, field, text)}, ${actionId})
			on conflict (case_id, field) do update set ciphertext = excluded.ciphertext, action_id = excluded.action_id`.execute(
			tx
		);
	}
}

/** What the schema says of a mistake would name the texts. */
function readFields(fields: SealedFields): SealedFields {
	const read = SealedFields.safeParse(fields);
	if (!read.success) throw problem('sealed.fields_invalid');
	return read.data;
}

/** The reason stays in the log for all who read it: it must not tell what is sealed. */
function refuseTelling(reason: string, fields: SealedFields): void {
	const told = fold(reason);
	const digits = reason.replace(/\D/g, '');
	const tells = Object.values(fields).some((text) => {
		const [words, number] = [fold(text), text.replace(/\D/g, '')];
		return (
			(words.length >= SHORTEST_TEXT && told.includes(words)) ||
			(number.length >= SHORTEST_NUMBER && digits.includes(number))
		);
	});
	if (tells) throw problem('sealed.reason_tells');
}

/** Shorter ones, such as a house number, may stand in a reason by chance. */
const SHORTEST_TEXT = 4;
const SHORTEST_NUMBER = 6;
