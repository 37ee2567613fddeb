import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { may } from '#lib/units/authority.server.ts';
import type { Rights, Standing } from './act.ts';
import { isBlank, listPictures } from './body.ts';
import type { FullArticle } from './list.server.ts';

/** What the actor may do in the newsroom of a unit, today. */
export async function rightsOn(db: Db, actor: Actor, unitId: string): Promise<Rights> {
	const right = async (permission: keyof Rights) => [permission, await may(db, actor, permission, unitId)] as const;
	const [[, write], [, edit], [, approve], [, publish], [, manage]] = await Promise.all([
		right('newsroom.write'),
		right('newsroom.edit'),
		right('newsroom.approve'),
		right('newsroom.publish'),
		right('newsroom.manage')
	]);
	return {
		'newsroom.write': write,
		'newsroom.edit': edit,
		'newsroom.approve': approve,
		'newsroom.publish': publish,
		'newsroom.manage': manage
	};
}

/** How an article stands, for what may be done to it. */
export function standingOf({ state, version, publicVersion, text }: FullArticle): Standing {
	const silentPictures = listPictures(text.body).filter(({ alt }) => alt.trim() === '').length;
	return {
		state,
		version,
		publicVersion,
		hasHeadline: text.headline !== '',
		hasBody: !isBlank(text.body),
		silentPictures
	};
}
