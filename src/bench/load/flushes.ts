import pg from 'pg';

/** PostgreSQL tells of them with a delay of a second or so, unless asked to. */
const FLUSHES = `select case when current_setting('server_version_num')::int >= 180000
	then (xpath('/row/n/text()', query_to_xml('select coalesce(sum(fsyncs), 0) as n from pg_stat_io where object = ''wal''', false, true, '')))[1]::text::bigint
	else (xpath('/row/n/text()', query_to_xml('select wal_sync as n from pg_stat_wal', false, true, '')))[1]::text::bigint end as count`;
const TOLD_AFTER_MS = 1_500;

/** How many times PostgreSQL waited for the disk to have its log while something was done. */
export async function flushesIn<T>(superuser: string, work: () => Promise<T>): Promise<{ result: T; flushes: number }> {
	const client = new pg.Client({ connectionString: superuser });
	await client.connect();
	const count = async () => Number((await client.query<{ count: string }>(FLUSHES)).rows[0]?.count);
	try {
		const before = await count();
		const result = await work();
		await new Promise((resolve) => setTimeout(resolve, TOLD_AFTER_MS));
		return { result, flushes: (await count()) - before };
	} finally {
		await client.end();
	}
}
