import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillPlaces } from '#lib/places/import.server.ts';
import { openDatabase, type Db } from '#lib/server/db.ts';
import { migrateDatabase } from '#lib/server/migrate.ts';
import { freePort } from '#lib/server/postgres.process.ts';
import { joinCluster, type Access } from '#lib/server/postgres.ts';
import { readSettings } from '#lib/server/settings.ts';
import { start, type Serving } from '../serving.ts';
import { fillCountry, type Country } from './country.ts';

/** A country that is thrown away, on an embedded PostgreSQL of its own; `serve` starts the built server on it. */
export type Ground = { db: Db; data: string; access: Access; country: Country; serve: () => Promise<Serving> };

/** Makes it, works on it, and throws it away. */
export async function onGround<T>(
	size: { provinces: number; communes: number },
	work: (ground: Ground) => Promise<T>
): Promise<T> {
	const data = await mkdtemp(join(tmpdir(), 'kheo-load-'));
	// Present all the time: who serves may be killed, and the cluster with it.
	const presence = await joinCluster(data);
	try {
		const settings = readSettings({ KHEO_DATA: data });
		await migrateDatabase(settings);
		const opened = await openDatabase(settings);
		try {
			const country = await fillCountry(opened.db, size);
			// A server that starts on an empty list of places fills it, beside what is measured.
			await fillPlaces(opened.db);
			const port = await freePort(0);
			// The offices come through a proxy on this machine, each from its own address.
			const serve = () => start(data, ['--port', String(port)], { KHEO_TRUSTED_PROXIES: '127.0.0.1' });
			return await work({ db: opened.db, data, access: presence.access, country, serve });
		} finally {
			await opened.close();
		}
	} finally {
		await presence.leave();
		await rm(data, { recursive: true, force: true });
	}
}
