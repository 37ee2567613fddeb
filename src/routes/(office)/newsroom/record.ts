import { Id } from '#lib/newsroom/article.schema.ts';
import { problem } from '#lib/server/problem.ts';

/** The id in an address; what is no id is the id of nothing. */
export function recordId(text: string): string {
	const read = Id.safeParse(text);
	if (!read.success) throw problem('input.not_found');
	return read.data;
}
