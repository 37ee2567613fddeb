import { listPictures } from '#lib/newsroom/body.ts';
import { articleData, dataElement } from '#lib/newsroom/linked-data.ts';
import { makeMemory } from '#lib/newsroom/memory.ts';
import { pictureAddress } from '#lib/newsroom/picture.ts';
import {
	articleHref,
	archiveHref,
	commentsHref,
	homeHref,
	qrHref,
	sectionHref,
	tagHref
} from '#lib/newsroom/portal-address.ts';
import { findHome, type ListedPublic, type PublicArticle } from '#lib/newsroom/public.server.ts';
import { instantText, mostReadOn, sharedPicture, shortLineOf, viewsText } from '#lib/newsroom/public-page.server.ts';
import { listRelated } from '#lib/newsroom/related.server.ts';
import { renderBody, renderPicture, TEXT_SIZES } from '#lib/newsroom/render.ts';
import { ADDRESSES, figuresShown } from '#lib/newsroom/shown.server.ts';
import { inLanguage } from '#lib/newsroom/site.ts';
import { rootOf, type Frame } from '#lib/newsroom/frame.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { commentsPage } from '../comments.server.ts';

const related = makeMemory<ListedPublic[]>(600);

/** Everything that the page of an article shows. */
export async function articlePage(
	locals: Pick<App.Locals, 'db' | 'fresh'>,
	{ frame, url, article }: { frame: Frame; url: URL; article: PublicArticle }
) {
	const { db } = locals;
	const { siteId, base } = frame;
	const [mostRead, beside, canonical, comments] = await Promise.all([
		mostReadOn(frame, locals),
		related(locals.fresh, `${siteId} ${article.id}`, () => listRelated(db, { ...article, siteId })),
		canonicalOf(db, { frame, url, article }),
		commentsPage(locals, article.id, 1)
	]);
	const section = article.sectionSlug
		? {
				label: inLanguage(getLocale(), article.sectionVi ?? '', article.sectionEn),
				href: sectionHref(base, article.sectionSlug)
			}
		: null;
	const own = frame.root + articleHref('', article.slug);
	const day = today(article.shownAt);
	return {
		id: article.id,
		href: articleHref(base, article.slug),
		own,
		qr: qrHref(base, articleHref('', article.slug)),
		canonical,
		headline: article.headline,
		lead: article.lead,
		html: renderBody(article.body, {
			pictures: article.pictures,
			figures: figuresShown(article.figures.values()),
			...ADDRESSES
		}),
		cover: coverOf(article),
		byline: article.byline,
		source: article.source,
		published: { at: article.shownAt.toISOString(), text: instantText(article.shownAt), href: archiveHref(base, day) },
		views: viewsText(article.viewCount),
		mostRead,
		eventOn: article.eventOn && formatDay(article.eventOn),
		notes: article.notes
			.filter(({ kind }) => kind === 'correction')
			.map(({ note, notedAt }) => ({ note, at: instantText(notedAt) })),
		tags: article.tags.map((tag) => ({ tag, href: tagHref(base, tag) })),
		crumbs: [{ label: m.portal_page_home(), href: homeHref(base) }, ...(section ? [section] : [])],
		section,
		comments: { ...comments, isOpen: article.isCommentable, href: commentsHref(base, article.slug) },
		related: beside.map((row) => shortLineOf(row, base)),
		data: dataElement(describe({ frame, article, canonical, section: section?.label ?? null })),
		sharePicture: sharePicture({ frame, article }),
		share: shareWays(own, article.headline)
	};
}

/** Above the text, unless the text begins with the same picture or shows it further down. */
function coverOf({ cover, body }: PublicArticle) {
	if (!cover || listPictures(body).some(({ picture }) => picture === cover.id)) return null;
	const html = renderPicture(cover, { alt: cover.alt, sizes: TEXT_SIZES, isLazy: false }, pictureAddress);
	return { html, caption: cover.caption, credit: cover.credit && m.article_credit({ name: cover.credit }) };
}

/** One address for a text that stands on several sites: that of its source, where it asks for it, or that of its home. */
async function canonicalOf(
	db: Db,
	{ frame, url, article }: { frame: Frame; url: URL; article: PublicArticle }
): Promise<string> {
	if (article.source?.isCanonical && article.source.url) return article.source.url;
	if (article.homeSiteId === frame.siteId) return frame.root + articleHref('', article.slug);
	const home = await findHome(db, article.id);
	const origin = frame.base === '' ? url.origin : frame.root.slice(0, -frame.base.length);
	return home ? rootOf(home, origin) + articleHref('', article.slug) : frame.root + articleHref('', article.slug);
}

function describe(of: { frame: Frame; article: PublicArticle; canonical: string; section: string | null }): object {
	const { frame, article, canonical, section } = of;
	return articleData({
		url: canonical,
		headline: article.headline,
		lead: article.lead,
		locale: 'vi',
		publishedAt: article.shownAt,
		changedAt: latest([article.shownAt, article.recordedAt, ...article.notes.map(({ notedAt }) => notedAt)]),
		byline: article.byline,
		publisher: { name: frame.owner || frame.name, url: frame.root },
		section,
		tags: article.tags,
		pictures: pictures({ frame, article }),
		sourceUrl: article.source?.url ?? null
	});
}

function latest(instants: readonly Date[]): Date {
	return new Date(Math.max(...instants.map((each) => each.getTime())));
}

function pictures({ frame, article }: { frame: Frame; article: PublicArticle }) {
	const said = new Map(listPictures(article.body).map((each) => [each.picture, each.caption || null]));
	const shown = [...(article.cover ? [article.cover] : []), ...article.pictures.values()];
	const unique = [...new Map(shown.map((each) => [each.id, each])).values()];
	return unique.map((each) => ({ ...sharedPicture(each, frame), caption: said.get(each.id) ?? null }));
}

function sharePicture(of: { frame: Frame; article: PublicArticle }) {
	const [first] = pictures(of);
	return first ? { ...first, alt: of.article.cover?.alt ?? of.article.headline } : null;
}

/** Plain ways to pages and programs of others: nothing of theirs runs here, and they learn nothing until one goes there. */
function shareWays(url: string, headline: string) {
	const asked = encodeURIComponent(url);
	return [
		{ label: 'Zalo', href: `https://sp.zalo.me/share_inline?link=${asked}` },
		{ label: 'Facebook', href: `https://www.facebook.com/sharer/sharer.php?u=${asked}` },
		{ label: m.portal_share_mail(), href: `mailto:?subject=${encodeURIComponent(headline)}&body=${asked}` }
	];
}
