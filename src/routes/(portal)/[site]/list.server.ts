import type { Db } from '#lib/server/db.ts';
import { paged } from '#lib/newsroom/portal-address.ts';
import { publicList, type PublicFilter } from '#lib/newsroom/public.server.ts';
import { lineOf, pageOf } from '#lib/newsroom/public-page.server.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import { problem } from '#lib/server/problem.ts';

type Asked = { url: URL; base: string; path: string; filter: PublicFilter };

/** A page of articles: `hrefs` holds the addresses of the pages that its turner names. A page past the last is not found. */
export async function readList(db: Db, { url, base, path, filter }: Asked) {
	const page = pageOf(url);
	const { rows, total, pages } = await publicList(db, filter, { page });
	if (page > pages) throw problem('input.not_found');
	const lines = rows.map((row) => lineOf(row, base));
	const wanted = [1, page - 2, page - 1, page, page + 1, page + 2, pages];
	const hrefs = new Map(wanted.map((each) => [each, paged(url, base, { path, page: each })]));
	return notSent({ lines, total, page, pages, hrefs });
}
