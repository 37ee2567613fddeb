import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import type { Measured } from '../table.ts';
import { idOf } from '../world/units.ts';
import type { Caller, Chain } from './asked.ts';
import { callFrom } from './calling.ts';
import type { Ground } from './ground.ts';
import { flushesIn } from './flushes.ts';
import { insertRate } from './pgbench.ts';

/** As many as pgbench is asked to have. */
const CLIENTS = 16;
const EACH = 6;
const IN_ONE = 50;
const PATIENCE_S = 600;

/**
 * Postings a second through HTTP, each acknowledged when it is on the disk, beside what pgbench inserts into a plain table of
 * the same PostgreSQL before and after: one posting a request, and fifty.
 */
export async function measurePosting({ db, access, country, serve }: Ground): Promise<Measured[]> {
	const waiting = await handUp(db, country.communes);
	const serving = await serve();
	const call = { url: serving.address, connections: CLIENTS, rate: null, patience_s: PATIENCE_S };
	try {
		const measured: Measured[] = [];
		const ways = [
			{ what: 'one posting a request', postings: 1, chains: one(country.communes, waiting) },
			{ what: `${IN_ONE} postings a request`, postings: IN_ONE, chains: many(country, waiting) }
		];
		for (const { what, postings, chains } of ways) {
			const before = insertRate(access.superuser, CLIENTS);
			const { result: done, flushes } = await flushesIn(access.superuser, () => callFrom({ ...call, chains }));
			const after = insertRate(access.superuser, CLIENTS);
			const answered = done.receipts.filter(({ status }) => status === 200).length;
			if (answered < chains.length) throw new Error(`${what}: ${answered} of ${chains.length} were accepted`);
			const rate = (answered * postings) / done.seconds;
			const beside = before === null || after === null ? null : (before + after) / 2;
			process.stderr.write(`· ${what}: ${Math.round(rate)}/s, ${(answered / flushes).toFixed(2)} commits a flush\n`);
			measured.push({
				what: `postings through HTTP, ${what}, ${CLIENTS} at a time`,
				value: beside === null ? null : rate / beside,
				unit: '×',
				target: 1,
				isLeast: true,
				yardstick: {
					what: `rows a second inserted by pgbench (${Math.round(beside ?? 0)}; ours ${Math.round(rate)})`,
					value: 1
				}
			});
		}
		return measured;
	} finally {
		await serving.stop();
	}
}

/** Registrations that every commune has handed up and nobody has accepted; answers their ids by commune. */
async function handUp(db: Db, communes: readonly Caller[]): Promise<Map<string, string[]>> {
	const waiting = new Map(
		communes.map(({ unit }) => [unit, Array.from({ length: EACH }, (_, n) => idOf(`waiting ${n} of ${unit}`))])
	);
	const rows = JSON.stringify(
		[...waiting].flatMap(([unit, ids]) =>
			ids.map((id) => ({
				id,
				model_id: idOf(`model ${id}`),
				unit_id: idOf(unit),
				home_id: idOf(unit.split('-')[0] ?? '')
			}))
		)
	);
	const from = sql`from jsonb_to_recordset(${rows}::jsonb) as r (id uuid, model_id uuid, unit_id uuid, home_id uuid)`;
	const name = sql`'Tổ tự quản đường hoa số ' || id`;
	await sql`insert into models (id, home_id, name) select model_id, home_id, ${name} ${from}`.execute(db);
	await sql`
		insert into registrations (id, home_id, model_id, unit_id, year, level, field, subject, novelty, state, name, name_key,
			registered_on)
		select id, home_id, model_id, unit_id, extract(year from ${today()}::date), 'base', 'economy', 'collective', 'new', 'submitted',
			${name}, 'to tu quan duong hoa so ' || id, ${today()}::date ${from}`.execute(db);
	await sql`select refresh_statistics()`.execute(db);
	return waiting;
}

/** Each commune accepts one of its own. */
function one(communes: readonly Caller[], waiting: ReadonlyMap<string, string[]>): Chain[] {
	return communes.map(({ unit, token, address }) => {
		const [id = ''] = waiting.get(unit) ?? [];
		return { token, address, steps: [{ key: `one:${unit}`, path: `/api/v1/models/${id}/acceptance`, body: '{}' }] };
	});
}

/** Each province accepts the others, fifty in a request. */
function many({ communes, provinces }: Ground['country'], waiting: ReadonlyMap<string, string[]>): Chain[] {
	return provinces.flatMap(({ unit, token, address }) => {
		const ids = communes
			.filter((commune) => commune.unit.startsWith(`${unit}-`))
			.flatMap((commune) => waiting.get(commune.unit)?.slice(1) ?? []);
		return Array.from({ length: Math.floor(ids.length / IN_ONE) }, (_, n) => {
			const body = JSON.stringify({ ids: ids.slice(n * IN_ONE, (n + 1) * IN_ONE) });
			const key = createHash('sha256').update(body).digest('hex');
			return { token, address, steps: [{ key, path: '/api/v1/models/bulk/acceptance', body }] };
		});
	});
}
