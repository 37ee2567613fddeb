import { isRedirect, redirect, type RequestEvent } from '@sveltejs/kit';
import { sequence, type Handle, type HandleServerError, type ServerInit } from '@sveltejs/kit/hooks';
import { v7 as newId } from 'uuid';
import { actorOf } from '#lib/accounts/role.server.ts';
import { readCookie } from '#lib/accounts/door.server.ts';
import { mustSetUp } from '#lib/accounts/second-factor.server.ts';
import { find as findSession } from '#lib/accounts/session.server.ts';
import { siteOf, type Site } from '#lib/accounts/site.server.ts';
import { LOOK_COOKIE, lookAttributes, readLook } from '#lib/newsroom/look.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { openDatabase, type Opened } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { countRequest, watchConnections } from '#lib/server/metrics.ts';
import { answerOutage } from '#lib/server/outage.ts';
import { fromDatabase, problem, problemText } from '#lib/server/problem.ts';
import { asking, identify, logRefusal } from '#lib/server/refusal-log.ts';
import { readSecret, readSettings } from '#lib/server/settings.ts';

let opened: Opened;
let site: Site;
let isLogged = false;

export const init: ServerInit = async () => {
	const settings = readSettings();
	opened = await openDatabase(settings);
	site = siteOf(settings, readSecret(settings));
	isLogged = settings.requestLog;
	watchConnections(opened.pool);
};

const language: Handle = ({ event, resolve }) => {
	// Programs say theirs in a header, which their door reads.
	if (event.route.id === '/api/v1/[...path]') return resolve(event);
	return paraglideMiddleware(event.request, ({ locale }) =>
		resolve(event, {
			transformPageChunk: ({ html }) =>
				html.replace('%paraglide.lang%', locale).replace('%kheo.look%', () => lookOf(event))
		})
	);
};

/** Only public pages follow what their reader chose; the style sheet finds it at the root of the page. */
function lookOf({ cookies, route }: RequestEvent): string {
	return route.id?.startsWith('/(portal)') ? lookAttributes(readLook(cookies.get(LOOK_COOKIE))) : '';
}

/**
 * Who asks. Pages under (office) and (admin) are for those who signed in, and who set up the second factor that their
 * role asks for; everything else decides for itself.
 */
const who: Handle = async ({ event, resolve }) => {
	const { locals, url } = event;
	locals.db = opened.db;
	locals.site = site;
	locals.session = null;
	locals.fresh = event.request.headers.get('x-kheo-fresh') ?? undefined;
	// Other programs bring a token; a cookie must not speak for anybody there.
	if (url.pathname.startsWith('/api/')) return resolve(event);
	const token = readCookie(event, 'session');
	const session = token ? await findSession(opened.db, token) : null;
	locals.session = session;
	const inside = /^\/\((office|admin)\)/.test(event.route.id ?? '');
	if (inside && !session && event.request.method === 'POST') logRefusal(problem('access.sign_in'));
	if (inside && !session) redirect(303, `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`);
	if (!session) return resolve(event);
	locals.actor = await actorOf(opened.db, session.user);
	identify({ actor: session.user.id });
	// Only how one signs in is open before; whoever lends a role or makes a token has to have the factor first.
	const isOwnSignIn = /^\/\(office\)\/account($|\/(second-factor|password)($|\/))/.test(event.route.id ?? '');
	if (inside && !isOwnSignIn && mustSetUp(locals.actor, session)) redirect(303, '/account/second-factor');
	return resolve(event);
};

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

/** Every request has an id, by which the log and whoever asked mean the same one; it is counted, and logged if wanted. */
const told: Handle = async ({ event, resolve }) => {
	const began = performance.now();
	const id = newId();
	event.locals.request = id;
	const asked = { request: id, route: event.route.id ?? '', actor: null };
	const count = (status: number) => {
		const [{ method }, seconds] = [event.request, (performance.now() - began) / 1000];
		countRequest({ method, route: asked.route, status, seconds });
		if (isLogged) log('info', 'request', { ...asked, method, status, ms: Math.round(seconds * 1000) });
	};
	try {
		const response = await asking(asked, () => resolve(event));
		if (!response.headers.has('request-id')) response.headers.set('request-id', id);
		count(response.status);
		return response;
	} catch (error) {
		// Whoever is led elsewhere, as to the sign-in, is led there past this.
		count(isRedirect(error) ? error.status : 500);
		throw error;
	}
};

/** Unless it says otherwise, nothing that the application answers is kept on the way. What else protects an answer: http.ts. */
const unkept: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	if (!response.headers.has('cache-control') || event.locals.session)
		response.headers.set('cache-control', 'private, no-store');
	// What is said to who keeps pages (src/lib/server/page-cache.ts), where none is kept.
	if (event.locals.session || event.request.method !== 'GET')
		for (const name of ['surrogate-key', 'surrogate-control', 'surrogate-article']) response.headers.delete(name);
	return response;
};

export const handle: Handle = sequence(told, unkept, language, outage, who);

/** Refusals answer their status and text; anything else is a bug: logged once, with an id that the reader sees. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
	if (kind !== 'unknown') return;
	const refusal = fromDatabase(error);
	if (refusal) logRefusal(refusal);
	if (refusal && refusal.status < 500) return { status: refusal.status, message: problemText(refusal, getLocale()) };
	const id = event.locals.request;
	log('error', 'request.failed', {
		id,
		route: event.route.id ?? '',
		error: error instanceof Error ? (error.stack ?? error.message) : String(error)
	});
	if (refusal) return { status: refusal.status, message: problemText(refusal, getLocale()), id };
	return { id };
};
