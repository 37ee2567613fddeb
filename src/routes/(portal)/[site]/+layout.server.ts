import { COUNTS_KEPT_S, frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { changesOf, LOOK_COOKIE, lookText, readLook, type Look } from '#lib/newsroom/look.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import type { LayoutServerLoad } from './$types';

/** Pages on which stands how often something was read. */
const COUNTED: ReadonlySet<string> = new Set(
	['', '/tin-tuc', '/chuyen-muc/[section]', '/[...address]'].map((page) => `/(portal)/[site]${page}`)
);

/** Its address is a secret: neither we nor anybody between keeps it. */
const SECRET = '/(portal)/[site]/binh-luan/[article]/[comment]/rut/[secret]';

export const load: LayoutServerLoad = async (event) => {
	const frame = await frameOf(event);
	const keep_s = COUNTED.has(event.route.id) ? Math.min(frame.keep_s, COUNTS_KEPT_S) : frame.keep_s;
	// What a form is answered holds what its sender typed.
	if (event.request.method === 'GET' && event.route.id !== SECRET) event.setHeaders(keptHeaders({ ...frame, keep_s }));
	const look = readLook(event.cookies.get(LOOK_COOKIE));
	const offered = changesOf(look);
	const text = (changed: Look | null) => changed && lookText(changed);
	const path = event.url.pathname.slice(`/${event.params.site}`.length);
	return notSent({
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
	});
};
