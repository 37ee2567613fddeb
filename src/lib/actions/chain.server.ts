import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { inTransaction, type Db } from '#lib/server/db.ts';

/** How many actions a block seals at most. */
const BLOCK = 5_000;
const FIRST = '0'.repeat(64);
const LOCK = 731_904_113;

/** The text of an action that is hashed: every column, in a fixed form that PostgreSQL makes the same everywhere. */
const CANONICAL = sql<string>`
	jsonb_build_array(a.home_id, a.id, a.noun, a.record_id, a.verb, a.actor_id, a.actor_name, a.unit_id,
		extract(epoch from a.acted_at)::numeric, a.reason, a.details)::text`;

/** True for an action `a` that a block holds. By the home too, so that it is looked up where the action is. */
export const SEALED = sql<boolean>`
	exists (select 1 from action_seals s where s.home_id = a.home_id and s.action_id = a.id)`;

/**
 * Seals actions that no block holds yet, oldest first, into hash-chained blocks; answers how many. Runs in the background,
 * so that writers never wait; two at once do not seal the same.
 */
export async function seal(db: Db): Promise<number> {
	let sealed = 0;
	for (;;) {
		const count = await sealBlock(db);
		sealed += count;
		if (count < BLOCK) return sealed;
	}
}

async function sealBlock(db: Db): Promise<number> {
	return inTransaction(db, async (tx) => {
		await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
		const { rows } = await sql<{ homeId: string; id: string; text: string }>`
			select a.home_id as "homeId", a.id, ${CANONICAL} as text from actions a where not ${SEALED}
			order by a.id limit ${BLOCK}`.execute(tx);
		if (rows.length === 0) return 0;
		const last = await sql<{ number: number; hash: string }>`
			select number, hash from action_blocks order by number desc limit 1`.execute(tx);
		const previous = last.rows[0] ?? { number: 0, hash: FIRST };
		const block = {
			number: previous.number + 1,
			previous_hash: previous.hash,
			hash: hashOf(previous.hash, rows),
			action_count: rows.length
		};
		await tx.insertInto('action_blocks').values(block).execute();
		const members = rows.map((row, position) => ({ home_id: row.homeId, action_id: row.id, position }));
		await sql`
			insert into action_seals (home_id, action_id, block_number, position)
			select home_id, action_id, ${block.number}, position
			from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as r (home_id uuid, action_id uuid, position int)`.execute(
			tx
		);
		return rows.length;
	});
}

function hashOf(previous: string, rows: readonly { text: string }[]): string {
	const hash = createHash('sha256').update(previous);
	for (const row of rows) hash.update(createHash('sha256').update(row.text).digest());
	return hash.digest('hex');
}

/** A block's number and hash, kept where who can alter the database cannot: what the chain cannot tell of its own end. */
export type Anchor = { number: number; hash: string };

/** The last block; null where nothing is sealed yet. */
export async function anchor(db: Db): Promise<Anchor | null> {
	const { rows } = await sql<Anchor>`select number, hash from action_blocks order by number desc limit 1`.execute(db);
	return rows[0] ?? null;
}

/**
 * A block that does not hold: its rows were altered, removed or reordered, it does not follow the one before, or it is not
 * the one that was anchored.
 */
type BrokenBlock = { number: number; why: 'link' | 'count' | 'hash' | 'anchor' };

export type Verification = { blocks: number; actions: number; unsealed: number; broken: BrokenBlock[] };

/** Recomputes the whole chain, and compares it with anchors. `unsealed`: actions that wait for the next block. */
export async function verify(db: Db, anchors: readonly Anchor[] = []): Promise<Verification> {
	const { rows: blocks } = await sql<{ number: number; previousHash: string; hash: string; count: number }>`
		select number, previous_hash as "previousHash", hash, action_count as count from action_blocks order by number`.execute(
		db
	);
	const broken: BrokenBlock[] = [];
	let previous = { number: 0, hash: FIRST };
	let actions = 0;
	for (const block of blocks) {
		if (block.previousHash !== previous.hash || block.number !== previous.number + 1)
			broken.push({ number: block.number, why: 'link' });
		const { rows } = await sql<{ text: string }>`
			select ${CANONICAL} as text from action_seals s join actions a on a.home_id = s.home_id and a.id = s.action_id
			where s.block_number = ${block.number} order by s.position`.execute(db);
		if (rows.length !== block.count) broken.push({ number: block.number, why: 'count' });
		else if (hashOf(block.previousHash, rows) !== block.hash) broken.push({ number: block.number, why: 'hash' });
		actions += rows.length;
		previous = block;
	}
	for (const { number, hash } of anchors)
		if (blocks.find((block) => block.number === number)?.hash !== hash) broken.push({ number, why: 'anchor' });
	const waiting = await sql<{ count: number }>`
		select count(*)::bigint as count from actions a where not ${SEALED}`.execute(db);
	return { blocks: blocks.length, actions, unsealed: waiting.rows[0]?.count ?? 0, broken };
}
