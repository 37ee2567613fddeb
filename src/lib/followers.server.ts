import { ROLE_FOLLOWER } from '#lib/accounts/following.server.ts';
import { MODEL_HOLDING } from '#lib/models/following.server.ts';
import { NEWSROOM_HOLDING } from '#lib/newsroom/following.server.ts';
import { REPORT_HOLDING } from '#lib/reports/following.server.ts';
import type { Followers } from '#lib/units/follower.ts';

/** Everything that follows units when they are reorganised: a new noun adds its line here. */
export const FOLLOWERS: Followers = {
	roles: ROLE_FOLLOWER,
	holdings: [MODEL_HOLDING, REPORT_HOLDING, NEWSROOM_HOLDING]
};
