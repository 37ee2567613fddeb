import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { capture } from './captured.ts';
import { countRequest } from './metrics.ts';
import { encodingFor, type Kept, type PageStore } from './page-store.ts';

/**
 * Stands before the application and answers public pages that it answered before. An answer says itself that it may be kept:
 * `surrogate-key` names what it shows, `surrogate-control` for how long, `surrogate-article` what is read there; none leaves the house. Who signed in is never
 * answered from here, and what he is answered is never kept.
 */

const SESSION = /(^|;\s*)(__Host-)?kheo\.session=/;
/** What others add to addresses that they lead to; no page of ours reads it. */
const FOLLOWED = /^(fbclid|gclid|zarsrc|utm_[a-z]+)=/;
const ADDRESS_AT_MOST = 2_000;

/** What the client can take, before the application is asked for the whole, as it is. */
type Wish = { key: string; encoding: string; match: string; began: number };

type Standing = {
	store: PageStore;
	/** What of a client's cookies changes a public page. */
	variantOf: (cookies: string) => string;
	/** Hears of each page that is answered from here which article it is, just before. */
	onShown: (article: string, request: IncomingMessage) => void;
	/** Whether browsers may be told of style sheets while a page is made: what stands between has to let such answers pass. */
	hintsEarly: boolean;
};

/** Wraps the application. */
export function withPages(application: RequestListener, standing: Standing): RequestListener {
	const { store, variantOf, hintsEarly } = standing;
	const pending = new Map<string, Promise<Kept | null>>();
	/** What the page made last is drawn with; the next most likely too. */
	let links: string[] = [];

	async function answer(request: IncomingMessage, response: ServerResponse, wish: Wish): Promise<void> {
		const found = store.find(wish.key) ?? (await pending.get(wish.key));
		if (found) return send(request, response, { standing, wish, entry: found });
		if (hintsEarly && links.length > 0 && takesHints(request)) response.writeEarlyHints({ link: links });
		const made = Promise.withResolvers<Kept | null>();
		pending.set(wish.key, made.promise);
		const begun = store.epoch();
		const captured = capture(response);
		// Part answers and "not changed" are made here, of the whole.
		for (const name of ['if-none-match', 'if-modified-since', 'range']) delete request.headers[name];
		application(request, response);
		const answered = await captured;
		const entry = answered && store.keep(wish.key, answered, begun);
		if (pending.get(wish.key) === made.promise) pending.delete(wish.key);
		made.resolve(entry && begun === store.epoch() ? entry : null);
		if (!entry) return;
		if (hintsEarly) links = stylesOf(entry);
		await send(request, response, { standing, wish, entry });
	}

	return (request, response) => {
		const address = addressOf(request);
		const cookies = request.headers.cookie ?? '';
		if (address === null || SESSION.test(cookies)) return application(request, response);
		request.url = address;
		const key = `${request.headers.host ?? ''} ${variantOf(cookies)} ${address}`;
		const encoding = [request.headers['accept-encoding'] ?? ''].flat().join(',');
		const wish = { key, encoding, match: request.headers['if-none-match'] ?? '', began: performance.now() };
		// Only an answer whose head is out already can fail here.
		answer(request, response, wish).catch(() => response.destroy());
	};
}

/** The address to be looked up, without what others added to it; null: this request is never answered from here. */
function addressOf({ method, url = '/', headers }: IncomingMessage): string | null {
	if (method !== 'GET' || headers.authorization !== undefined || url.length > ADDRESS_AT_MOST) return null;
	const [path = '/', query = ''] = url.split(/\?(.*)/s);
	if (/^\/(api|_app)\//.test(path)) return null;
	const own = query.split('&').filter((part) => part !== '' && !FOLLOWED.test(part));
	return own.length > 0 ? `${path}?${own.join('&')}` : path;
}

/** A browser that goes to a page; HTTP/1.0 knows one answer only. */
function takesHints({ headers, httpVersion }: IncomingMessage): boolean {
	return httpVersion !== '1.0' && headers['sec-fetch-mode'] === 'navigate';
}

function stylesOf({ bodies }: Kept): string[] {
	const head = bodies.get('identity')?.toString('utf8').split('</head>')[0] ?? '';
	const sheets = [...head.matchAll(/<link href="(\/[^"]+\.css)" rel="stylesheet"/g)];
	return sheets.map(([, href]) => `<${href}>; rel=preload; as=style`);
}

async function send(
	request: IncomingMessage,
	response: ServerResponse,
	{ standing: { store, onShown }, wish, entry }: { standing: Standing; wish: Wish; entry: Kept }
): Promise<void> {
	const { encoding, body } = await store.bodyIn(wish.key, entry, encodingFor(wish.encoding));
	if (response.destroyed) return;
	if (entry.article) onShown(entry.article, request);
	const etag = `W/"${entry.etag}"`;
	const isKnown = wish.match.split(',').some((one) => one.trim() === etag);
	for (const [name, value] of entry.headers) response.setHeader(name, value);
	response.setHeader('etag', etag);
	response.setHeader('vary', 'accept-encoding, cookie');
	if (isKnown) response.writeHead(304).end();
	else {
		if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
		response.setHeader('content-length', body.length);
		response.writeHead(200).end(body);
	}
	const seconds = (performance.now() - wish.began) / 1000;
	countRequest({ method: request.method ?? '', route: '(kept)', status: isKnown ? 304 : 200, seconds });
}
