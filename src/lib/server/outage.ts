import { m } from '#lib/paraglide/messages.js';
import { fields, textsOf } from './form.ts';
import { problemText, type Problem } from './problem.ts';
import type { Locale } from '#lib/paraglide/runtime.js';

/** Long enough for PostgreSQL to be started again. */
const RETRY_S = 10;

/**
 * The answer while the database is gone, made without it: nothing was written, and what was typed is not lost.
 * A form sent by script gets its refusal back and stays as it is; one sent without gets a page that sends it once more.
 */
export async function answerOutage(request: Request, refusal: Problem, locale: Locale): Promise<Response> {
	const said = problemText(refusal, locale);
	const isForm = request.method === 'POST';
	const sent = isForm && !request.bodyUsed ? await request.formData() : new FormData();
	if (isForm && request.headers.get('x-sveltekit-action') === 'true') {
		const data = flattened({ problem: said, values: textsOf(fields(sent)) });
		return respond(JSON.stringify({ type: 'failure', status: refusal.status, data }), 'application/json', refusal);
	}
	const page = { said, locale, again: isForm ? formAgain(request.url, sent, locale) : linkAgain(request.url, locale) };
	return respond(pageOf(page), 'text/html; charset=utf-8', refusal);
}

function respond(body: string, type: string, { status }: Problem): Response {
	const headers = { 'content-type': type, 'retry-after': String(RETRY_S), 'cache-control': 'no-store' };
	return new Response(body, { status, headers });
}

function linkAgain(url: string, locale: Locale): string {
	const { pathname, search } = new URL(url);
	return `<p><a class="act" href="${escaped(pathname + search)}">${m.core_retry({}, { locale })}</a></p>`;
}

/** Files cannot be sent along and passwords must not be: then the way back to the form, which the browser kept, is all. */
function formAgain(url: string, sent: FormData, locale: Locale): string {
	const entries = [...sent];
	const whole =
		entries.length > 0 && entries.every(([name, value]) => typeof value === 'string' && !/password/i.test(name));
	if (!whole) return `<p>${m.core_outage_back({}, { locale })}</p>`;
	const { pathname, search } = new URL(url);
	const inputs = entries.map(([name, value]) =>
		typeof value === 'string' ? `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">` : ''
	);
	return `<p>${m.core_outage_kept({}, { locale })}</p>
		<form method="POST" action="${escaped(pathname + search)}">${inputs.join('')}
			<button class="act">${m.core_outage_send_again({}, { locale })}</button></form>`;
}

function pageOf({ said, locale, again }: { said: string; locale: Locale; again: string }): string {
	const title = m.core_outage({}, { locale });
	return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${m.app_name({}, { locale })}</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/plain.css"></head>
<body><main><h1>${title}</h1><p><b>${escaped(said)}</b></p>${again}</main></body></html>`;
}

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** As SvelteKit reads what an action returned: a list of values that name each other by their place in it. */
function flattened(value: object): string {
	const places: unknown[] = [];
	const put = (item: unknown): number => {
		const place = places.push(null) - 1;
		if (Array.isArray(item)) places[place] = item.map(put);
		else if (typeof item === 'object' && item !== null)
			places[place] = Object.fromEntries(Object.entries(item).map(([name, part]) => [name, put(part)]));
		else places[place] = item;
		return place;
	};
	put(value);
	return JSON.stringify(places);
}
