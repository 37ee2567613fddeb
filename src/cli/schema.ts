import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSchema, describeTypes } from '#lib/server/migrate.schema.ts';
import { migrate } from '#lib/server/migrate.ts';
import { bundledParts } from '#lib/server/postgres.parts.ts';
import { joinCluster } from '#lib/server/postgres.ts';
import { projectFolder } from '#lib/server/settings.ts';

const folder = await mkdtemp(join(tmpdir(), 'kheo-schema-'));
const { access, leave } = await joinCluster(folder, { options: { parts: bundledParts(), disposable: true } });
try {
	await migrate(access.migrator);
	await writeFile(join(projectFolder(), 'db/schema.sql'), await describeSchema(access.migrator));
	await writeFile(join(projectFolder(), 'db/types.ts'), await describeTypes(access.migrator));
} finally {
	await leave();
	await rm(folder, { recursive: true });
}
