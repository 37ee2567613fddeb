import type { Command } from 'commander';
import { m } from '#lib/paraglide/messages.js';
import { distribute } from '#lib/server/distribute.ts';
import { migrateDatabase, withMigrator } from '#lib/server/migrate.ts';
import { clusterStatus, keepCluster, stopCluster } from '#lib/server/postgres.ts';
import { problem } from '#lib/server/problem.ts';
import { prepareData, readSettings } from '#lib/server/settings.ts';
import { EXIT, refusing, say, terminalLocale } from './run.ts';

/** `kheo db start|stop|status`: the embedded PostgreSQL of the data folder; `distribute`: over the nodes of a Citus cluster. */
export function register(program: Command): void {
	const db = program.command('db').description(m.cli_db({}, { locale: terminalLocale() }));
	db.command('start').action(() => refusing(start));
	db.command('stop').action(() => refusing(stop));
	db.command('status').action(() => refusing(status));
	db.command('distribute').action(() => refusing(spreadOut));
}

async function start(): Promise<void> {
	const settings = readSettings();
	if (settings.databaseUrl) {
		await migrateDatabase(settings);
		return sayExternal();
	}
	prepareData(settings);
	await keepCluster(settings.data);
	await migrateDatabase(settings);
	await status();
}

async function stop(): Promise<void> {
	const settings = readSettings();
	if (settings.databaseUrl) return sayExternal();
	const locale = terminalLocale();
	const stopped = await stopCluster(settings.data);
	say(stopped ? m.cli_db_stopped({}, { locale }) : m.cli_db_not_running({}, { locale }));
}

async function status(): Promise<void> {
	const settings = readSettings();
	if (settings.databaseUrl) return sayExternal();
	const locale = terminalLocale();
	const running = await clusterStatus(settings.data);
	if (running) return say(m.cli_db_running({ ...running, folder: settings.data }, { locale }));
	say(m.cli_db_not_running({}, { locale }));
	process.exitCode = EXIT.refused;
}

async function spreadOut(): Promise<void> {
	const settings = readSettings();
	if (!settings.databaseUrl) throw problem('database.citus_missing');
	await migrateDatabase(settings);
	const { distributed, copied, ...counts } = await withMigrator(settings, ({ url }) => distribute(url));
	if (distributed.length + copied.length === 0) return say(m.cli_db_distributed_already(counts));
	say(m.cli_db_distributed({ distributed: distributed.join(', '), copied: copied.join(', '), ...counts }));
}

function sayExternal(): void {
	say(m.cli_db_external({}, { locale: terminalLocale() }));
}
