import { sql } from 'kysely';
import * as client from 'openid-client';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { problem } from '#lib/server/problem.ts';
import type { Settings } from '#lib/server/settings.ts';
import { accountAction } from './account-action.server.ts';
import { welcome } from './invitation.server.ts';
import { useInvitationOf } from './link.server.ts';
import * as pending from './pending.server.ts';
import { factorsOf } from './second-factor.server.ts';
import { askedOf, asActor, enter, findById, type Door, type Outcome } from './sign-in.server.ts';

export type IdentityProvider = NonNullable<Settings['identityProvider']>;

/** Words for "more than a password" in `amr` (RFC 8176). */
const STRONG = ['mfa', 'otp', 'hwk', 'swk', 'fpt', 'face', 'sc'];

const Details = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

const configurations = new Map<string, Promise<client.Configuration>>();

/**
 * Where to send the browser, and the token that a cookie keeps until it comes back. `userId`: somebody who is signed in
 * and wants to link this identity to their account.
 */
export async function begin(
	db: Db,
	provider: IdentityProvider,
	given: { redirectUri: string; userId: string | null }
): Promise<{ url: URL; token: string }> {
	const configuration = await configurationOf(provider);
	const verifier = client.randomPKCECodeVerifier();
	const details = { state: client.randomState(), nonce: client.randomNonce(), verifier };
	const url = client.buildAuthorizationUrl(configuration, {
		redirect_uri: given.redirectUri,
		scope: 'openid email profile',
		state: details.state,
		nonce: details.nonce,
		code_challenge: await client.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256'
	});
	return { url, token: await pending.begin(db, 'oidc', { userId: given.userId, details }) };
}

type Identity = { issuer: string; subject: string; email: string | null; isStrong: boolean };

/**
 * The browser came back. In comes only who has an account with this identity, or an open invitation to the address that
 * the provider vouches for; no account is made. Throws `access.provider_refused`, `access.provider_unknown_person`.
 */
export async function finish(
	db: Db,
	provider: IdentityProvider,
	given: { token: string; url: URL; userId: string | null; door: Door },
	now = new Date()
): Promise<Outcome | { kind: 'linked' }> {
	const begun = await pending.take(db, 'oidc', given.token, now);
	if (!begun || begun.userId !== given.userId) throw problem('access.provider_refused');
	const identity = await identify(provider, given.url, Details.parse(begun.details));
	return inTransaction(db, async (tx) => {
		const known = await findLinked(tx, identity);
		if (begun.userId) return linkOwn(tx, { userId: begun.userId, known, identity });
		const userId = known ?? (await invited(tx, identity, now));
		const person = userId ? await findById(tx, userId) : null;
		if (!person) throw problem('access.provider_unknown_person');
		const factors = await factorsOf(tx, person.id);
		const hasOwn = factors.totpSince !== null || factors.passkeys.length > 0;
		if (!identity.isStrong && hasOwn)
			return { kind: 'second_factor', pending: await pending.begin(tx, 'second_factor', askedOf(person), now) };
		return enter(tx, { person, factor: identity.isStrong ? 'oidc_strong' : 'oidc', door: given.door }, now);
	});
}

/** Is the account linked with an identity of this provider? */
export async function isLinked(db: Db, userId: string, provider: IdentityProvider): Promise<boolean> {
	const { rows } = await sql`
		select 1 from credentials where user_id = ${userId}::uuid and provider_id = ${`oidc:${provider.issuer}`}`.execute(db);
	return rows.length > 0;
}

/** Checks state, nonce, PKCE, signature, issuer, audience and time of what the provider says. */
async function identify(
	provider: IdentityProvider,
	url: URL,
	{ state, nonce, verifier }: z.output<typeof Details>
): Promise<Identity> {
	const configuration = await configurationOf(provider);
	const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
	const tokens = await client.authorizationCodeGrant(configuration, url, checks).catch(refuse);
	const claims = tokens.claims();
	if (!claims) throw problem('access.provider_refused');
	// Many providers tell the address only where it is asked for apart.
	const told = claims['email']
		? claims
		: await client.fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(refuse);
	const email = typeof told['email'] === 'string' && told['email_verified'] === true ? told['email'] : null;
	const amr = z.array(z.string()).safeParse(claims['amr']);
	const isStrong = amr.success && amr.data.some((method) => STRONG.includes(method));
	return { issuer: provider.issuer, subject: claims.sub, email: email?.toLowerCase() ?? null, isStrong };
}

function refuse(error: unknown): never {
	log('warn', 'account.provider_refused', { error: error instanceof Error ? error.message : String(error) });
	throw problem('access.provider_refused', {}, error);
}

async function findLinked(tx: Tx, { issuer, subject }: Identity): Promise<string | null> {
	const { rows } = await sql<{ userId: string }>`
		select user_id as "userId" from credentials
		where provider_id = ${`oidc:${issuer}`} and account_id = ${subject}`.execute(tx);
	return rows[0]?.userId ?? null;
}

async function invited(tx: Tx, identity: Identity, now: Date): Promise<string | null> {
	if (!identity.email) return null;
	const { rows } = await sql<{ id: string; name: string }>`
		select id, name from users where email = ${identity.email} for update`.execute(tx);
	const person = rows[0];
	if (!person || !(await useInvitationOf(tx, person.id, now))) return null;
	await welcome(tx, person);
	await link(tx, person, identity);
	return person.id;
}

async function linkOwn(
	tx: Tx,
	{ userId, known, identity }: { userId: string; known: string | null; identity: Identity }
): Promise<{ kind: 'linked' }> {
	if (known && known !== userId) throw problem('access.provider_refused');
	const person = await findById(tx, userId);
	if (!person) throw problem('access.sign_in');
	if (!known) await link(tx, person, identity);
	return { kind: 'linked' };
}

async function link(tx: Tx, person: { id: string; name: string }, { issuer, subject }: Identity): Promise<void> {
	await command(tx, asActor(person), async () => {
		await tx
			.insertInto('credentials')
			.values({ id: newId(), user_id: person.id, account_id: subject, provider_id: `oidc:${issuer}` })
			.execute();
		return { result: undefined, actions: [await accountAction(tx, person.id, 'link_identity')] };
	});
}

/** Read once; a provider that could not be reached is asked again the next time. */
async function configurationOf(provider: IdentityProvider): Promise<client.Configuration> {
	const key = `${provider.issuer} ${provider.clientId}`;
	const known = configurations.get(key) ?? discover(provider);
	configurations.set(key, known);
	try {
		return await known;
	} catch (error) {
		configurations.delete(key);
		throw problem('access.provider_unavailable', {}, error);
	}
}

/** Without TLS only a provider on this very machine is talked to; the settings see to that. */
function discover({ issuer, clientId, clientSecret }: IdentityProvider): Promise<client.Configuration> {
	const execute = issuer.startsWith('http://') ? [client.allowInsecureRequests] : [];
	return client.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: 10 });
}
