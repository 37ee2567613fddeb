/** What a page tells machines about itself, after schema.org. Pure. */

export type Crumb = { label: string; href: string };

export type Described = {
	url: string;
	headline: string;
	lead: string;
	locale: string;
	publishedAt: Date;
	changedAt: Date;
	byline: { kind: 'person' | 'office' | 'person_with_post'; name: string; post: string | null };
	publisher: { name: string; url: string };
	section: string | null;
	tags: readonly string[];
	pictures: readonly { url: string; width: number; height: number; caption: string | null }[];
	sourceUrl: string | null;
};

const HEADLINE_AT_MOST = 110;

export function articleData(told: Described): object {
	const { byline, publisher } = told;
	return {
		'@context': 'https://schema.org',
		'@type': 'NewsArticle',
		mainEntityOfPage: told.url,
		headline: told.headline.slice(0, HEADLINE_AT_MOST),
		...(told.lead && { description: told.lead }),
		inLanguage: told.locale,
		datePublished: told.publishedAt.toISOString(),
		dateModified: told.changedAt.toISOString(),
		author:
			byline.kind === 'office'
				? { '@type': 'Organization', name: byline.name || publisher.name }
				: { '@type': 'Person', name: byline.name, ...(byline.post && { jobTitle: byline.post }) },
		publisher: { '@type': 'Organization', ...publisher },
		...(told.section && { articleSection: told.section }),
		...(told.tags.length > 0 && { keywords: told.tags }),
		...(told.pictures.length > 0 && {
			image: told.pictures.map(({ url, width, height, caption }) => ({
				'@type': 'ImageObject',
				url,
				width,
				height,
				...(caption && { caption })
			}))
		}),
		...(told.sourceUrl && { isBasedOn: told.sourceUrl })
	};
}

/** `root` has scheme and host, without a path. */
export function crumbData(crumbs: readonly Crumb[], root: string): object {
	return {
		'@context': 'https://schema.org',
		'@type': 'BreadcrumbList',
		itemListElement: crumbs.map(({ label, href }, at) => ({
			'@type': 'ListItem',
			position: at + 1,
			name: label,
			item: new URL(href, root).href
		}))
	};
}

/** The element for data: nothing in a text can end it, for no text in it has an angle bracket. */
export function dataElement(data: object): string {
	const json = JSON.stringify(data).replace(
		/[<>&\u2028\u2029]/g,
		(sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
	);
	return `<script type="application/ld+json">${json}</script>`;
}
