import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';
import type pg from 'pg';
import { listenAt } from './http.ts';
import { fromDatabase } from './problem.ts';

const REQUESTS = 'kheo_http_request_seconds';
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A request that was answered: its route as the program names it, never its address. */
type Answered = { method: string; route: string; status: number; seconds: number };

/** Counts an answered request and how long it took until its answer began. */
export function countRequest({ method, route, status, seconds }: Answered): void {
	requests().observe({ method, route, status: String(status) }, seconds);
}

/** The pages are built apart from the server: what they count stands in the package's one registry, and is looked up there. */
function requests(): Histogram<string> {
	const known = register.getSingleMetric(REQUESTS);
	if (known instanceof Histogram) return known;
	return new Histogram({
		name: REQUESTS,
		help: 'Seconds until the answer to a request began.',
		labelNames: ['method', 'route', 'status'],
		buckets: SECONDS
	});
}

/** Tells how many connections of a pool are at work, free, or waited for. */
export function watchConnections(pool: pg.Pool): void {
	new Gauge({
		name: 'kheo_database_connections',
		help: 'Connections of the pages to the database: working, idle, and requests that wait for one.',
		labelNames: ['state'],
		collect() {
			this.set({ state: 'working' }, pool.totalCount - pool.idleCount);
			this.set({ state: 'idle' }, pool.idleCount);
			this.set({ state: 'waiting' }, pool.waitingCount);
		}
	});
}

/** Jobs of the background by queue and state: those that wait, are at work, or failed and are still kept. */
export type JobCount = { queue: string; state: string; count: number };

/** Serves what is counted, in Prometheus' text, at `/metrics` of an address of its own. Throws `server.port_taken`. */
export async function serveMetrics(
	at: { host: string; port: number },
	countJobs: () => Promise<readonly JobCount[]>
): Promise<Server> {
	collectDefaultMetrics();
	new Gauge({
		name: 'kheo_jobs',
		help: 'Jobs of the background by queue and state.',
		labelNames: ['queue', 'state'],
		async collect() {
			this.reset();
			for (const { queue, state, count } of await countJobs()) this.set({ queue, state }, count);
		}
	});
	const server = createServer(async (request, response) => {
		if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
		try {
			const text = await register.metrics();
			response.writeHead(200, { 'content-type': register.contentType }).end(text);
		} catch (error) {
			// The database is away: whoever watches must not read a part as the whole.
			const refusal = fromDatabase(error);
			response.writeHead(refusal?.status ?? 500).end(refusal?.code ?? String(error));
		}
	});
	await listenAt(server, at);
	return server;
}
