import { z } from 'zod';
import { en, vi } from 'zod/locales';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Scope } from '#lib/accounts/token.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Db, Tx } from '#lib/server/db.ts';
import { Problem, problem, type ProblemCode } from '#lib/server/problem.ts';

/** What other programs can ask for, as data: the door, the description and the tests all read it from here. */

type Method = 'GET' | 'POST' | 'PUT';

/** In what an operation works: a transaction when it writes. */
export type Context = {
	db: Db;
	actor: Actor;
	/** Called with the present state of what is about to change: refuses when the caller knew another one. */
	match?: (current: unknown) => void;
};

/** A file instead of JSON. */
export type FileAnswer = { name: string; bytes: Uint8Array };

type Described = {
	/** `<noun>.<what>`; its message is `api_op_<noun>_<what>`. */
	name: string;
	method: Method;
	/** Below /api/v1, with its parameters in braces. */
	path: string;
	/** The permission that the token must bring; the operation checks on which unit. */
	scope: Scope;
	/** Changes something that was read before: If-Match is required. */
	matches?: boolean;
	/** Answers `items` and `next`, the cursor of the next page. */
	isPaged?: boolean;
	/** Answers 201 with the address of what was made, below `makes` or else below its own. */
	creates?: boolean;
	makes?: string;
	/** The media type of the file that it answers. */
	file?: string;
	/** The media type of bytes that it takes instead of JSON; `body` has them as `bytes`. */
	takes?: string;
};

type Schemas<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = {
	params: P;
	query: Q;
	body: B;
	answer: A;
};

/** What arrives from outside, not yet parsed. */
export type Sent = { params?: unknown; query?: unknown; body?: unknown };

export type Operation = Described &
	Schemas<z.ZodType, z.ZodType, z.ZodType, z.ZodType> & {
		/** Parses what was sent and carries it out; without HTTP, so that tests can run any operation as anybody. */
		run: (context: Context, sent: Sent) => Promise<unknown>;
		/**
		 * Carries out what several asked at the same time, in one transaction. Answers null for those that it left alone, for whatever
		 * reason: each of them is run by itself.
		 */
		together?: (tx: Tx, asked: readonly { actor: Actor; sent: Sent }[]) => Promise<readonly unknown[]>;
	};

export const NOTHING = z.strictObject({});

/** Declares an operation: its schemas are the only door, `run` gets what they let through. */
export function operation<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
	given: Described &
		Schemas<P, Q, B, A> & {
			run: (
				context: Context,
				sent: { params: z.output<P>; query: z.output<Q>; body: z.output<B> }
			) => Promise<z.input<A> | FileAnswer>;
			together?: (
				tx: Tx,
				asked: readonly { actor: Actor; params: z.output<P>; body: z.output<B> }[]
			) => Promise<readonly (z.input<A> | null)[]>;
		}
): Operation {
	const said = ({ params = {}, query = {}, body = {} }: Sent) => ({
		params: read(given.params, params, 'path'),
		query: read(given.query, query, 'query'),
		body: read(given.body, body, 'body')
	});
	const { together, ...described } = given;
	return {
		...described,
		run: async (context, sent) => given.run(context, said(sent)),
		...(together && {
			together: async (tx, asked) => {
				const fit = asked.map(({ actor, sent }) => unlessRefused(() => ({ actor, ...said(sent) })));
				const answers = await together(tx, fit.filter(isSaid));
				const next = answers.values();
				return fit.map((one) => (one ? (next.next().value ?? null) : null));
			}
		})
	};
}

function unlessRefused<T>(read: () => T): T | null {
	try {
		return read();
	} catch (error) {
		if (error instanceof Problem) return null;
		throw error;
	}
}

function isSaid<T>(one: T | null): one is T {
	return one !== null;
}

/** Where something was wrong with a request; a body that is JSON and does not fit is told apart from a wrong address. */
const REFUSALS = {
	path: 'input.not_found',
	query: 'input.invalid',
	body: 'api.body_unfit'
} as const satisfies Record<string, ProblemCode>;

function read<S extends z.ZodType>(schema: S, value: unknown, part: keyof typeof REFUSALS): z.output<S> {
	const { localeError } = getLocale() === 'vi' ? vi() : en();
	const parsed = schema.safeParse(value, { error: localeError });
	if (!parsed.success) throw problem(REFUSALS[part], { in: part }, parsed.error);
	return parsed.data;
}

export const LARGEST_PAGE = 200;

/** Parameters of a list; a cursor is what the page before answered as `next`. */
export const PAGING = {
	limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(50),
	cursor: z.string().max(100).optional()
};

export function pageOf<I extends z.ZodType>(item: I) {
	return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

export const UnitCode = z.string().min(1).max(60);
export const Day = z.iso.date();
export const UnitName = z.strictObject({ code: z.string(), name: z.string() });
