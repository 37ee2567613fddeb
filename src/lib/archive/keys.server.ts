import type pg from 'pg';
import { createCipher } from '#lib/accounts/cipher.server.ts';
import { fingerprint } from '#lib/sealed/envelope.server.ts';
import { readKeys } from '#lib/sealed/master-key.server.ts';
import { findSecret, type Settings } from '#lib/server/settings.ts';
import type { Manifest } from './manifest.ts';

type Keys = Manifest['keys'];

/** Which keys an archive is of use with; none of them is in it (docs/decisions/0017-archive.md). */
export async function keysOf(client: pg.Client, settings: Settings): Promise<Keys> {
	const needed = await client.query<{ count: number }>(`
		select ((select count(*) from totp_secrets)
			+ (select count(*) from outbox where link_sealed is not null))::int as count`);
	const master = await client.query<Keys['master'][number]>(`
		select version, fingerprint, (select count(*) from sealed_keys s where s.master_version = k.version)::int as cases
		from master_keys k where retired_at is null or exists (select from sealed_keys s where s.master_version = k.version)
		order by version`);
	const secret = findSecret(settings);
	return {
		secret: { fingerprint: secret === null ? null : printOf(secret), needed: needed.rows[0]?.count ?? 0 },
		master: master.rows
	};
}

/** The keys that an archive needs and that are not here, by their names in the settings. */
export function missingKeys({ secret, master }: Keys, settings: Settings): string[] {
	const own = findSecret(settings);
	const lacksSecret = secret.needed > 0 && (own === null || printOf(own) !== secret.fingerprint);
	const keys = master.length > 0 ? readKeys(settings) : new Map<number, never>();
	const lacking = master.filter((one) => {
		const key = keys.get(one.version);
		return !key || fingerprint(key) !== one.fingerprint;
	});
	return [...(lacksSecret ? ['KHEO_SECRET'] : []), ...lacking.map(({ version }) => `KHEO_MASTER_KEY ${version}:…`)];
}

/** Tells whether it is the same secret; whoever has only this cannot find the secret. */
function printOf(secret: string): string {
	return createCipher(secret).sign('kheo archive');
}
