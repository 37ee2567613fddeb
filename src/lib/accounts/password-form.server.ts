import { fail } from '@sveltejs/kit';
import type { z } from 'zod';
import { fields, parse, textsOf, type Parsed } from '#lib/server/form.ts';
import { weakness } from './password-rules.server.ts';

type Named = { name: string; email: string };

/** Reads a form in which somebody chooses a password; one that is easy to guess is told at its field. */
export async function readChosen<S extends z.ZodType<{ password: string }>>(
	data: FormData,
	schema: S,
	personOf: (form: z.output<S>) => Named
): Promise<Parsed<z.output<S>>> {
	const read = parse(data, schema);
	if (!read.ok) return read;
	const weak = await weakness(read.value.password, personOf(read.value));
	if (!weak) return read;
	return { ok: false, failure: fail(400, { issues: { password: weak }, values: textsOf(fields(data)) }) };
}
