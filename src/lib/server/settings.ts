import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { fromDisk, problem } from './problem.ts';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

const environment = z.object({
	KHEO_DATA: z.string().min(1).optional(),
	KHEO_DATABASE_URL: postgresUrl.optional(),
	KHEO_MIGRATOR_URL: postgresUrl.optional(),
	KHEO_SECRET: z.string().min(32).optional(),
	KHEO_MASTER_KEY: z
		.string()
		.regex(/^\d{1,6}:[\w-]{43}(,\d{1,6}:[\w-]{43})*$/)
		.optional(),
	HOST: z.string().min(1).default('127.0.0.1'),
	PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
	ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
	KHEO_METRICS: z
		.string()
		.regex(/^[\w.:[\]-]+:\d{1,5}$/)
		.optional(),
	KHEO_REQUEST_LOG: z.enum(['on', 'off']).default('off'),
	KHEO_EARLY_HINTS: z.enum(['on', 'off']).default('off'),
	KHEO_DRAIN_S: z.coerce.number().int().min(0).max(300).default(0),
	KHEO_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
	KHEO_MAIL_FROM: z
		.string()
		.regex(/^\P{Cc}+$/u)
		.max(300)
		.optional(),
	KHEO_SECURITY_CONTACT: z
		.url({ protocol: /^(mailto|https)$/ })
		.max(300)
		.optional(),
	KHEO_TRUSTED_PROXIES: z
		.string()
		.transform((text) => text.split(',').map((part) => part.trim()))
		.pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).max(50))
		.default([]),
	KHEO_OIDC_ISSUER: z
		.url({ protocol: /^https?$/ })
		.refine((url) => /^(https:|http:\/\/(localhost|127\.0\.0\.1)([:/]|$))/.test(url), 'https')
		.optional(),
	KHEO_OIDC_CLIENT_ID: z.string().min(1).max(300).optional(),
	KHEO_OIDC_CLIENT_SECRET: z.string().min(1).max(1000).optional(),
	KHEO_OIDC_NAME: z.string().min(1).max(60).default('OpenID Connect')
});

/** Things that are set together or not at all. */
const TOGETHER = [
	['KHEO_SMTP_URL', 'KHEO_MAIL_FROM'],
	['KHEO_OIDC_ISSUER', 'KHEO_OIDC_CLIENT_ID', 'KHEO_OIDC_CLIENT_SECRET']
] as const;

export type Settings = {
	/** The data folder, absolute. */
	data: string;
	/** An own PostgreSQL ≥ 15; null: the embedded one in the data folder. */
	databaseUrl: string | null;
	migratorUrl: string | null;
	host: string;
	port: number;
	/** The address that browsers use; null: `http://<host>:<port>`. */
	origin: string | null;
	secret: string | null;
	/** Where what is counted is told to Prometheus; null: nowhere. */
	metrics: { host: string; port: number } | null;
	/** Whether every answered request is a line of the log. */
	requestLog: boolean;
	/** Whether browsers are told of style sheets before the page (103); the proxy between must pass such answers on. */
	earlyHints: boolean;
	/** Seconds between saying that no more requests are wanted and taking none, for a proxy to hear of it. */
	drain_s: number;
	/** Master keys of the sealed lane as `version:key`, with commas between; null: the file in the data folder. */
	masterKey: string | null;
	/** Where letters are handed in, and from whom they come; null: nothing is sent. */
	mail: { url: string; from: string } | null;
	/** Where flaws are reported, as `mailto:` or `https:`; null: nowhere that strangers are told of. */
	securityContact: string | null;
	/** Networks whose word about the client's address is taken. */
	trustedProxies: readonly string[];
	/** Where people may sign in instead, such as the province's own directory. */
	identityProvider: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
};

/** Reads the environment once at the door. An empty variable counts as absent. Throws `settings.invalid`. */
export function readSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
	const read = environment.safeParse(given);
	if (!read.success) {
		const [issue] = read.error.issues;
		throw problem('settings.invalid', { name: issue?.path.join('.') ?? '', detail: issue?.message ?? '' });
	}
	refuseHalves(read.data);
	const { KHEO_DATA, KHEO_DATABASE_URL, KHEO_MIGRATOR_URL, KHEO_SECRET, KHEO_MASTER_KEY, HOST, PORT, ORIGIN } =
		read.data;
	const { KHEO_OIDC_ISSUER: issuer, KHEO_OIDC_CLIENT_ID: clientId, KHEO_OIDC_CLIENT_SECRET: clientSecret } = read.data;
	const { KHEO_SMTP_URL: url, KHEO_MAIL_FROM: from } = read.data;
	return {
		data: KHEO_DATA ? resolve(KHEO_DATA) : join(projectFolder(), '.kheo'),
		databaseUrl: KHEO_DATABASE_URL ?? null,
		migratorUrl: KHEO_MIGRATOR_URL ?? KHEO_DATABASE_URL ?? null,
		host: HOST,
		port: PORT,
		origin: ORIGIN ?? null,
		secret: KHEO_SECRET ?? null,
		metrics: readListener(read.data.KHEO_METRICS),
		requestLog: read.data.KHEO_REQUEST_LOG === 'on',
		earlyHints: read.data.KHEO_EARLY_HINTS === 'on',
		drain_s: read.data.KHEO_DRAIN_S,
		masterKey: KHEO_MASTER_KEY ?? null,
		mail: url && from ? { url, from } : null,
		securityContact: read.data.KHEO_SECURITY_CONTACT ?? null,
		trustedProxies: read.data.KHEO_TRUSTED_PROXIES,
		identityProvider:
			issuer && clientId && clientSecret ? { issuer, clientId, clientSecret, name: read.data.KHEO_OIDC_NAME } : null
	};
}

function readListener(text: string | undefined): Settings['metrics'] {
	const [, host, port] = /^(.+):(\d+)$/.exec(text ?? '') ?? [];
	return host && port ? { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) } : null;
}

function refuseHalves(given: Readonly<Record<string, unknown>>): void {
	for (const names of TOGETHER) {
		const missing = names.find((name) => given[name] === undefined);
		const present = names.find((name) => given[name] !== undefined);
		if (missing && present) throw problem('settings.invalid', { name: missing, detail: `needed with ${present}` });
	}
}

/** Makes the data folder, readable by its owner only. Throws `data.unwritable`, `data.disk_full`. */
export function prepareData(settings: Settings): void {
	try {
		mkdirSync(settings.data, { recursive: true, mode: 0o700 });
		const probe = join(settings.data, '.write');
		writeFileSync(probe, 'x'.repeat(4096));
		rmSync(probe);
	} catch (error) {
		throw fromDisk(error, settings.data) ?? error;
	}
}

/** The installation's secret where there is one already; null: none was made yet. */
export function findSecret({ data, secret }: Settings): string | null {
	const file = join(data, 'secret');
	return secret ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : null);
}

/** The key that signs sessions and links: `KHEO_SECRET`, else made once and kept in the data folder. */
export function readSecret(settings: Settings): string {
	if (settings.secret) return settings.secret;
	prepareData(settings);
	const file = join(settings.data, 'secret');
	try {
		if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
		return readFileSync(file, 'utf8').trim();
	} catch (error) {
		throw fromDisk(error, settings.data) ?? error;
	}
}

/** The project's folder, found upwards from this file: the built server lies deeper than the sources. */
export function projectFolder(): string {
	let folder = import.meta.dirname;
	while (!existsSync(join(folder, 'package-lock.json')) && dirname(folder) !== folder) folder = dirname(folder);
	return folder;
}
