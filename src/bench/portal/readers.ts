import autocannon from 'autocannon';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Readers of public pages without a screen. */

const CONNECTIONS = 16;
const SECONDS = 3;
const WARM_S = 1;
const BROWSER =
	'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

let asked = 0;

/** Answers a second to as many as can be asked at once. */
export async function rateOf(url: string): Promise<number> {
	const [rate] = await ratesOf([url], {});
	return rate ?? 0;
}

/** The same of pages that nobody asked for before, from several processes together. */
export async function rateAnew(urls: readonly string[]): Promise<number> {
	const setupRequest = (request: autocannon.Request) => {
		asked += 1;
		return { ...request, path: `${request.path}?anew=${asked}` };
	};
	const rates = await ratesOf(urls, { requests: [{ setupRequest }] });
	return rates.reduce((sum, rate) => sum + rate, 0);
}

async function ratesOf(urls: readonly string[], how: Pick<autocannon.Options, 'requests'>): Promise<number[]> {
	const ask = (duration: number) =>
		Promise.all(
			urls.map((url) => {
				const headers = { 'accept-encoding': 'br', 'user-agent': BROWSER };
				return autocannon({ url, connections: CONNECTIONS / urls.length, headers, duration, ...how });
			})
		);
	await ask(WARM_S);
	const answers = await ask(SECONDS);
	const failed = answers.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0);
	if (failed > 0) throw new Error(`${urls.join(', ')} was not answered ${failed} times`);
	return answers.map(({ requests }) => requests.average);
}

const AT_ONCE = 100;

/**
 * Asks for a page once from each address, many on one connection without waiting; all of them have the page, so that little
 * is sent. On return every one was answered.
 */
export async function askAll(url: string, addresses: readonly string[]): Promise<void> {
	const { hostname, port, pathname, host } = new URL(url);
	const page = await fetch(url, { headers: { 'accept-encoding': 'br' } });
	await page.arrayBuffer();
	const etag = page.headers.get('etag') ?? '';
	const head = `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: ${BROWSER}\r\naccept-encoding: br\r\nif-none-match: ${etag}\r\n`;
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	for (let from = 0; from < addresses.length; from += AT_ONCE) {
		const some = addresses.slice(from, from + AT_ONCE);
		socket.write(some.map((address) => `${head}x-forwarded-for: ${address}\r\n\r\n`).join(''));
		let answers = '';
		let answered = 0;
		while (answered < some.length) {
			const [piece] = await once(socket, 'data');
			answers += String(piece);
			answered = answers.split('HTTP/1.1 304 ').length - 1;
			if (/HTTP\/1\.1 (?!304 )\d/.test(answers)) throw new Error(`unexpected answer: ${answers.slice(-2_000)}`);
		}
	}
	socket.destroy();
}
