import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { countByState, list } from '#lib/models/list.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { medians_ms, type Measured } from './table.ts';

const PROVINCES = 34;
const COMMUNES = 3321;
const UNITS = 60_000;
const RUNS = 11;

/**
 * What it costs that a reader sees only what is theirs: the same list and figure asked by an officer over 60.000 units and
 * by the operator, whom no condition holds back; a ratio. The units are written and taken back.
 */
export async function measureSight({ db }: { db: Db }): Promise<Measured[]> {
	const measured: Measured[] = [];
	const back = new Error('taken back');
	await inTransaction(db, async (tx) => {
		const top = await growTree(tx);
		measured.push(...(await compare(tx, top)));
		throw back;
	}).catch((error: unknown) => {
		if (error !== back) throw error;
	});
	return measured;
}

async function compare(db: Db, top: string): Promise<Measured[]> {
	const officer: Actor = { id: null, name: 'Đo', grants: [{ unitId: top, role: 'officer' }], everything: false };
	const figure = figureNamed('models.registered');
	const question = { unitId: top, from: '2024-01-01', asOf: '2024-12-31', by: ['level', 'field'] };
	const listing = async (actor: Actor) => {
		await list(db, actor, { unitId: top, year: 2024 });
		await countByState(db, actor, { unitId: top, year: 2024 });
	};
	const asking = (actor: Actor) => ask(db, actor, figure, question);
	return [
		await ratio('a list and its counts over 60.000 units, seen by an officer', listing, officer),
		await ratio('a figure with parts over 60.000 units, seen by an officer', asking, officer)
	];
}

async function ratio(what: string, work: (actor: Actor) => Promise<unknown>, officer: Actor): Promise<Measured> {
	const [free, held] = await medians_ms(RUNS, [() => work(operator('Đo')), () => work(officer)]);
	return {
		what,
		value: held / free,
		unit: '×',
		target: 1.15,
		yardstick: { what: `without the condition (${Math.round(free)} ms)`, value: 1 }
	};
}

/** A country's tree under one top, each unit with one registration of 2024; answers the top. */
async function growTree(db: Db): Promise<string> {
	const top = newId();
	const event = newId();
	await sql`insert into unit_events (id, kind, effective_on, action_id) values (${event}::uuid, 'establish', '1900-01-01', ${event}::uuid)`.execute(
		db
	);
	await sql`
		create temporary table grown on commit drop as
		select n, case when n = 0 then ${top}::uuid else gen_random_uuid() end as id,
			case when n = 0 then null when n <= ${PROVINCES} then 0
				when n <= ${PROVINCES + COMMUNES} then 1 + (n - ${PROVINCES} - 1) % ${PROVINCES}
				else ${PROVINCES} + 1 + (n - ${PROVINCES + COMMUNES} - 1) % ${COMMUNES} end as parent
		from generate_series(0, ${UNITS}) n`.execute(db);
	await sql`insert into units (id) select id from grown`.execute(db);
	await sql`
		insert into unit_states (id, unit_id, event_id, code, name, name_key, kind, parent_id, valid, span)
		select gen_random_uuid(), g.id, ${event}::uuid, 'DO-' || g.n, 'Đơn vị đo ' || g.n, 'don vi do ' || g.n,
			case when g.n = 0 then 'province_committee' when g.n <= ${PROVINCES} then 'district_committee'
				when g.n <= ${PROVINCES + COMMUNES} then 'commune_committee' else 'base_committee' end,
			p.id, daterange('1900-01-01', null), daterange('-infinity', null)
		from grown g left join grown p on p.n = g.parent`.execute(db);
	await sql`
		with recursive up as (
			select id as ancestor, id as unit, parent, 0 as depth from grown
			union all
			select above.id, up.unit, above.parent, up.depth + 1 from up join grown above on above.n = up.parent
		)
		insert into unit_paths (ancestor_id, unit_id, depth, valid)
		select ancestor, unit, depth, daterange('-infinity', null) from up`.execute(db);
	await registerEach(db, top);
	await sql`select refresh_statistics()`.execute(db);
	return top;
}

/** One model a unit, registered on some day of 2024. */
async function registerEach(db: Db, top: string): Promise<void> {
	const named = sql`'Tổ tự quản số ' || g.n`;
	await sql`insert into models (id, home_id, name) select id, ${top}::uuid, ${named} from grown g where n > 0`.execute(
		db
	);
	await sql`
		insert into registrations (id, home_id, model_id, unit_id, year, level, field, subject, novelty, state, name, name_key, registered_on)
		select id, ${top}::uuid, id, id, 2024, 'base', ${FIELD}, 'collective', 'new', 'registered', ${named},
			'to tu quan so ' || g.n, '2024-01-01'::date + g.n % 365
		from grown g where n > 0`.execute(db);
	await sql`
		insert into postings (home_id, id, measure, unit_id, on_date, cohort_on, quantity, facets, noun, case_id, action_id)
		select r.home_id, gen_random_uuid(), 'model.registered', r.unit_id, r.registered_on, r.registered_on, 1,
			jsonb_build_object('year', '2024', 'level', r.level, 'kind', 'model', 'field', r.field, 'subject', r.subject, 'novelty', r.novelty),
			'registration', r.id, r.id
		from registrations r join grown g on g.id = r.id`.execute(db);
}

const FIELD = sql`(array['economy', 'culture_society', 'defence_security', 'political_system'])[1 + g.n % 4]`;
