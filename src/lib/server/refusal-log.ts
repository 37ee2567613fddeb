import { AsyncLocalStorage } from 'node:async_hooks';
import { log } from './log.ts';
import type { Problem } from './problem.ts';

/** A request as the operator's log may know it: an id, a route or operation, and an actor's id; no address, name or body. */
type Asked = { request: string; route: string; actor: string | null };

const present = new AsyncLocalStorage<Asked>();

/** What is refused access: who one is was not proved, is not enough, was used up, or was tried too often. */
const STATUSES: ReadonlySet<number> = new Set([401, 403, 410, 429]);

/** Runs the answering of a request, so that what is refused in it can be told. */
export function asking<T>(asked: Asked, run: () => T): T {
	return present.run(asked, run);
}

/** Says who asks, or for what, as soon as that is known. */
export function identify(known: Partial<Asked>): void {
	Object.assign(present.getStore() ?? {}, known);
}

/** One line for a refused access, where a refusal becomes an answer (ASVS 5.0, 16.3.2). Without a request there is none. */
export function logRefusal({ code, status }: Problem): void {
	const asked = present.getStore();
	if (asked && STATUSES.has(status)) log('warn', 'access.refused', { code, ...asked });
}
