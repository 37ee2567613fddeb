import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test, type TestContext } from 'vitest';
import { z } from 'zod';
import { withPages } from './page-cache.ts';
import { makePageStore } from './page-store.ts';

const Port = z.object({ port: z.number() });
const PAGE = '<head><link href="/_app/a.css" rel="stylesheet"></head>';

/** A server of one page that shows an article; tells which articles were shown. */
async function serve({ onTestFinished }: TestContext, { hintsEarly }: { hintsEarly: boolean }) {
	const store = makePageStore({ bytes: 1_000_000 });
	store.open();
	const shown: string[] = [];
	const listener = withPages(
		(_, response) => {
			response.setHeader('surrogate-key', 'site');
			response.setHeader('surrogate-article', 'site article');
			response.writeHead(200).end(PAGE);
		},
		{ store, variantOf: () => '', onShown: (article) => shown.push(article), hintsEarly }
	);
	const server = createServer(listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => void server.close());
	const { port } = Port.parse(server.address());
	/** Asks and answers what came before the page. */
	const ask = (headers: Record<string, string> = {}): Promise<{ hints: unknown[]; names: string[] }> =>
		new Promise((resolve, reject) => {
			const hints: unknown[] = [];
			get({ port, path: '/khoi', headers: { connection: 'close', ...headers } }, (response) => {
				response.resume().on('end', () => resolve({ hints, names: Object.keys(response.headers) }));
			})
				.on('information', (info) => hints.push(info.headers['link']))
				.on('error', reject);
		});
	return { ask, shown, port, old: () => store.dropTagged(['site']) };
}

test('each page, made or kept, tells which article it shows, for readers only: not HEAD, not who signed in; who asks is not told', async (context) => {
	const { ask, shown, port } = await serve(context, { hintsEarly: false });
	const { names } = await ask();
	await ask();
	await ask({ cookie: 'kheo.session=x' });
	await fetch(`http://127.0.0.1:${port}/khoi`, { method: 'HEAD' });
	expect(shown).toEqual(['site article', 'site article']);
	expect(names.filter((name) => name.startsWith('surrogate'))).toEqual([]);
});

test('style sheets are told early to browsers that go to a page which is being made, where it is wanted', async (context) => {
	const { ask, old, port } = await serve(context, { hintsEarly: true });
	const going = { 'sec-fetch-mode': 'navigate' };
	await ask(going);
	expect((await ask(going)).hints).toEqual([]);
	old();
	expect((await ask()).hints).toEqual([]);
	old();
	expect((await ask(going)).hints).toEqual(['</_app/a.css>; rel=preload; as=style']);
	old();
	const socket = connect(port, '127.0.0.1');
	socket.end('GET /khoi HTTP/1.0\r\nhost: k\r\nsec-fetch-mode: navigate\r\n\r\n');
	expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
	const silent = await serve(context, { hintsEarly: false });
	await silent.ask(going);
	silent.old();
	expect((await silent.ask(going)).hints).toEqual([]);
});
