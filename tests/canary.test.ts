import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { assign, findCase, listHandled, unassign } from '#lib/sealed/handler.server.ts';
import { OpeningForm } from '#lib/sealed/sealed.schema.ts';
import { amend, erase, open } from '#lib/sealed/sealed.server.ts';
import { history } from '#lib/actions/action.server.ts';
import { connect } from '#lib/server/db.ts';
import { fields, parse } from '#lib/server/form.ts';
import { log, logBug } from '#lib/server/log.ts';
import { problemText, Problem } from '#lib/server/problem.ts';
import { projectFolder } from '#lib/server/settings.ts';
import { dump, filesIn, found, needlesOf } from './canary.ts';
import { databaseUrl, test } from './database.ts';
import { keyFolder, SENDER, sealedWorld, takeIn } from './sealed-people.ts';

const NEEDLES = needlesOf(Object.values(SENDER));
const REASON = 'Liên hệ để xác minh nội dung đơn';

test('the canary is found where it is, in whatever form', () => {
	for (const text of Object.values(SENDER)) {
		for (const form of [
			text,
			text.toUpperCase(),
			Buffer.from(`{"x":"${text}"}`).toString('hex'),
			...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${text} và`).toString('base64')),
			`?q=${encodeURIComponent(text)}`
		])
			expect(found(NEEDLES, `… ${form} …`), form).not.toEqual([]);
	}
	expect(found(NEEDLES, 'Bà Lò Thị Mai, số 0912 345 678')).toEqual([]);
});

test(
	'what is sealed is nowhere: tables, logs, errors, command line, files',
	{ timeout: 120_000 },
	async ({ clone }) => {
		const { source, remove } = await keyFolder();
		const { pool } = clone;
		const name = (await pool.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
		const owner = new pg.Client({ connectionString: databaseUrl('superuser', name) });
		await owner.connect();
		// PostgreSQL writes down every statement with its parameters, as an operator might have it do.
		await owner.query(`alter database ${name} set log_statement = 'all'`);
		await owner.query(`alter database ${name} set log_parameter_max_length_on_error = -1`);
		const { db, close } = connect(databaseUrl('app', name));
		const said: string[] = [];
		const spies = (['stderr', 'stdout'] as const).map((stream) =>
			vi.spyOn(process[stream], 'write').mockImplementation((text) => said.push(String(text)) > 0)
		);
		try {
			const { topId, handler, colleague, leader, administrator, stranger } = await sealedWorld(db);
			const caseId = await takeIn(db, handler, source, { unitId: topId });
			expect(await open(db, handler, source, { caseId, reason: REASON })).toEqual(SENDER);
			await amend(db, handler, source, { caseId, reason: 'Sửa theo giấy tờ', fields: { phone: SENDER.phone } });
			await assign(db, leader, { caseId, userId: colleague.id, reason: 'Cùng thụ lý' });
			await unassign(db, leader, { caseId, userId: colleague.id, reason: 'Thôi thụ lý' });
			const failures = await Promise.all([
				told(open(db, colleague, source, { caseId, reason: REASON })),
				told(open(db, administrator, source, { caseId, reason: REASON })),
				told(open(db, stranger, source, { caseId, reason: REASON })),
				told(open(db, handler, source, { caseId, reason: `Gọi ${SENDER.name} hỏi` })),
				told(amend(db, handler, source, { caseId, reason: REASON, fields: { 'Tên!': SENDER.name } })),
				told(amend(db, handler, source, { caseId, reason: REASON, fields: { name: SENDER.name.repeat(300) } })),
				told(takeIn(db, handler, source, { unitId: topId, caseId })),
				told(takeIn(db, handler, source, { unitId: topId, fields: {} }))
			]);
			await owner.query("update sealed_fields set ciphertext = substring(ciphertext for 60) where field = 'name'");
			failures.push(await told(open(db, handler, source, { caseId, reason: REASON })));
			expect(failures).not.toContain('no refusal');
			log('info', 'canary', { case: await findCase(db, caseId), handled: await listHandled(db, handler), source });
			const form = new FormData();
			form.set('caseId', caseId);
			form.set('reason', 'ngắn');
			const seen = [
				...failures,
				...said,
				JSON.stringify(await history(db, [caseId])),
				JSON.stringify([fields(form), parse(form, OpeningForm)]),
				await dump(owner),
				await filesIn(source.data),
				serverLog(await dataFolder(owner)),
				...['audit verify --json', 'sealed rotate', 'sealed status'].map((line) => commandLine(line, name, source.data))
			].join('\n');
			expect(seen).toContain(caseId);
			expect(serverLog(await dataFolder(owner))).toContain('insert into sealed_fields');
			expect(found(NEEDLES, seen)).toEqual([]);
			await erase(db, leader, { caseId, reason: 'Hết thời hạn lưu' });
			expect(found(NEEDLES, await dump(owner))).toEqual([]);
		} finally {
			for (const spy of spies) spy.mockRestore();
			await close();
			await owner.end();
			await remove();
		}
	}
);

/** What is said of what was refused. */
function told(refused: Promise<unknown>): Promise<string> {
	return refused.then(() => 'no refusal', reported);
}

/** As pages, the log and the terminal would show it, and with everything that hangs on the error. */
function reported(error: unknown): string {
	logBug(error, { route: '/sealed' });
	const text = error instanceof Problem ? problemText(error, 'vi') : '';
	return [text, error instanceof Error ? error.stack : '', inspect(error, { depth: 12, showHidden: true })].join('\n');
}

async function dataFolder(owner: pg.Client): Promise<string> {
	const { rows } = await owner.query<{ data_directory: string }>('show data_directory');
	return rows[0]?.data_directory ?? '';
}

function serverLog(cluster: string): string {
	return readFileSync(join(dirname(cluster), 'postgres.log'), 'latin1');
}

function commandLine(line: string, database: string, data: string): string {
	const run = spawnSync(process.execPath, ['src/cli/kheo.ts', ...line.split(' ')], {
		cwd: projectFolder(),
		encoding: 'utf8',
		env: {
			...process.env,
			KHEO_DATA: data,
			KHEO_DATABASE_URL: databaseUrl('app', database),
			KHEO_MIGRATOR_URL: databaseUrl('migrator', database)
		}
	});
	return `${run.stdout}\n${run.stderr}`;
}
