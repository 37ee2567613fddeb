import { tagHref } from '#lib/newsroom/portal-address.ts';
import { listTags } from '#lib/newsroom/list.server.ts';
import { problem } from '#lib/server/problem.ts';
import { fold } from '#lib/vietnamese/text.ts';
import { readList } from '../../list.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db }, params, url, parent }) => {
	const { frame } = await parent();
	const filter = { siteId: frame.siteId, tag: params.tag };
	const list = await readList(db, { url, base: frame.base, path: tagHref('', params.tag), filter });
	const first = list.lines[0];
	if (!first) throw problem('input.not_found');
	// As the newsroom wrote it, however the address does.
	const tag = (await listTags(db, first.id)).find((each) => fold(each) === fold(params.tag));
	return { tag: tag ?? params.tag, list };
};
