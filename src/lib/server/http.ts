import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { log } from './log.ts';
import { problem } from './problem.ts';

const MB = 1024 ** 2;
/** Bytes of a body: files are taken at few addresses, long texts at two; every other form is short. */
export const BODY_LIMITS = {
	upload: {
		bytes: 26 * MB,
		at: /^\/((api\/v1\/)?models\/[^/]+\/attachments|models\/import|newsroom\/[^/]+\/edit|newsroom\/sites\/[^/]+|units\/(import|reorganise|events\/new)|verify)\/?$/
	},
	text: { bytes: 6 * MB, at: /^\/(reports\/(templates\/)?[^/]+\/edit|api\/v1\/articles(\/[^/]+\/text)?)\/?$/ },
	form: { bytes: MB, at: /^/ }
} as const;

const URL_AT_MOST = 8192;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** How long a client may take: to say what it wants, to send all of it, to be silent, to ask again. */
export const PATIENCE = {
	headersTimeout: 10_000,
	requestTimeout: 300_000,
	keepAliveTimeout: 10_000,
	connectionsCheckingInterval: 2_000,
	maxHeaderSize: 16_384
} as const;
const SILENCE_MS = 120_000;
const CONNECTIONS_AT_MOST = 2_000;
/** A refused client reads the answer more surely when what it still sends is taken and dropped for a moment. */
const LINGER_MS = 1_000;

/** What no page may ask of the browser; passkeys are for our own pages. */
const DENIED =
	'accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope magnetometer microphone ' +
	'midi payment picture-in-picture screen-wake-lock serial usb xr-spatial-tracking browsing-topics hid idle-detection';
const PERMISSIONS_POLICY = DENIED.split(' ')
	.map((feature) => `${feature}=()`)
	.concat('publickey-credentials-get=(self)', 'publickey-credentials-create=(self)')
	.join(', ');

/** Whatever is answered carries these; a page's own policy takes the place of the one here. */
const HEADERS: Readonly<Record<string, string>> = {
	'content-security-policy':
		"default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': PERMISSIONS_POLICY,
	'referrer-policy': 'same-origin',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'x-permitted-cross-domain-policies': 'none'
};
const HSTS = 'max-age=63072000; includeSubDomains';

/**
 * The HTTP server: gives every answer its protective headers, and turns away what is too long or too slow before the
 * application hears of it. `origin`: the address that browsers use, behind a proxy; null: as they say, over http.
 */
export function createHttpServer(handler: RequestListener, origin: string | null): Server {
	const overTls = origin?.startsWith('https://') ?? false;
	const server = createServer(PATIENCE, (request, response) => {
		for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
		if (overTls) response.setHeader('strict-transport-security', HSTS);
		if (!METHODS.has(request.method ?? '')) return refuse(request, response, 405);
		if ((request.url?.length ?? 0) > URL_AT_MOST) return refuse(request, response, 414);
		const limit = bodyLimit(request);
		if (Number(request.headers['content-length'] ?? 0) > limit) return refuse(request, response, 413);
		if (request.headers['transfer-encoding'] !== undefined) count(request, response, limit);
		response.once('finish', () => logForeign(request, response));
		handler(request, response);
	});
	server.setTimeout(SILENCE_MS);
	server.maxConnections = CONNECTIONS_AT_MOST;
	return server;
}

/** Begins to take requests. Throws `server.port_taken`. */
export function listenAt(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error) => {
			const taken = 'code' in error && error.code === 'EADDRINUSE';
			reject(taken ? problem('server.port_taken', { port }, error) : error);
		});
		server.listen(port, host, resolve);
	});
}

/** Another site's form is refused by SvelteKit before our hooks, which give every answer of ours an id. */
function logForeign({ method = '' }: IncomingMessage, response: ServerResponse): void {
	if (response.statusCode === 403 && !response.hasHeader('request-id'))
		log('warn', 'access.cross_site_refused', { method });
}

function bodyLimit({ url = '/' }: IncomingMessage): number {
	const path = url.replace(/[?#].*$/s, '');
	return Object.values(BODY_LIMITS).find(({ at }) => at.test(path))?.bytes ?? 0;
}

const SAID = {
	405: 'Không có thao tác này. / There is no such method.\n',
	413: 'Nội dung quá lớn. / Too large.\n',
	414: 'Địa chỉ quá dài. / The address is too long.\n'
} as const;

function refuse(request: IncomingMessage, response: ServerResponse, status: keyof typeof SAID): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
	response.end(SAID[status]);
	if (request.complete) return;
	const end = setTimeout(() => request.destroy(), LINGER_MS);
	request.once('end', () => clearTimeout(end)).resume();
}

/** A body that does not say its length is counted on its way. The listener is paused: who reads the body starts it. */
function count(request: IncomingMessage, response: ServerResponse, limit: number): void {
	let size = 0;
	request.pause();
	request.on('data', (piece: Buffer) => {
		size += piece.length;
		if (size <= limit) return;
		request.removeAllListeners('data').resume();
		// Past the response object, which the application may still be about to use.
		if (!response.headersSent)
			request.socket.end('HTTP/1.1 413 Payload Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
		setTimeout(() => request.destroy(problem('input.too_large')), LINGER_MS);
	});
}
