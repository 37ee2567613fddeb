import { isActionFailure, isHttpError, isRedirect } from '@sveltejs/kit';
import type { Actor } from '#lib/accounts/actor.ts';
import { site } from '#lib/accounts/people.sample.ts';
import type { Session } from '#lib/accounts/session.server.ts';
import type { Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';

/** How one part of a route is asked: what its address names, and the form that is sent. */
export type Asking = {
	params?: Readonly<Record<string, string>>;
	search?: Readonly<Record<string, string>>;
	form?: Readonly<Record<string, string | File>>;
};

/** `done`: it answered or led on. `refused`: it said no, or that there is no such thing. Anything else is told by its status. */
export type Outcome =
	{ kind: 'done'; data: unknown } | { kind: 'refused'; status: number } | { kind: 'failed'; why: string };

const REFUSALS: readonly number[] = [401, 403, 404];

/** Calls the code behind a route as SvelteKit would after its hooks, so that a layout's or a hook's guard cannot stand in for its own. */
export async function callRoute(
	part: unknown,
	given: { db: Db; actor: Actor | undefined; path: string; method: string; asking: Asking }
): Promise<Outcome> {
	if (typeof part !== 'function') throw new Error(`${given.path} has no such part`);
	try {
		const answer: unknown = await Reflect.apply(part, undefined, [eventOf(given)]);
		if (isActionFailure(answer)) return ofStatus(answer.status, JSON.stringify(answer.data));
		if (answer instanceof Response) return { kind: 'done', data: Buffer.from(await answer.arrayBuffer()) };
		return { kind: 'done', data: answer };
	} catch (error) {
		if (isRedirect(error)) return { kind: 'done', data: error.location };
		if (isHttpError(error)) return ofStatus(error.status, error.body.message);
		if (error instanceof Problem) return ofStatus(error.status, error.code);
		throw error;
	}
}

function ofStatus(status: number, why: string): Outcome {
	return REFUSALS.includes(status) ? { kind: 'refused', status } : { kind: 'failed', why: `${status} ${why}` };
}

function eventOf({ db, actor, path, method, asking }: Parameters<typeof callRoute>[1]) {
	const url = new URL(`http://kheo.test${path}?${new URLSearchParams(asking.search)}`);
	const body = new FormData();
	for (const [name, value] of Object.entries(asking.form ?? {})) body.append(name, value);
	const session: Session | null = actor?.id
		? {
				id: actor.id,
				user: { id: actor.id, name: actor.name, email: 'a@b.example' },
				factor: 'password',
				openedAt: new Date(),
				hasSecondFactor: true,
				putOff: false,
				isDemonstration: false
			}
		: null;
	return {
		locals: { db, actor, session, site },
		params: asking.params ?? {},
		url,
		request: new Request(url, method === 'GET' ? { method } : { method, body }),
		route: { id: path },
		cookies: { get: () => undefined, getAll: () => [], set: () => undefined, delete: () => undefined },
		depends: () => undefined,
		setHeaders: () => undefined,
		parent: () => Promise.resolve({}),
		getClientAddress: () => '127.0.0.1'
	};
}
