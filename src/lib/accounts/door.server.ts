import { redirect, type RequestEvent } from '@sveltejs/kit';
import { Problem } from '#lib/server/problem.ts';
import { logRefusal } from '#lib/server/refusal-log.ts';
import { SESSION_S } from './session.server.ts';
import type { Door, Outcome } from './sign-in.server.ts';

const STEP_S = 10 * 60;
/** The longest that browsers keep a cookie. */
const DEVICE_S = 400 * 24 * 3600;

const COOKIES = {
	session: { name: 'kheo.session', maxAge: SESSION_S.longest },
	/** Says that this browser signed in before; opens nothing. */
	device: { name: 'kheo.device', maxAge: DEVICE_S },
	/** Names a begun and unfinished sign-in. */
	step: { name: 'kheo.step', maxAge: STEP_S },
	passkey: { name: 'kheo.passkey', maxAge: STEP_S },
	oidc: { name: 'kheo.oidc', maxAge: STEP_S }
} as const;
type Use = keyof typeof COOKIES;
type Event = Pick<RequestEvent, 'cookies' | 'url'>;

/** The value of one of our cookies. */
export function readCookie({ cookies, url }: Event, use: Use): string | undefined {
	return cookies.get(nameOf(use, url));
}

/** Keeps a value in the browser: out of reach of scripts and, behind TLS, bound to this very host. */
export function keepCookie({ cookies, url }: Event, use: Use, value: string): void {
	cookies.set(nameOf(use, url), value, { ...attributesOf(url), maxAge: COOKIES[use].maxAge });
}

/** Takes a cookie back. */
export function dropCookie({ cookies, url }: Event, use: Use): void {
	cookies.delete(nameOf(use, url), attributesOf(url));
}

/** Through which door a request comes, for the sign-in. */
export function doorOf(event: RequestEvent): Door {
	return {
		client: { address: event.getClientAddress(), agent: event.request.headers.get('user-agent') ?? '' },
		replaces: readCookie(event, 'session'),
		device: readCookie(event, 'device'),
		cipher: event.locals.site.cipher
	};
}

/** Lets somebody in and leads them where they wanted to go, or to the second step first. */
export function letIn(event: RequestEvent, outcome: Outcome): never {
	if (outcome.kind === 'second_factor') {
		keepCookie(event, 'step', outcome.pending);
		redirect(303, `/sign-in/second-factor?${new URLSearchParams({ to: destination(event.url) })}`);
	}
	dropCookie(event, 'step');
	keepCookie(event, 'session', outcome.token);
	keepCookie(event, 'device', outcome.device);
	redirect(303, destination(event.url));
}

/** Leads back to the sign-in, which tells why a way through another address was refused; bugs go on to the log. */
export function leadBack(event: RequestEvent, error: unknown): never {
	if (!(error instanceof Problem)) throw error;
	logRefusal(error);
	redirect(303, `/sign-in?${new URLSearchParams({ refused: error.code, to: destination(event.url) })}`);
}

/** Where the reader wanted to go; only inside this site. */
export function destination(url: URL): string {
	const to = url.searchParams.get('to') ?? '/desk';
	return /^\/(?![/\\])\P{Cc}*$/u.test(to) ? to : '/desk';
}

function nameOf(use: Use, url: URL): string {
	return `${url.protocol === 'https:' ? '__Host-' : ''}${COOKIES[use].name}`;
}

function attributesOf(url: URL) {
	return { path: '/', httpOnly: true, secure: url.protocol === 'https:', sameSite: 'lax' } as const;
}
