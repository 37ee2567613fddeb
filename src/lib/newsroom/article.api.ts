import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode } from '#lib/api/operation.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { readArticle } from './article-form.ts';
import { create, save } from './article.server.ts';
import { ArticleFields, Id, Reason, Flag } from './article.schema.ts';
import { BYLINE_KINDS, KINDS, STATES } from './article.ts';
import { bodySchema } from './body.ts';
import { CURSOR, get, list, type FullArticle, type ListedArticle } from './list.server.ts';
import { approve, correct, finishEditing, giveBack, publishThrough, withdraw } from './publication.server.ts';

const ById = z.strictObject({ id: Id });
const Instant = z.iso.datetime({ offset: true });

const Article = z.strictObject({
	id: z.uuid(),
	site: z.strictObject({ id: z.uuid(), slug: z.string(), name: z.string() }),
	sectionId: z.uuid().nullable(),
	kind: z.enum(KINDS),
	slug: z.string().nullable(),
	state: z.enum(STATES),
	version: z.number().int(),
	publicVersion: z.number().int().nullable(),
	headline: z.string(),
	publishedAt: z.iso.datetime().nullable(),
	changedAt: z.iso.datetime()
});
const Full = Article.extend({
	lead: z.string(),
	body: z.record(z.string(), z.unknown()),
	eventOn: Day.nullable(),
	byline: z.strictObject({ kind: z.enum(BYLINE_KINDS), name: z.string(), post: z.string().nullable() }),
	source: z.strictObject({ name: z.string(), url: z.string().nullable(), isCanonical: z.boolean() }).nullable(),
	coverId: z.uuid().nullable(),
	tags: z.array(z.string()),
	commentsOpen: z.boolean(),
	notes: z.array(z.strictObject({ kind: z.enum(['correction', 'withdrawal']), note: z.string(), at: z.iso.datetime() }))
});

function listed(row: ListedArticle): z.input<typeof Article> {
	const { id, sectionId, kind, slug, state, version, publicVersion, headline, publishedAt, changedAt } = row;
	const site = { id: row.siteId, slug: row.siteSlug, name: row.siteName };
	const said = { id, site, sectionId, kind, slug, state, version, publicVersion, headline };
	return { ...said, publishedAt: publishedAt?.toISOString() ?? null, changedAt: changedAt.toISOString() };
}

function full(found: FullArticle): z.input<typeof Full> {
	const { lead, body, eventOn, byline, source, coverId } = found.text;
	const notes = found.notes.map(({ kind, note, notedAt }) => ({ kind, note, at: notedAt.toISOString() }));
	const { tags, commentsOpen } = found;
	return { ...listed(found), lead, body: { ...body }, eventOn, byline, source, coverId, tags, commentsOpen, notes };
}

/** The fields of the form; the body as it is, and flags and lists as JSON has them. */
const Said = ArticleFields.extend({ body: bodySchema });
type Said = z.output<typeof Said>;

const read = ({ body, ...fields }: Said) => readArticle(fields, body);

const Done = z.strictObject({ state: z.enum(STATES) });
const Explained = z.strictObject({ reason: Reason });

/** Acts that ask no more than a reason. */
const PLAIN = (
	[
		['editing', 'newsroom.publish', NOTHING, finishEditing],
		['approval', 'newsroom.publish', NOTHING, approve]
	] as const
).map(([noun, scope, body, run]) =>
	operation({
		name: `articles.${noun}`,
		method: 'POST',
		path: `/articles/{id}/${noun}`,
		scope,
		params: ById,
		query: NOTHING,
		body,
		answer: Done,
		run: async ({ db, actor }, { params: { id } }) => {
			await run(db, actor, id);
			return { state: (await get(db, actor, id)).state };
		}
	})
);
const EXPLAINED = (
	[
		['return', giveBack],
		['withdrawal', withdraw]
	] as const
).map(([noun, run]) =>
	operation({
		name: `articles.${noun}`,
		method: 'POST',
		path: `/articles/{id}/${noun}`,
		scope: 'newsroom.publish',
		params: ById,
		query: NOTHING,
		body: Explained,
		answer: Done,
		run: async ({ db, actor }, { params: { id }, body: { reason } }) => {
			await run(db, actor, { id, reason });
			return { state: (await get(db, actor, id)).state };
		}
	})
);

export const ARTICLE_OPERATIONS = [
	operation({
		name: 'articles.list',
		method: 'GET',
		path: '/articles',
		scope: 'newsroom.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({
			unit: UnitCode,
			site: Id.optional(),
			state: z.enum(STATES).optional(),
			q: z.string().max(200).optional(),
			...PAGING,
			cursor: z.string().regex(CURSOR).optional()
		}),
		body: NOTHING,
		answer: pageOf(Article),
		run: async ({ db, actor }, { query: { unit, site, state, q, limit, cursor } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			const filter = { unitId, siteId: site ?? null, state: state ?? null, search: q ?? null };
			const page = await list(db, actor, { ...filter, after: cursor ?? null, limit });
			return { items: page.rows.map(listed), next: page.next };
		}
	}),
	operation({
		name: 'articles.get',
		method: 'GET',
		path: '/articles/{id}',
		scope: 'newsroom.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: Full,
		run: async ({ db, actor }, { params: { id } }) => full(await get(db, actor, id))
	}),
	operation({
		name: 'articles.create',
		method: 'POST',
		path: '/articles',
		scope: 'newsroom.write',
		creates: true,
		params: NOTHING,
		query: NOTHING,
		body: Said.extend({ siteId: Id, commentsOpen: Flag }),
		answer: z.strictObject({ id: z.uuid() }),
		run: ({ db, actor }, { body: { siteId, commentsOpen, ...said } }) => {
			const { text, filing } = read(said);
			return create(db, actor, { siteId, text, filing: { ...filing, commentsOpen } });
		}
	}),
	operation({
		name: 'articles.save',
		method: 'POST',
		path: '/articles/{id}/text',
		scope: 'newsroom.write',
		params: ById,
		query: NOTHING,
		body: Said.extend({ version: z.number().int().min(1) }),
		answer: z.strictObject({ version: z.number().int() }),
		run: ({ db, actor }, { params: { id }, body: { version, ...said } }) =>
			save(db, actor, { id, version, isAutomatic: false, ...read(said) })
	}),
	...PLAIN,
	...EXPLAINED,
	operation({
		name: 'articles.publication',
		method: 'POST',
		path: '/articles/{id}/publication',
		scope: 'newsroom.publish',
		params: ById,
		query: NOTHING,
		body: z.strictObject({ at: Instant.nullable().default(null) }),
		answer: z.strictObject({ slug: z.string(), at: z.iso.datetime() }),
		run: async ({ db, actor }, { params: { id }, body: { at } }) => {
			const done = await publishThrough(db, actor, { id, at: at === null ? null : new Date(at) });
			return { slug: done.slug, at: done.at.toISOString() };
		}
	}),
	operation({
		name: 'articles.correction',
		method: 'POST',
		path: '/articles/{id}/correction',
		scope: 'newsroom.publish',
		params: ById,
		query: NOTHING,
		body: z.strictObject({ note: Reason }),
		answer: Done,
		run: async ({ db, actor }, { params: { id }, body: { note } }) => {
			await correct(db, actor, { id, note });
			return { state: (await get(db, actor, id)).state };
		}
	})
];
