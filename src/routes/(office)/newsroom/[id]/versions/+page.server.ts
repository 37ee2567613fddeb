import { signedIn } from '#lib/accounts/guard.ts';
import { isSavable } from '#lib/newsroom/act.ts';
import { get } from '#lib/newsroom/list.server.ts';
import { rightsOn } from '#lib/newsroom/rights.server.ts';
import { compareVersions, listVersions } from '#lib/newsroom/version.server.ts';
import { recordId } from '../../record.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const article = await get(db, actor, recordId(params.id));
	const { id, headline, version, state } = article;
	const [versions, rights] = await Promise.all([listVersions(db, actor, id), rightsOn(db, actor, article.unitId)]);
	const asked = (name: string) => versions.find(({ number }) => String(number) === url.searchParams.get(name))?.number;
	const to = asked('to') ?? version;
	const from = asked('from') ?? versions.find(({ number }) => number === to)?.basedOn ?? to;
	return {
		article: { id, headline, state },
		versions,
		from,
		to,
		compared: await compareVersions(db, id, { from, to }),
		isSavable: isSavable(article, rights)
	};
};
