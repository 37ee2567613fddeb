import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { log } from '#lib/server/log.ts';
import { FRESHNESS_CHANNEL } from '#lib/server/public-pages.ts';

/** Hears which public pages are old, on a connection of its own; tells at once when it can hear no longer. */

export type Heard = {
	/** From now on everything that changes is heard. */
	open: () => void;
	/** Something may have changed unheard. */
	close: () => void;
	/** All that shows one of these is old: sites, articles. */
	stale: (ids: readonly string[]) => void;
};

const Told = z.object({
	siteIds: z.array(z.string()),
	articleId: z.string().optional(),
	pictureId: z.string().optional()
});

/** A connection that a wall between has forgotten answers no more, and says nothing. */
const ASKED_EVERY_MS = 5_000;
const PATIENCE_MS = 5_000;
const AGAIN_MS = 1_000;

/** Begins to listen. `access`: how the database is reached now; it may move. */
export function listenForChanges(access: () => pg.ClientConfig, heard: Heard): { stop: () => Promise<void> } {
	const stopping = new AbortController();
	const listening = listen(access, heard, stopping.signal);
	return {
		async stop() {
			stopping.abort();
			await listening;
		}
	};
}

async function listen(access: () => pg.ClientConfig, heard: Heard, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		const client = new pg.Client({
			...access(),
			keepAlive: true,
			query_timeout: PATIENCE_MS,
			application_name: 'kheo pages'
		});
		try {
			await hear(client, heard, signal);
		} catch (error) {
			log('warn', 'pages.not_listening', { error: error instanceof Error ? error.message : String(error) });
		}
		heard.close();
		client.end().catch(() => undefined);
		if (!signal.aborted) await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
	}
}

/** Until the connection is lost, which is thrown, or listening is to stop. */
async function hear(client: pg.Client, heard: Heard, signal: AbortSignal): Promise<void> {
	const ended = Promise.withResolvers<never>();
	ended.promise.catch(() => undefined);
	client.on('error', (error) => ended.reject(error));
	client.on('end', () => ended.reject(new Error('the connection ended')));
	client.on('notification', ({ payload }) => heard.stale(idsIn(payload)));
	await client.connect();
	await client.query(`listen ${FRESHNESS_CHANNEL}`);
	heard.open();
	while (!signal.aborted) {
		await Promise.race([ended.promise, sleep(ASKED_EVERY_MS, undefined, { signal }).catch(() => undefined)]);
		if (!signal.aborted) await Promise.race([ended.promise, client.query('select 1')]);
	}
}

function idsIn(payload: string | undefined): string[] {
	const { siteIds, articleId } = Told.parse(JSON.parse(payload ?? ''));
	return articleId ? [...siteIds, articleId] : siteIds;
}
