import { redirect } from '@sveltejs/kit';
import { sequence, type Handle, type HandleServerError, type ServerInit } from '@sveltejs/kit/hooks';
import { getRequestEvent } from '$app/server';
import { sveltekitCookies } from 'better-auth/svelte-kit';
import { v7 as newId } from 'uuid';
import { actorOf } from '#lib/accounts/role.server.ts';
import { createAuth, type Auth } from '#lib/accounts/auth.server.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { openDatabase, type Opened } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { answerOutage } from '#lib/server/outage.ts';
import { fromDatabase, problemText } from '#lib/server/problem.ts';
import { readSecret, readSettings } from '#lib/server/settings.ts';

let opened: Opened;
let auth: Auth;

export const init: ServerInit = async () => {
	const settings = readSettings();
	opened = await openDatabase(settings);
	const origin = settings.origin ?? `http://${settings.host}:${settings.port}`;
	auth = createAuth(opened.db, { secret: readSecret(settings), origin, plugins: [sveltekitCookies(getRequestEvent)] });
};

const language: Handle = ({ event, resolve }) =>
	paraglideMiddleware(event.request, ({ locale }) =>
		resolve(event, { transformPageChunk: ({ html }) => html.replace('%paraglide.lang%', locale) })
	);

/** Who asks. Pages under (office) and (admin) are for those who signed in; everything else decides for itself. */
const who: Handle = async ({ event, resolve }) => {
	event.locals.db = opened.db;
	event.locals.auth = auth;
	const session = await auth.api.getSession({ headers: event.request.headers }).catch(causeOf);
	event.locals.session = session
		? { id: session.session.id, user: { id: session.user.id, name: session.user.name, email: session.user.email } }
		: null;
	const inside = /^\/\((office|admin)\)/.test(event.route.id ?? '');
	if (inside && !event.locals.session)
		redirect(303, `/sign-in?to=${encodeURIComponent(event.url.pathname + event.url.search)}`);
	if (event.locals.session) event.locals.actor = await actorOf(opened.db, event.locals.session.user);
	return resolve(event);
};

/** The account library says of a lost database only that it failed; the refusal is its cause. */
function causeOf(error: unknown): never {
	throw (error instanceof Error && fromDatabase(error.cause)) || error;
}

/** The database gone before the page's own code was reached. */
const outage: Handle = async ({ event, resolve }) => {
	try {
		return await resolve(event);
	} catch (error) {
		const refusal = fromDatabase(error);
		if (refusal?.code !== 'database.unavailable' || event.isDataRequest) throw error;
		log('error', 'request.database_unavailable', { route: event.route.id ?? '', error: refusal });
		return answerOutage(event.request, refusal, getLocale());
	}
};

const headers: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	response.headers.set('x-content-type-options', 'nosniff');
	response.headers.set('referrer-policy', 'same-origin');
	if (event.locals.session) response.headers.set('cache-control', 'private, no-store');
	return response;
};

export const handle: Handle = sequence(headers, language, outage, who);

/** Refusals answer their status and text; anything else is a bug: logged once, with an id that the reader sees. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
	if (kind !== 'unknown') return;
	const refusal = fromDatabase(error);
	if (refusal && refusal.status < 500) return { status: refusal.status, message: problemText(refusal, getLocale()) };
	const id = newId();
	log('error', 'request.failed', {
		id,
		route: event.route.id ?? '',
		error: error instanceof Error ? (error.stack ?? error.message) : String(error)
	});
	if (refusal) return { status: refusal.status, message: problemText(refusal, getLocale()), id };
	return { id };
};
