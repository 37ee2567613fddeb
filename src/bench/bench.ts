import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { openDatabase, type Db } from '#lib/server/db.ts';
import { readSettings } from '#lib/server/settings.ts';
import { measureFigures, measureImport, measurePages, measureReport, measureSignIn, measureStart } from './measures.ts';
import { DEMONSTRATION_ACCOUNTS } from '#lib/demo/load.ts';
import { measureLoad } from './load/load.ts';
import { measurePortal } from './portal/measure.ts';
import { start, visit } from './serving.ts';
import { measureReorganisation } from './reorganisation.ts';
import { measureSight } from './sight.ts';
import { formatTable, type Measured } from './table.ts';
import { measureWorld } from './world/measure.ts';

/**
 * `script/bench [--json FILE]`: what is promised, measured on the demonstration world of this machine.
 * `script/bench --world province|national [--data DIR] [--json FILE]`: the same of a made-up country or a 34th of it, which is
 * made under DIR (`kheo-worlds` in the system's folder for temporary files) and kept for the next run.
 * `script/bench --load [--seconds N] [--communes N]`: the day on which everybody registers, as if it lasted N seconds (180).
 */
const { values } = parseArgs({
	options: {
		json: { type: 'string' },
		world: { type: 'string' },
		data: { type: 'string' },
		load: { type: 'boolean' },
		seconds: { type: 'string' },
		communes: { type: 'string' }
	}
});
const { world, data: folder = join(tmpdir(), 'kheo-worlds') } = values;
const measured = await measureWanted();
process.stdout.write(formatTable(measured));
const report = { at: new Date().toISOString(), node: process.version, platform: process.platform, world, measured };
if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, '\t')}\n`);

async function measureWanted(): Promise<Measured[]> {
	if (values.load)
		return measureLoad({ seconds: Number(values.seconds ?? 180), communes: Number(values.communes ?? 3321) });
	return world === undefined ? measureDemonstration() : measureWorld(world, folder);
}

async function measureDemonstration(): Promise<Measured[]> {
	const data = await mkdtemp(join(tmpdir(), 'kheo-bench-'));
	try {
		return [...(await measureOffice(data)), ...(await measurePortal(data))];
	} finally {
		await rm(data, { recursive: true, force: true });
	}
}

async function measureOffice(data: string): Promise<Measured[]> {
	await (await start(data, ['--demo'])).stop();
	const starting = await measureStart(data);
	const serving = await start(data);
	const opened = await openDatabase(readSettings({ KHEO_DATA: data }));
	try {
		const account = DEMONSTRATION_ACCOUNTS.find(({ unit }) => unit === 'KG');
		if (!account) throw new Error('the province has no account');
		const visitor = await visit(serving.address, { email: account.email, password: account.password });
		const at = { db: opened.db, serving, visitor };
		await picturesDrawn(opened.db);
		const pages = await measurePages(at);
		const signIn = await measureSignIn(at, DEMONSTRATION_ACCOUNTS);
		const imported = await measureImport(at);
		return [
			...imported,
			...(await measureFigures(at)),
			...(await measureReport(at)),
			...pages,
			...signIn,
			...starting,
			...(await measureSight(at)),
			...(await measureReorganisation(at))
		];
	} finally {
		await opened.close();
		await serving.stop();
	}
}

/** Until the demonstration's pictures are drawn, once and in the background: no office has so many drawn while it works. */
async function picturesDrawn(db: Db): Promise<void> {
	for (;;) {
		const { rows } = await sql`select from pictures where drawn_at is null limit 1`.execute(db);
		if (rows.length === 0) return;
		await setTimeout(200);
	}
}
