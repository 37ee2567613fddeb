import { problem } from '#lib/server/problem.ts';
import { Id } from '#lib/models/model.schema.ts';

/** The registration an address names; what is no id is not found. */
export function recordId(text: string): string {
	const read = Id.safeParse(text);
	if (!read.success) throw problem('model.not_found', { id: text });
	return read.data;
}
