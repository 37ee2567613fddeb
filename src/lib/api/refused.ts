import { z } from 'zod';
import type { Locale } from '#lib/paraglide/runtime.js';
import { log } from '#lib/server/log.ts';
import { fromDatabase, problem, problemText, type Problem } from '#lib/server/problem.ts';
import { logRefusal } from '#lib/server/refusal-log.ts';
import { word } from '#lib/ui/word.ts';
import { writeJson } from './json.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const RETRY_S = 30;

/** A refusal as RFC 9457 has it, with the same codes as the pages. `instance` names the request, also in the log. */
export const ProblemAnswer = z.strictObject({
	type: z.string(),
	title: z.string(),
	status: z.number().int(),
	code: z.string(),
	detail: z.string(),
	instance: z.string(),
	issues: z
		.array(
			z.strictObject({
				in: z.enum(['path', 'query', 'body']),
				path: z.string(),
				code: z.string(),
				message: z.string()
			})
		)
		.optional()
});

type About = { id: string; locale: Locale; headers: Headers };

/** Translates what was thrown; a bug is logged once and its caller told no more than the id of the request. */
export function refused(error: unknown, { id, locale, headers }: About): Response {
	const known = fromDatabase(error);
	if (!known || known.status >= 500) log('error', 'api.failed', { id, error });
	const refusal = known ?? problem('api.failed');
	logRefusal(refusal);
	const { status, code } = refusal;
	const answer: z.input<typeof ProblemAnswer> = {
		type: `urn:kheo:problem:${code}`,
		title: word('api_status', String(status)),
		status,
		code,
		detail: problemText(refusal, locale),
		instance: `urn:uuid:${id}`,
		...issuesOf(refusal)
	};
	headers.set('content-type', PROBLEM_TYPE);
	if (status === 503 && !headers.has('retry-after')) headers.set('retry-after', String(RETRY_S));
	if (status === 401) headers.set('www-authenticate', 'Bearer realm="kheo"');
	return new Response(writeJson(answer), { status, headers });
}

/** Messages of our schemas are keys, and so codes; those of the schema library come in words. */
function issuesOf({ cause, params }: Problem): Pick<z.input<typeof ProblemAnswer>, 'issues'> {
	if (!(cause instanceof z.ZodError)) return {};
	const part = z.enum(['path', 'query', 'body']).catch('body').parse(params['in']);
	const issues = cause.issues.slice(0, 100).map(({ path, code, message }) => {
		const [, family, key] = /^(field|report)_([a-z_]+)$/.exec(message) ?? [];
		const said = family && key ? { code: message, message: word(family, key) } : { code: `field_${code}`, message };
		return { in: part, path: path.join('.'), ...said };
	});
	return { issues };
}
