import { z } from 'zod';
import { problem } from '#lib/server/problem.ts';

const Id = z.uuid();

/** The report an address names; what is no id is not found. */
export function reportId(text: string): string {
	const read = Id.safeParse(text);
	if (!read.success) throw problem('report.not_found');
	return read.data;
}
