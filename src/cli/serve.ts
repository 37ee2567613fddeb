import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as accounts from '#lib/accounts/account.server.ts';
import { loadDemonstration } from '#lib/demo/load.ts';
import { resume as resumeReading } from '#lib/import/reading.server.ts';
import { resume as resumeReorganising } from '#lib/import/reorganising.server.ts';
import { countViews, type Counting } from '#lib/newsroom/counting.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { fillPlaces } from '#lib/places/import.server.ts';
import { addressReader } from '#lib/server/client-address.ts';
import { openDatabase, type Opened } from '#lib/server/db.ts';
import { BODY_LIMITS, createHttpServer, listenAt } from '#lib/server/http.ts';
import { countJobs, startJobs } from '#lib/server/jobs.ts';
import { takeLock, type Lock } from '#lib/server/lock.ts';
import { log } from '#lib/server/log.ts';
import { serveMetrics } from '#lib/server/metrics.ts';
import { migrateDatabase, refuseUnfinished } from '#lib/server/migrate.ts';
import { freePort } from '#lib/server/postgres.process.ts';
import { makeProbes, type Probes } from '#lib/server/probes.ts';
import { problem } from '#lib/server/problem.ts';
import { prepareData, projectFolder, readSettings, type Settings } from '#lib/server/settings.ts';
import { handlersOf } from './handlers.ts';
import { keepPages, type Pages } from './pages.ts';
import { EXIT, refusing, say, terminalLocale } from './run.ts';

const SHUTDOWN_MS = 10_000;

const locale = terminalLocale();
const wanted = readArguments();
if (wanted) await refusing(() => serve(wanted));

function readArguments(): { demo: boolean; port: string | undefined } | null {
	try {
		const { values } = parseArgs({ options: { demo: { type: 'boolean' }, port: { type: 'string' } } });
		return { demo: values.demo ?? false, port: values.port };
	} catch {
		process.stderr.write('script/server [--demo] [--port N]\n');
		process.exitCode = EXIT.usage;
		return null;
	}
}

async function serve({ demo, port }: { demo: boolean; port: string | undefined }): Promise<void> {
	if (port) process.env['PORT'] = port;
	const read = readSettings();
	const settings = { ...read, port: read.port || (await freePort(0)) };
	prepareData(settings);
	// On a PostgreSQL of one's own several processes may serve from one data folder.
	const lock = settings.databaseUrl ? null : takeLock(join(settings.data, 'server.lock'));
	if (lock && !('release' in lock)) throw problem('data.locked', { address: lock.address || '…', pid: lock.pid });
	try {
		const opened = await openDatabase(settings);
		try {
			await run(settings, { demo, lock, opened });
		} finally {
			process.emit('sveltekit:shutdown', 'SIGTERM');
			setTimeout(() => process.exit(), SHUTDOWN_MS).unref();
			await opened.close();
		}
	} finally {
		lock?.release();
	}
}

/** Answers requests until the process is told to stop. What the pages opened closes at `sveltekit:shutdown`. */
async function run(
	settings: Settings,
	{ demo, lock, opened }: { demo: boolean; lock: Lock | null; opened: Opened }
): Promise<void> {
	await migrateDatabase(settings);
	await fillPlaces(opened.db);
	const address = settings.origin ?? `http://${settings.host}:${settings.port}`;
	if (demo) await showDemonstration(opened);
	const probes = makeProbes(() => refuseUnfinished(opened.pool));
	const counting = await countViews({ db: opened.db, data: settings.data });
	const { server, pages } = await listen(settings, { probes, opened, counting });
	const metrics = settings.metrics && (await serveMetrics(settings.metrics, () => countJobs(opened.pool)));
	await resumeReading(opened.db);
	await resumeReorganising(opened.db);
	const jobs = await startJobs(opened.pool, handlersOf(opened.db, settings));
	const signal = told();
	lock?.describe(address);
	say(m.cli_server_ready({ address }, { locale }));
	if (await accounts.isDemonstration(opened.db)) say(m.cli_server_demonstration({}, { locale }));
	const token = await accounts.setupToken(opened.db);
	if (token) say(m.cli_server_setup({ link: `${address}/setup/${token}` }, { locale }));
	log('info', 'server.stopping', { signal: await signal });
	probes.stop();
	await sleep(settings.drain_s * 1000);
	await Promise.all([jobs.stop(), pages.stop(), close(server)]);
	await counting.stop();
	if (metrics) await close(metrics);
}

async function showDemonstration({ db }: Opened): Promise<void> {
	say(m.cli_server_demo_loading({}, { locale }));
	const demonstrationAccounts = await loadDemonstration(db, readSettings().data);
	say(m.cli_server_demo_accounts({}, { locale }));
	for (const { who, email, password } of demonstrationAccounts) say(`  ${email}  ${password}  ${who}`);
}

/**
 * The adapter reads its settings from the environment while it is imported. It would take https and any host for
 * granted: behind a proxy both come from ORIGIN, else the scheme is http and the host what the browser says.
 */
async function listen(
	settings: Settings,
	{ probes, opened, counting }: { probes: Probes; opened: Opened; counting: Counting }
): Promise<{ server: Server; pages: Pages }> {
	const scheme = 'x-kheo-scheme';
	const host = 'x-kheo-host';
	const address = 'x-kheo-address';
	const addressOf = addressReader(settings.trustedProxies);
	const origin = settings.origin ? new URL(settings.origin) : null;
	Object.assign(process.env, { PORT: String(settings.port), BODY_SIZE_LIMIT: String(BODY_LIMITS.upload.bytes) });
	Object.assign(process.env, { PROTOCOL_HEADER: scheme, HOST_HEADER: host, ADDRESS_HEADER: address });
	const { handler } = await import(join(projectFolder(), 'build/handler.js'));
	const pages = keepPages(
		opened,
		(request, response) => handler(request, response, () => response.writeHead(404).end()),
		{
			onRead: (shown, request) => counting.seen(shown, request, [request.headers[address] ?? ''].flat().join()),
			hintsEarly: settings.earlyHints
		}
	);
	const server = createHttpServer((request, response) => {
		if (probes.answer(request, response)) return;
		request.headers[scheme] = origin?.protocol.slice(0, -1) ?? 'http';
		const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',');
		request.headers[address] = addressOf(request.socket.remoteAddress ?? '', forwarded);
		request.headers[host] = origin?.host ?? request.headers.host;
		pages.toSite(request, host);
		nameType(request);
		pages.listener(request, response);
	}, settings.origin);
	await listenAt(server, settings);
	return { server, pages };
}

/**
 * SvelteKit takes a write without a type, or with that of a form, for another site's and refuses it in words of its own.
 * The API reads no cookie, so nobody is harmed there: its door refuses the type as a problem of ours.
 */
function nameType({ url = '', headers }: IncomingMessage): void {
	if (url.startsWith('/api/') && !/^application\/(json|octet-stream)\b/i.test(headers['content-type'] ?? ''))
		headers['content-type'] = 'unknown/unknown';
}

function told(): Promise<string> {
	const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
	return new Promise((resolve) => {
		for (const signal of signals) process.once(signal, () => resolve(signal));
	});
}

async function close(server: Server): Promise<void> {
	const closed = new Promise<void>((resolve) => server.close(() => resolve()));
	server.closeIdleConnections();
	const limit = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
	await closed;
	clearTimeout(limit);
}
