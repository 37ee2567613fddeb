import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a view of an article is: somebody reads it, once in an hour. Pure. */

/** An article on a site. */
export type Shown = { siteId: string; articleId: string };
/** Whom it was shown to, for as long as it takes to make a mark of it. */
export type Visitor = { address: string; agent: string };

const HOUR_MS = 3_600_000;

/** Every browser calls itself so, for thirty years; libraries and most robots do not. */
const BROWSER = /^(Mozilla\/5\.0 \(|Opera\/\d)/;
/** How robots that look like browsers name themselves. Cubot makes telephones. */
const ROBOT =
	/(?<!\bcu)bots?(?![a-z])|crawl|spider|slurp|headless|lighthouse|inspectiontool|page ?speed|preview|scrap|monitor|uptime|fetch|archiv|validator|feed|scanner|check|python|curl|wget|java\/|okhttp|axios|phantom|puppeteer|playwright|selenium|compatible; (?!MSIE)|\+https?:|@[\w-]+\.\w/i;

/** Is it a person who asks for a page, as far as what asks says of itself? What is fetched ahead is not read yet. */
export function isReader(headers: IncomingHttpHeaders): boolean {
	const agent = headers['user-agent'] ?? '';
	const said = (name: string) => [headers[name] ?? ''].flat().join(',').toLowerCase();
	if (/prefetch|prerender|preview/.test(`${said('sec-purpose')} ${said('purpose')} ${said('x-moz')}`)) return false;
	if (!/^(document)?$/.test(said('sec-fetch-dest'))) return false;
	return BROWSER.test(agent) && !ROBOT.test(agent);
}

/** Hours since 1970. */
export function hourOf(now: number): number {
	return Math.floor(now / HOUR_MS);
}

/** What stands for a reader of an article within the hour of the key: 16 hexadecimal digits. */
export function markOf(key: Uint8Array, articleId: string, { address, agent }: Visitor): string {
	return createHmac('sha256', key).update(`${articleId}\0${address}\0${agent}`).digest('hex').slice(0, 16);
}
