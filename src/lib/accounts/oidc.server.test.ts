import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { describe, expect } from 'vitest';
import { history } from '#lib/actions/action.server.ts';
import { test as base } from '../../../tests/database.ts';
import * as invitations from './invitation.server.ts';
import { begin, finish, type IdentityProvider } from './oidc.server.ts';
import { door, office, person, site } from './people.sample.ts';

const REDIRECT = 'https://kheo.example/sign-in/oidc/callback';

type Account = { subject: string; email: string; verified: boolean };

/** A real OpenID provider on this machine, where everybody is the account that is set. */
const test = base.extend('directory', async ({}, { onCleanup }) => {
	const who: { account: Account } = { account: { subject: 'cb-1', email: 'do.an@example.vn', verified: true } };
	const server = createServer();
	const port = await listen(server);
	const issuer = `http://127.0.0.1:${port}`;
	const provider = new Provider(issuer, {
		clients: [{ client_id: 'kheo', client_secret: 'bi-mat', redirect_uris: [REDIRECT] }],
		claims: { openid: ['sub'], email: ['email', 'email_verified'] },
		pkce: { required: () => true },
		features: { devInteractions: { enabled: false } },
		findAccount: (_, id) => ({
			accountId: id,
			claims: () => ({ sub: id, email: who.account.email, email_verified: who.account.verified })
		}),
		interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` }
	});
	const callback = provider.callback();
	server.on('request', (request, response) => {
		if (!request.url?.startsWith('/interaction/')) return callback(request, response);
		void agree(provider, who.account.subject, { request, response });
	});
	onCleanup(() => new Promise<void>((resolve) => server.close(() => resolve())));
	const settings: IdentityProvider = { issuer, clientId: 'kheo', clientSecret: 'bi-mat', name: 'Tỉnh uỷ' };
	return { settings, who };
});

function listen(server: Server): Promise<number> {
	return new Promise((resolve) => {
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			resolve(typeof address === 'object' && address ? address.port : 0);
		});
	});
}

/** Signs the account in and agrees to what is asked, as a person would on the provider's pages. */
async function agree(
	provider: Provider,
	subject: string,
	{ request, response }: { request: IncomingMessage; response: ServerResponse }
): Promise<void> {
	const { prompt, params } = await provider.interactionDetails(request, response);
	if (prompt.name === 'login')
		return provider.interactionFinished(request, response, { login: { accountId: subject, amr: ['pwd'] } });
	const grant = new provider.Grant({ accountId: subject, clientId: String(params['client_id']) });
	grant.addOIDCScope('openid email profile');
	const grantId = await grant.save();
	return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

/** Follows the provider's redirects as a browser would, until it is sent back to us. */
async function browse(start: URL): Promise<URL> {
	const cookies = new Map<string, string>();
	let url = start;
	for (let hop = 0; hop < 10; hop += 1) {
		const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
		for (const line of response.headers.getSetCookie()) {
			const [name = '', value = ''] = line.split(';')[0]?.split(/=(.*)/) ?? [];
			cookies.set(name, value);
		}
		const location = response.headers.get('location');
		if (!location) throw new Error(`${url.pathname} answered ${response.status}: ${await response.text()}`);
		url = new URL(location, url);
		if (url.href.startsWith(REDIRECT)) return url;
	}
	throw new Error('the provider never sent the browser back');
}

describe('refusals', () => {
	test('whom nobody invited gets no account, though the provider knows them', async ({ db, directory }) => {
		await office(db);
		const { url, token } = await begin(db, directory.settings, { redirectUri: REDIRECT, userId: null });
		const back = await browse(url);
		const given = { token, url: back, userId: null, door: door() };
		await expect(finish(db, directory.settings, given)).rejects.toMatchObject({
			code: 'access.provider_unknown_person'
		});
	});

	test('an address that the provider does not vouch for opens no invitation', async ({ db, directory }) => {
		const { topId } = await office(db);
		const top = await person(db, { unitId: topId, role: 'administrator' });
		const guest = { name: 'Đỗ An', email: 'do.an@example.vn', grants: [{ unitId: topId, role: 'officer' as const }] };
		await invitations.invite(db, top.actor, { person: guest, delivery: 'slip', site });
		directory.who.account = { subject: 'ke-gian', email: 'do.an@example.vn', verified: false };
		const { url, token } = await begin(db, directory.settings, { redirectUri: REDIRECT, userId: null });
		const given = { token, url: await browse(url), userId: null, door: door() };
		await expect(finish(db, directory.settings, given)).rejects.toMatchObject({
			code: 'access.provider_unknown_person'
		});
	});

	test('another state, a code used before and another browser’s answer are refused', async ({ db, directory }) => {
		const start = () => begin(db, directory.settings, { redirectUri: REDIRECT, userId: null });
		const refused = { code: 'access.provider_refused' };
		const [one, other] = [await start(), await start()];
		const back = await browse(one.url);
		const crossed = finish(db, directory.settings, { token: other.token, url: back, userId: null, door: door() });
		await expect(crossed).rejects.toMatchObject(refused);
		const forged = new URL(back);
		forged.searchParams.set('state', 'khac');
		const changed = finish(db, directory.settings, { token: one.token, url: forged, userId: null, door: door() });
		await expect(changed).rejects.toMatchObject(refused);
		const again = finish(db, directory.settings, { token: one.token, url: back, userId: null, door: door() });
		await expect(again).rejects.toMatchObject(refused);
	});

	test('a provider that is not there is told so', async ({ db }) => {
		const gone = { issuer: 'http://127.0.0.1:1', clientId: 'kheo', clientSecret: 'bi-mat', name: 'Tỉnh uỷ' };
		await expect(begin(db, gone, { redirectUri: REDIRECT, userId: null })).rejects.toMatchObject({
			code: 'access.provider_unavailable'
		});
	});
});

test('an invited person comes in by the provider and is known from then on, whatever their address', async ({
	db,
	directory
}) => {
	const { topId } = await office(db);
	const top = await person(db, { unitId: topId, role: 'administrator' });
	const guest = { name: 'Đỗ An', email: 'do.an@example.vn', grants: [{ unitId: topId, role: 'officer' as const }] };
	const { userId } = await invitations.invite(db, top.actor, { person: guest, delivery: 'slip', site });
	const enter = async () => {
		const { url, token } = await begin(db, directory.settings, { redirectUri: REDIRECT, userId: null });
		return finish(db, directory.settings, { token, url: await browse(url), userId: null, door: door() });
	};
	expect(await enter()).toMatchObject({ kind: 'open' });
	directory.who.account = { subject: 'cb-1', email: 'dia-chi-moi@example.vn', verified: true };
	expect(await enter()).toMatchObject({ kind: 'open' });
	expect((await history(db, [userId])).map(({ verb }) => verb)).toEqual([
		'invite',
		'accept_invitation',
		'link_identity',
		'sign_in',
		'sign_in'
	]);
});
