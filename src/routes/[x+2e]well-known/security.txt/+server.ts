import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

/** RFC 9116 wants a day after which a reader asks again; the text is made anew each time. */
const GOOD_FOR_MS = 90 * 24 * 3600 * 1000;

/** Where whoever found a flaw writes to; not there while the operator has named nobody. */
export const GET: RequestHandler = ({ locals: { site } }) => {
	if (!site.securityContact) throw problem('input.not_found');
	const lines = [
		`Contact: ${site.securityContact}`,
		`Expires: ${new Date(Date.now() + GOOD_FOR_MS).toISOString()}`,
		'Preferred-Languages: vi, en',
		`Canonical: ${site.origin}/.well-known/security.txt`
	];
	return new Response(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
