import { expect } from 'vitest';
import { sql } from 'kysely';
import { input, registered, scoreSheet } from '#lib/models/office.sample.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { bodySchema, plainText } from './body.ts';
import { askFigures } from './figure.server.ts';
import { drafted, newsroom, type Newsroom } from './newsroom.sample.ts';
import { publicArticle } from './public.server.ts';
import { publishThrough } from './publication.server.ts';

const query = {
	figure: 'models.registered',
	unit: null,
	from: '2024-01-01',
	asOf: '2024-06-15',
	where: {},
	by: []
};

/** Figures f1, f2 … that ask these questions. */
function figured(...asked: { query: object; format: string }[]) {
	const content = asked.map((attrs, at) => ({ type: 'figure', attrs: { slot: `f${at + 1}`, ...attrs } }));
	return bodySchema.parse({ type: 'doc', content: [{ type: 'paragraph', content }] });
}

async function published(db: Db, world: Newsroom, body: ReturnType<typeof figured>) {
	const id = await drafted(db, world, { body });
	const { slug } = await publishThrough(db, world.editor, { id, at: null });
	const found = await publicArticle(db, { siteId: world.site, slug });
	if (!found || !('article' in found)) throw new Error('not public');
	return found.article;
}

async function models(db: Db, world: Newsroom, count: number): Promise<void> {
	for (let at = 0; at < count; at += 1)
		await registered(db, world.machine, input(world.below, { name: `Cánh đồng không rác ${at}` }));
}

test('a figure stays what it was on publication', async ({ db }) => {
	const world = await newsroom(db);
	const article = await published(db, world, figured({ query, format: 'plain' }));
	expect(article.figures.get('f1')).toMatchObject({ text: '0', asOf: '2024-06-15' });
});

test('a figure of fewer than five cases has no number before the public, and none is kept for it', async ({ db }) => {
	const world = await newsroom(db);
	await scoreSheet(db, 'base');
	await models(db, world, 4);
	const compared = { ...query, compare: 'previous_year' };
	const body = figured(
		{ query, format: 'two_digits' },
		{ query: compared, format: 'difference' },
		{ query: { ...query, figure: 'models.recognition_rate' }, format: 'percent' }
	);
	const few = await published(db, world, body);
	expect([...few.figures.values()].map(({ text, value, isHidden }) => [text, value, isHidden])).toEqual([
		['dưới 5', null, true],
		['không công khai', null, true],
		['không công khai', null, true]
	]);
	expect(plainText(few.body, few.figures)).toContain('dưới 5');
	const { rows } = await sql<{
		kept: string;
	}>`select string_agg(frozen::text, '') as kept from article_figures`.execute(db);
	expect(rows[0]?.kept).not.toMatch(/"(?:value|text)": "?0?4/);
	// Who writes sees what readers will see.
	expect(await askFigures(db, world.writer, { unitId: world.top, body })).toMatchObject([
		{ text: 'dưới 5' },
		{ text: 'không công khai' },
		{ text: 'không công khai' }
	]);
	await models(db, world, 1);
	expect((await published(db, world, figured({ query, format: 'two_digits' }))).figures.get('f1')?.text).toBe('05');
});
