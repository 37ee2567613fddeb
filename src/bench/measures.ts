import { read as readWorkbook } from '@e965/xlsx';
import { sql } from 'kysely';
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { operator } from '#lib/accounts/actor.ts';
import { hashPassword } from '#lib/accounts/password.server.ts';
import { COUNTED_BY_UNIT, figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { compile } from '#lib/reports/compile.server.ts';
import { docxOf } from '#lib/reports/paper.server.ts';
import { get } from '#lib/reports/report.server.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { provinceList } from './list.ts';
import { scriptOf, start, visit, watchMemory, type Serving, type Visitor } from './serving.ts';
import { median_ms, time_ms, type Measured } from './table.ts';

/** The running server, a signed-in officer of the province, and its database beside it. */
type At = { db: Db; serving: Serving; visitor: Visitor };

const actor = operator('Đo');
const ROWS = 7736;
const RUNS = 21;

/** A province's list: from sending it to its preview, and from the click to the last row written, in the app as it runs. */
export async function measureImport({ db, serving, visitor }: At): Promise<Measured[]> {
	const bytes = provinceList(2020, ROWS);
	const file = new File([new Uint8Array(bytes)], 'tong-hop-tinh-2020.xlsx');
	const memory = watchMemory(serving.pid);
	let address = '';
	const preview_ms = await time_ms(async () => {
		address = await visitor.send('/models/import', { unit: 'KG', year: '2020', level: '', file });
		await wasRead(db, address.split('/').at(-1) ?? '');
	});
	const writing_ms = await time_ms(() => visitor.send(`${address}?/accept`, { acceptDoubtful: 'on' }));
	const most_mb = memory();
	const parse_ms = await time_ms(async () => readWorkbook(bytes));
	return [
		measured(`import of ${ROWS} rows: preview`, preview_ms, {
			target: 4000,
			beside: ['the workbook only parsed', parse_ms]
		}),
		measured(`import of ${ROWS} rows: writing`, writing_ms, {
			target: 4000,
			beside: ['its postings copied by one INSERT', await copy_ms(db)]
		}),
		{ what: 'memory of the app while importing', value: most_mb, unit: 'MB', target: 300, yardstick: null }
	];
}

async function wasRead(db: Db, id: string): Promise<void> {
	for (;;) {
		const { rows } = await sql<{ state: string }>`select state from imports where id = ${id}::uuid`.execute(db);
		if (rows[0]?.state === 'ready') return;
		if (rows[0]?.state === 'refused') throw new Error('the list could not be read');
		await setTimeout(20);
	}
}

/** The year's postings written once more, without any check or index: what this disk takes for as many rows. */
async function copy_ms(db: Db): Promise<number> {
	return db.connection().execute(async (one) => {
		const taken = await time_ms(() =>
			sql`create temporary table copied as select * from postings where on_date between '2020-01-01' and '2020-12-31'`.execute(
				one
			)
		);
		await sql`drop table copied`.execute(one);
		return taken;
	});
}

/** A figure with its parts over three years of the province. */
export async function measureFigures({ db }: At): Promise<Measured[]> {
	const province = await getByCode(db, actor, 'KG');
	const question = { unitId: province.id, from: '2019-01-01', asOf: '2020-12-31', by: ['level', 'field', 'novelty'] };
	const figure = figureNamed('models.registered');
	// What the server does within a minute of an import.
	await fold(db, COUNTED_BY_UNIT);
	const answer = await ask(db, actor, figure, question);
	const taken = await median_ms(RUNS, () => ask(db, actor, figure, question));
	const byHand = await median_ms(RUNS, () =>
		sql`select facets->>'level', facets->>'field', facets->>'novelty', sum(quantity) from postings
			where measure = 'model.registered' and on_date between '2019-01-01' and '2020-12-31' group by 1, 2, 3`.execute(db)
	);
	return [
		measured(`a figure with parts over ${answer.value} models`, taken, {
			target: 30,
			beside: ['the same counted by hand-written SQL', byHand]
		})
	];
}

/** The half-year report of the province, compiled and written out. */
export async function measureReport({ db, visitor }: At): Promise<Measured[]> {
	const form = { template: 'half-year', asOf: '30/6/2019', from: '', structure: 'then' };
	const address = await visitor.send('/reports/new?unit=KG', form);
	const report = await get(db, actor, address.split('/').at(-1) ?? '');
	const compiled = await median_ms(RUNS, () => compile(db, actor, { ...report, knownAt: new Date() }));
	const docx = await median_ms(RUNS, () => docxOf(db, actor, report));
	return [
		measured('report compiled', compiled, { target: 300 }),
		measured('.docx compiled and written', docx, { target: 700 })
	];
}

/** What a browser waits for: the desk, and the script of a public and an office page. */
export async function measurePages({ serving, visitor }: At): Promise<Measured[]> {
	const { address } = serving;
	const desk = await median_ms(RUNS, () => visitor.read('/desk?from=2019-01-01&asOf=2019-12-31'));
	const file = await median_ms(RUNS, () => visitor.read('/favicon.svg'));
	const anybody = { read: async (path: string) => (await fetch(address + path)).text() };
	const script = async (reader: Pick<Visitor, 'read'>, path: string) => scriptOf(reader, { address, path });
	return [
		measured("the desk's answer", desk, { target: 100, beside: ['a file from the same server', file] }),
		{
			what: 'script of the sign-in page',
			value: await script(anybody, '/sign-in'),
			unit: 'kB',
			target: 60,
			yardstick: null
		},
		{
			what: 'script of an office page',
			value: await script(visitor, '/models'),
			unit: 'kB',
			target: 150,
			yardstick: null
		}
	];
}

const SIGN_INS_EACH = 10;

/** Signing in with a password over HTTP, all accounts at once; per sign-in, so 50 ms are 20 a second. */
export async function measureSignIn(
	{ serving }: Pick<At, 'serving'>,
	accounts: readonly { email: string; password: string }[]
): Promise<Measured[]> {
	const whole_ms = await time_ms(() =>
		Promise.all(
			accounts.map(async ({ email, password }) => {
				for (let i = 0; i < SIGN_INS_EACH; i += 1) await visit(serving.address, { email, password });
			})
		)
	);
	const hash_ms = await time_ms(async () => {
		await Promise.all(accounts.map(({ password }) => hashPassword(password)));
	});
	return [
		measured(`a sign-in, ${accounts.length} at once`, whole_ms / (accounts.length * SIGN_INS_EACH), {
			target: 50,
			beside: ['its argon2id alone, as many at once', hash_ms / accounts.length]
		})
	];
}

/** A later start on the same data folder, to the first answer. */
export async function measureStart(data: string): Promise<Measured[]> {
	const serving = await start(data);
	await serving.stop();
	const bare = await time_ms(async () => spawnSync(process.execPath, ['-e', '0']));
	return [measured('cold start to ready', serving.started_ms, { target: 5000, beside: ['Node alone', bare] })];
}

function measured(
	what: string,
	value: number,
	{ target, beside }: { target: number; beside?: [string, number] }
): Measured {
	return { what, value, unit: 'ms', target, yardstick: beside ? { what: beside[0], value: beside[1] } : null };
}
