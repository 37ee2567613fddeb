import { afterEach, expect, test, vi } from 'vitest';
import { attempt } from './form.ts';
import { problem, type ProblemCode } from './problem.ts';
import { asking, identify, logRefusal } from './refusal-log.ts';

afterEach(() => vi.restoreAllMocks());

const refuse = (code: ProblemCode) => () =>
	Promise.reject(problem(code, { name: 'Lò Thị Mai', email: 'mai@k.example' }));

/** What is written to the log while this runs. */
async function said(run: () => unknown): Promise<unknown[]> {
	const lines: unknown[] = [];
	vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(JSON.parse(String(line))) > 0);
	await run();
	return lines;
}

test('what is refused for another reason, or outside of a request, is not told', async () => {
	const asked = { request: 'r', route: '/models', actor: null };
	expect(await said(() => asking(asked, () => attempt(refuse('input.invalid'))))).toEqual([]);
	expect(await said(() => asking(asked, () => attempt(refuse('unit.not_found'))))).toEqual([]);
	expect(await said(() => logRefusal(problem('access.denied')))).toEqual([]);
});

test.for([
	'access.denied',
	'access.sign_in',
	'access.too_many_tries',
	'sealed.not_handler',
	'api.token_ended'
] as const)('%s is told in one line that names nobody', async (code) => {
	const asked = { request: 'r', route: '/(office)/models/[id]', actor: null };
	const run = async () => {
		await Promise.resolve();
		identify({ actor: 'a' });
		await attempt(refuse(code), { wish: 'Nội dung' });
	};
	expect(await said(() => asking(asked, run))).toEqual([
		{
			at: expect.any(String),
			level: 'warn',
			event: 'access.refused',
			code,
			request: 'r',
			route: '/(office)/models/[id]',
			actor: 'a'
		}
	]);
});
