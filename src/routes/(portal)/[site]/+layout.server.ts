import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { changesOf, LOOK_COOKIE, lookText, readLook, type Look } from '#lib/newsroom/look.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	const frame = await frameOf(event);
	event.setHeaders(keptHeaders(frame));
	const look = readLook(event.cookies.get(LOOK_COOKIE));
	const offered = changesOf(look);
	const text = (changed: Look | null) => changed && lookText(changed);
	const path = event.url.pathname.slice(`/${event.params.site}`.length);
	return {
		frame,
		/** As readers have it in their address bar: below the site's own host without its slug. */
		here: `${frame.base}${path}` || '/',
		look: {
			...look,
			offered: {
				smaller: text(offered.smaller),
				larger: text(offered.larger),
				contrast: lookText(offered.contrast),
				shade: lookText(offered.shade)
			}
		}
	};
};
