import { fail, type ActionFailure } from '@sveltejs/kit';
import type { z } from 'zod';
import { getLocale } from '#lib/paraglide/runtime.js';
import { fromDatabase, problem, problemText } from './problem.ts';
import { logRefusal } from './refusal-log.ts';

/** The longest form of ours has some hundred fields; finding each by name takes as long as there are others. */
const FIELDS_AT_MOST = 2_000;

/** NUL is not kept by PostgreSQL, other controls not by XML; marks of direction make a text look like another. */
const UNSHOWABLE = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** What a page gets back from a form that was not accepted: texts at fields (message keys) and above the form. */
export type Refusal = { issues?: Record<string, string>; problem?: string; values?: Record<string, unknown> };

/**
 * Form fields as an object for a schema: `contents.outputs` nests, `tags[]` collects, everything else is text or a file.
 * Names that could reach an object's prototype are dropped. Throws `input.too_large`.
 */
export function fields(data: FormData): Record<string, unknown> {
	if ([...data.keys()].length > FIELDS_AT_MOST) throw problem('input.too_large');
	const object: Record<string, unknown> = {};
	for (const name of new Set(data.keys())) {
		const value = name.endsWith('[]') ? data.getAll(name) : data.get(name);
		const [first = '', second] = name.replace(/\[\]$/, '').split('.');
		if (first.startsWith('_') || second?.startsWith('_') || first === 'constructor' || second === 'constructor')
			continue;
		if (second === undefined) object[first] = value;
		else object[first] = { ...objectOf(object[first]), [second]: value };
	}
	return object;
}

function objectOf(value: unknown): object {
	return typeof value === 'object' && value !== null ? value : {};
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; failure: ActionFailure<Refusal> };

/** Parses once, at the door. What is wrong is told per field; what was typed comes back. */
export function parse<S extends z.ZodType>(data: FormData, schema: S): Parsed<z.output<S>> {
	const values = fields(data);
	const read = schema.safeParse(values);
	const unshowable = unshowableIn(data);
	if (read.success && Object.keys(unshowable).length === 0) return { ok: true, value: read.data };
	const issues = Object.fromEntries([
		...Object.entries(unshowable),
		...(read.error?.issues ?? []).map((issue) => [issue.path.join('.'), issue.message])
	]);
	return { ok: false, failure: fail(400, { issues, values: textsOf(values) }) };
}

/** Fields whose texts hold signs that are kept or shown nowhere, each with what is wrong with it. */
export function unshowableIn(data: FormData): Record<string, string> {
	const found = [...data].filter(([, value]) => typeof value === 'string' && UNSHOWABLE.test(value));
	return Object.fromEntries(found.map(([name]) => [name, 'field_signs_refused']));
}

/** What may be shown again: files cannot be sent back, and passwords must not be. */
export function textsOf(values: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(values).filter(([name, value]) => !(value instanceof File) && !/password/i.test(name))
	);
}

/** Runs a command of a form; a refusal is shown above the form with what was typed still in it. Bugs go on to the log. */
export async function attempt<T>(
	run: () => Promise<T>,
	values?: Record<string, unknown>
): Promise<T | ActionFailure<Refusal>> {
	try {
		return await run();
	} catch (error) {
		const refusal = fromDatabase(error);
		if (!refusal) throw error;
		logRefusal(refusal);
		return fail(refusal.status, { problem: problemText(refusal, getLocale()), values: values && textsOf(values) });
	}
}
