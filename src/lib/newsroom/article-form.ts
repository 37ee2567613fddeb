import type { Filing, Text } from './article.server.ts';
import type { ArticleFields } from './article.schema.ts';
import { listPictures, type Body } from './body.ts';
import type { z } from 'zod';

/** What the fields of a form and a body are as a text and its filing. Where no cover was chosen it is the first picture. */
export function readArticle(fields: z.output<typeof ArticleFields>, body: Body): { text: Text; filing: Filing } {
	const { headline, lead, eventOn, bylineKind, bylineName, bylinePost, sourceName, sourceUrl, isSourceCanonical } =
		fields;
	const source =
		sourceName || sourceUrl
			? { name: sourceName ?? '', url: sourceUrl, isCanonical: isSourceCanonical && sourceUrl !== null }
			: null;
	return {
		text: {
			headline,
			lead,
			body,
			eventOn,
			byline: { kind: bylineKind, name: bylineName, post: bylineKind === 'person_with_post' ? bylinePost : null },
			source,
			coverId: fields.coverId ?? listPictures(body)[0]?.picture ?? null
		},
		filing: {
			kind: fields.kind,
			sectionId: fields.sectionId,
			tags: fields.tags,
			slug: fields.slug
		}
	};
}
