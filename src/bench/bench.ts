import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '#lib/server/db.ts';
import { readSettings } from '#lib/server/settings.ts';
import { measureFigures, measureImport, measurePages, measureReport, measureSignIn, measureStart } from './measures.ts';
import { DEMONSTRATION_ACCOUNTS } from '#lib/demo/load.ts';
import { start, visit } from './serving.ts';
import { measureReorganisation } from './reorganisation.ts';
import { measureSight } from './sight.ts';
import { formatTable, type Measured } from './table.ts';

/** `script/bench [--json FILE]`: what the issue promises, measured on the demonstration world of this machine. */
const { values } = parseArgs({ options: { json: { type: 'string' } } });
const data = await mkdtemp(join(tmpdir(), 'kheo-bench-'));
try {
	const measured = await measureAll();
	process.stdout.write(formatTable(measured));
	const report = { at: new Date().toISOString(), node: process.version, platform: process.platform, measured };
	if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, '\t')}\n`);
} finally {
	await rm(data, { recursive: true, force: true });
}

async function measureAll(): Promise<Measured[]> {
	await (await start(data, ['--demo'])).stop();
	const starting = await measureStart(data);
	const serving = await start(data);
	const opened = await openDatabase(readSettings({ KHEO_DATA: data }));
	try {
		const account = DEMONSTRATION_ACCOUNTS.find(({ unit }) => unit === 'KG');
		if (!account) throw new Error('the province has no account');
		const visitor = await visit(serving.address, { email: account.email, password: account.password });
		const at = { db: opened.db, serving, visitor };
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
