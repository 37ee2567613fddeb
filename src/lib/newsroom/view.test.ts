import { describe, expect, test } from 'vitest';
import { isReader, markOf } from './view.ts';

const PHONE =
	'Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

describe('who is no reader', () => {
	test.each([
		['says nothing of itself', ''],
		['is a library', 'curl/8.5.0'],
		['is a search machine', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
		['is one on a telephone', `${PHONE} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)`],
		['shows previews', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
		['shows previews in Zalo', 'Mozilla/5.0 (compatible; ZaloBot; +https://zalo.me)'],
		['is a browser without a screen', PHONE.replace('Chrome/', 'HeadlessChrome/')],
		['measures', `${PHONE} Chrome-Lighthouse`],
		['watches', 'Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)']
	])('%s', (_, agent) => expect(isReader({ 'user-agent': agent })).toBe(false));

	test.each([
		['fetches ahead', { 'sec-purpose': 'prefetch' }],
		['draws ahead', { 'sec-purpose': 'prefetch;prerender' }],
		['fetches ahead as of old', { purpose: 'prefetch' }],
		['is a script', { 'sec-fetch-dest': 'empty' }]
	])('%s', (_, headers) => expect(isReader({ 'user-agent': PHONE, ...headers })).toBe(false));
});

test.each([
	PHONE,
	'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Zalo iOS/24.06',
	'Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/120.0.0 Chrome/120.0.0.0 Safari/537.36',
	'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)',
	'Opera/9.80 (Android; Opera Mini/70.0/191.1; U; vi) Presto/2.12.423 Version/12.16'
])('a person reads with %s', (agent) =>
	expect(isReader({ 'user-agent': agent, 'sec-fetch-dest': 'document' })).toBe(true)
);

test('a mark tells nothing without its key, and another article, browser, address or hour has another', () => {
	const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
	const an = { address: '203.0.113.7', agent: PHONE };
	const marks = [
		markOf(key, 'a', an),
		markOf(other, 'a', an),
		markOf(key, 'b', an),
		markOf(key, 'a', { ...an, address: '203.0.113.8' }),
		markOf(key, 'a', { ...an, agent: `${PHONE} ` })
	];
	expect(new Set(marks).size).toBe(marks.length);
	expect(markOf(key, 'a', an)).toMatch(/^[0-9a-f]{16}$/);
});
