import type { IncomingMessage, RequestListener } from 'node:http';
import { listenForChanges } from '#lib/newsroom/freshness.server.ts';
import { LOOK_COOKIE, lookText, readLook } from '#lib/newsroom/look.ts';
import { listHosts } from '#lib/newsroom/public.server.ts';
import type { Shown } from '#lib/newsroom/view.ts';
import type { Opened } from '#lib/server/db.ts';
import { log } from '#lib/server/log.ts';
import { withPages } from '#lib/server/page-cache.ts';
import { makePageStore } from '#lib/server/page-store.ts';

/** Public pages kept in memory take so much of it at most. */
const KEPT_BYTES = 64 * 1024 ** 2;

/** What a site's own host shows besides the site's pages: their parts, and the two forms that remember a choice. */
const COMMON =
	/^\/(_app|pictures|files|display|language|privacy|favicon\.svg|read-aloud\.js|comment\.js|plain\.css)([/?]|$)/;

/** Tells the application, which is built apart, how fresh what it remembers must be (src/lib/newsroom/memory.ts). */
const FRESH_HEADER = 'x-kheo-fresh';

export type Pages = {
	/** The application with what it answered before in front of it. */
	listener: RequestListener;
	/** A site with a host of its own has its pages there without its slug: names the host and puts the slug before the address. */
	toSite: (request: IncomingMessage, hostHeader: string) => void;
	stop: () => Promise<void>;
};

type Ways = {
	/** An article is about to be shown to who asks. */
	onRead?: (shown: Shown, request: IncomingMessage) => void;
	hintsEarly?: boolean;
};

/** Public pages are kept while every change of them is heard. */
export function keepPages(
	{ db, pool }: Opened,
	application: RequestListener,
	{ onRead = () => undefined, hintsEarly = false }: Ways = {}
): Pages {
	const store = makePageStore({ bytes: KEPT_BYTES });
	let hosts: ReadonlyMap<string, string> = new Map();
	const readHosts = () =>
		listHosts(db).then(
			(read) => (hosts = read),
			(error: unknown) => log('warn', 'pages.hosts_unread', { error: String(error) })
		);
	const listening = listenForChanges(() => ({ connectionString: pool.options.connectionString }), {
		open() {
			store.open();
			void readHosts();
		},
		close: () => store.close(),
		stale(ids) {
			store.dropTagged(ids);
			void readHosts();
		}
	});
	const begun = Date.now().toString(36);
	const fresh: RequestListener = (request, response) => {
		if (store.isOpen()) request.headers[FRESH_HEADER] = `${begun}.${store.epoch()}`;
		else delete request.headers[FRESH_HEADER];
		application(request, response);
	};
	return {
		listener: withPages(fresh, {
			store,
			variantOf,
			hintsEarly,
			onShown: (article, request) => onRead(shownIn(article), request)
		}),
		toSite(request, hostHeader) {
			const host = (request.headers.host ?? '').toLowerCase();
			const slug = hosts.get(host.replace(/:\d+$/, ''));
			if (slug === undefined) return;
			request.headers[hostHeader] = host;
			const url = request.url ?? '/';
			if (!COMMON.test(url)) request.url = `/${slug}${url === '/' ? '' : url.replace(/^\/(?=\?)/, '')}`;
		},
		stop: listening.stop
	};
}

/** What the page of an article says of itself: the site, and the article. */
function shownIn(text: string): Shown {
	const [siteId = '', articleId = ''] = text.split(' ');
	return { siteId, articleId };
}

const LOCALE = /(?:^|;\s*)kheo_locale=(en)(?:;|$)/;
const LOOK = new RegExp(`(?:^|;\\s*)${LOOK_COOKIE.replace('.', '\\.')}=([\\w.]{1,40})`);

/** What of the cookies changes a public page: the language, and how it is to look. */
function variantOf(cookies: string): string {
	if (cookies === '') return '';
	const look = LOOK.exec(cookies)?.[1];
	return `${LOCALE.exec(cookies)?.[1] ?? ''}${look === undefined ? '' : lookText(readLook(look))}`;
}
