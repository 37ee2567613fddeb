import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { processorTime_ms } from '../serving.ts';
import type { Measured } from '../table.ts';
import { idOf } from '../world/units.ts';
import type { Chain, Outcome } from './asked.ts';
import { callFrom, within_ms } from './calling.ts';
import type { Ground } from './ground.ts';
import { flushesIn } from './flushes.ts';
import { insertRate } from './pgbench.ts';

/** As many as pgbench is asked to have. */
const CLIENTS = 16;
const PATIENCE_S = 600;
/** Requests of each province with so many registrations in each. */
const MANY = [
	{ inOne: 50, requests: 10 },
	{ inOne: 500, requests: 2 }
];
/** Each commune accepts so many of its own, one a request; as many before, to warm up. */
const SINGLE = 2;

/**
 * Registrations accepted a second through HTTP, each a posting that is acknowledged when it is on the disk: one a request, fifty
 * and five hundred; beside what pgbench inserts of the same row in the same PostgreSQL before and after, one a transaction.
 */
export async function measurePosting({ db, access, country, serve }: Ground): Promise<Measured[]> {
	const waiting = await handUp(db, country);
	const serving = await serve();
	const call = { url: serving.address, connections: CLIENTS, rate: null, patience_s: PATIENCE_S };
	try {
		await callFrom({ ...call, chains: single(country, waiting) });
		const measured: Measured[] = [];
		for (const { inOne, requests } of [{ inOne: 1, requests: SINGLE }, ...MANY]) {
			const chains = inOne === 1 ? single(country, waiting) : many(country, waiting, { inOne, requests });
			const before = insertRates(access.superuser, country);
			const postings = await countPostings(db);
			const taken_ms = processorTime_ms(serving.pid) ?? 0;
			const { result: done, flushes } = await flushesIn(access.superuser, () => callFrom({ ...call, chains }));
			const each_ms = ((processorTime_ms(serving.pid) ?? Number.NaN) - taken_ms) / chains.length;
			process.stderr.write(
				`· ${inOne} in a request: ${each_ms.toFixed(1)} ms of processor time of the program a request\n`
			);
			const entered = (await countPostings(db)) - postings;
			if (entered !== chains.length * inOne) throw new Error(`${entered} postings of ${chains.length} × ${inOne}`);
			const after = insertRates(access.superuser, country);
			measured.push(...beside({ inOne, done, flushes, entered }, [before, after]));
		}
		return measured;
	} finally {
		await serving.stop();
	}
}

async function countPostings(db: Db): Promise<number> {
	const { rows } = await sql<{ count: number }>`select count(*)::bigint as count from postings`.execute(db);
	return rows[0]?.count ?? 0;
}

type Done = { inOne: number; done: Outcome; flushes: number; entered: number };
type Rates = Record<'ledger' | 'plain', number | null>;

function insertRates(connection: string, { communes }: Ground['country']): Rates {
	const asked = { clients: CLIENTS, unitId: idOf(communes[0]?.unit ?? '') };
	return {
		ledger: insertRate(connection, { ...asked, into: 'ledger' }),
		plain: insertRate(connection, { ...asked, into: 'plain' })
	};
}

/** Beside the row in a table that is like the ledger in all, and beside it in a plain one of the same columns. */
function beside({ inOne, done, flushes, entered }: Done, rates: readonly Rates[]): Measured[] {
	const rate = entered / done.seconds;
	const requests = done.latencies_ms.length;
	const pace = `${Math.round(rate)} postings/s, ${Math.round(requests / done.seconds)} requests/s, p95 ${Math.round(within_ms(done.latencies_ms, 0.95))} ms`;
	process.stderr.write(`· ${inOne} in a request: ${pace}, ${(requests / flushes).toFixed(2)} requests a flush\n`);
	const mean = (of: 'ledger' | 'plain') =>
		rates.reduce((sum, each) => sum + (each[of] ?? Number.NaN), 0) / rates.length;
	const measured = (of: 'ledger' | 'plain', what: string): Measured => {
		const theirs = mean(of);
		return {
			what: `postings through HTTP, ${inOne} in a request, ${CLIENTS} at a time (${pace})`,
			value: Number.isNaN(theirs) ? null : rate / theirs,
			unit: '×',
			target: 1,
			isLeast: true,
			yardstick: { what: `${what} (${Math.round(theirs)}/s)`, value: 1 }
		};
	};
	return [
		measured('ledger', 'rows a second that pgbench inserts into a table like the ledger'),
		measured('plain', 'rows a second that pgbench inserts into one with its columns and key')
	];
}

/** Registrations that every commune has handed up and nobody has accepted, by commune. */
type Waiting = ReadonlyMap<string, string[]>;

async function handUp(db: Db, { communes, provinces }: Ground['country']): Promise<Waiting> {
	const inMany = MANY.reduce((sum, { inOne, requests }) => sum + inOne * requests, 0);
	const each = 2 * SINGLE + Math.ceil((inMany * provinces.length) / communes.length) + 1;
	const waiting = new Map(
		communes.map(({ unit }) => [unit, Array.from({ length: each }, (_, n) => idOf(`waiting ${n} of ${unit}`))])
	);
	for (const [unit, ids] of waiting) await insert(db, unit, ids);
	await sql`select refresh_statistics()`.execute(db);
	return waiting;
}

async function insert(db: Db, unit: string, ids: readonly string[]): Promise<void> {
	const unit_id = idOf(unit);
	const home_id = idOf(unit.split('-')[0] ?? '');
	const rows = JSON.stringify(ids.map((id) => ({ id, model_id: idOf(`model ${id}`), unit_id, home_id })));
	const from = sql`from jsonb_to_recordset(${rows}::jsonb) as r (id uuid, model_id uuid, unit_id uuid, home_id uuid)`;
	const name = sql`'Tổ tự quản đường hoa số ' || id`;
	await sql`insert into models (id, home_id, name) select model_id, home_id, ${name} ${from}`.execute(db);
	await sql`
		insert into registrations (id, home_id, model_id, unit_id, year, level, field, subject, novelty, state, name, name_key,
			registered_on)
		select id, home_id, model_id, unit_id, extract(year from ${today()}::date), 'base', 'economy', 'collective', 'new', 'submitted',
			${name}, 'to tu quan duong hoa so ' || id, ${today()}::date ${from}`.execute(db);
}

/** Each commune accepts some of its own, one after the other. */
function single({ communes }: Ground['country'], waiting: Waiting): Chain[] {
	return communes.flatMap(({ unit, token, address }) =>
		(waiting.get(unit)?.splice(0, SINGLE) ?? []).map((id) => ({
			token,
			address,
			steps: [{ key: `one:${id}`, path: `/api/v1/models/${id}/acceptance`, body: '{}' }]
		}))
	);
}

/** Each province accepts its communes', many in a request. */
function many(
	{ communes, provinces }: Ground['country'],
	waiting: Waiting,
	{ inOne, requests }: { inOne: number; requests: number }
): Chain[] {
	return provinces.flatMap(({ unit, token, address }) => {
		const under = communes.filter((commune) => commune.unit.startsWith(`${unit}-`));
		const share = Math.ceil((inOne * requests) / under.length);
		const ids = under.flatMap((commune) => waiting.get(commune.unit)?.splice(0, share) ?? []);
		return Array.from({ length: requests }, (_, n) => {
			const body = JSON.stringify({ ids: ids.slice(n * inOne, (n + 1) * inOne) });
			const key = createHash('sha256').update(body).digest('hex');
			return { token, address, steps: [{ key, path: '/api/v1/models/bulk/acceptance', body }] };
		});
	});
}
