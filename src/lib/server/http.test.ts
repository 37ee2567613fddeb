import { connect, type AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BODY_LIMITS, createHttpServer, PATIENCE } from './http.ts';

const { form, upload } = BODY_LIMITS;

async function open(origin: string | null): Promise<{ server: Server; port: number }> {
	const server = createHttpServer((request, response) => {
		let bytes = 0;
		request.on('data', (piece: Buffer) => (bytes += piece.length));
		request.on('error', () => response.destroy());
		request.on('end', () => response.end(String(bytes))).resume();
	}, origin);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return { server, port: portOf(address) };
}

const portOf = ({ port }: AddressInfo) => port;

const opened: Server[] = [];
let port = 0;
beforeAll(async () => {
	const opening = await open(null);
	opened.push(opening.server);
	port = opening.port;
});
afterAll(() => {
	for (const server of opened) {
		server.closeAllConnections();
		server.close();
	}
});

/** Says `pieces` over a socket, each after `pause_ms`, and answers what came back until the server hung up or `until` was heard. */
function say(pieces: Iterable<string | Uint8Array>, until?: RegExp, pause_ms = 0): Promise<string> {
	return new Promise((resolve) => {
		let heard = '';
		const socket = connect(port, '127.0.0.1', async () => {
			for (const piece of pieces) {
				if (socket.destroyed) break;
				socket.write(piece);
				if (pause_ms > 0) await new Promise((wake) => setTimeout(wake, pause_ms));
			}
		});
		socket.setEncoding('latin1').on('data', (piece: string) => {
			heard += piece;
			if (until?.test(heard)) socket.destroy();
		});
		// A server that hangs up while it is still being spoken to: what was heard before counts.
		socket.on('error', () => resolve(heard));
		socket.on('close', () => resolve(heard));
	});
}

const head = (path: string, ...lines: string[]) =>
	[`POST ${path} HTTP/1.1`, 'host: kheo.test', ...lines].join('\r\n') + '\r\n\r\n';
const statusOf = (heard: string) => Number(heard.slice(9, 12));

describe('what is too large', () => {
	test.for([
		['/models/new', form.bytes, 413],
		['/models/new?/upload=/verify', form.bytes, 413],
		['/models/0198/attachments', upload.bytes, 413],
		['/models/0198/attachments/x', form.bytes, 413],
		['/models/import', upload.bytes, 413],
		['/verify', upload.bytes, 413]
	] as const)('%s is refused before its body is sent', async ([path, bytes, status]) => {
		const heard = await say([head(path, `content-length: ${bytes + 1}`)], /too large/i);
		expect(statusOf(heard)).toBe(status);
	});

	test('a form within its limit arrives whole', async () => {
		const body = Buffer.alloc(form.bytes, 97);
		const heard = await say([head('/models/new', `content-length: ${body.length}`), body], /\d+$/);
		expect(heard).toContain(String(form.bytes));
	});

	test('a body in pieces, without its length, is refused when it passes the limit', async () => {
		function* pieces() {
			yield head('/models/new', 'transfer-encoding: chunked');
			const piece = 'a'.repeat(65_536);
			for (let sent = 0; sent < 4 * form.bytes; sent += piece.length) yield `10000\r\n${piece}\r\n`;
		}
		expect(statusOf(await say(pieces(), /\r\n\r\n/))).toBe(413);
	});

	test('a body in pieces within its limit arrives whole', async () => {
		const heard = await say(
			[head('/models/new', 'transfer-encoding: chunked'), '5\r\nhello\r\n', '0\r\n\r\n'],
			/\n5$|\n5\r/
		);
		expect(heard).toMatch(/\n5(\r|$)/);
	});

	test('an address of 9.000 signs, headers of 20 kB', async () => {
		expect(statusOf(await say([`GET /${'a'.repeat(9000)} HTTP/1.1\r\nhost: a\r\n\r\n`], /\r\n\r\n/))).toBe(414);
		expect(statusOf(await say([`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`]))).toBe(431);
	});

	test.for([
		['two lengths', head('/', 'content-length: 1', 'content-length: 2')],
		['a length and pieces', head('/', 'content-length: 5', 'transfer-encoding: chunked')],
		['no host', 'GET / HTTP/1.1\r\n\r\n'],
		['a broken line', 'GET / HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n']
	] as const)('%s is refused', async ([, said]) => {
		expect(statusOf(await say([said]))).toBe(400);
	});
});

describe('who is too slow', () => {
	test('a header that drips is hung up on, and others are answered meanwhile', async () => {
		const began = Date.now();
		function* drip() {
			yield 'GET / HTTP/1.1\r\nhost: kheo.test\r\n';
			for (let line = 0; line < 60; line += 1) yield `x-${line}: 1\r\n`;
		}
		const slow = Array.from({ length: 50 }, () => say(drip(), undefined, 500));
		await new Promise((wake) => setTimeout(wake, 1000));
		const answer = await fetch(`http://127.0.0.1:${port}/`);
		expect(answer.status).toBe(200);
		for (const heard of await Promise.all(slow)) expect(heard === '' || statusOf(heard) === 408).toBe(true);
		const limit = PATIENCE.headersTimeout + PATIENCE.connectionsCheckingInterval;
		expect(Date.now() - began).toBeLessThan(limit + 3000);
	});
});

describe('every answer', () => {
	test('carries its protective headers and no version', async () => {
		const { headers } = await fetch(`http://127.0.0.1:${port}/`);
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		expect(headers.get('permissions-policy')).toContain('camera=()');
		expect(headers.get('strict-transport-security')).toBeNull();
		expect([...headers.keys()].filter((name) => /server|powered/.test(name))).toEqual([]);
	});

	test('asks for TLS where browsers come over TLS', async () => {
		const opening = await open('https://dan-van.example');
		opened.push(opening.server);
		const { headers } = await fetch(`http://127.0.0.1:${opening.port}/`);
		expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
	});
});
