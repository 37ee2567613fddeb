import { describe, expect } from 'vitest';
import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { create, save } from './article.server.ts';
import type { State } from './article.ts';
import { bodySchema, plainText, type Body } from './body.ts';
import { get, list } from './list.server.ts';
import { publicFront } from './front.server.ts';
import { body, drafted, filing, newsroom, siteForm, text } from './newsroom.sample.ts';
import { accept, decline, listPlacements, listProposed, pin, proposeUp, pushDown } from './placement.server.ts';
import { endPreviews, makePreview, readPreview } from './preview.server.ts';
import { findPublicSite, publicArticle, publicList } from './public.server.ts';
import {
	appear,
	approve,
	correct,
	finishEditing,
	giveBack,
	publish,
	publishThrough,
	readdress,
	withdraw
} from './publication.server.ts';
import { editSection, editSite, openSite } from './site.server.ts';
import { compareVersions, listVersions } from './version.server.ts';

const stateOf = async (db: Db, id: string): Promise<State | undefined> =>
	(await sql<{ state: State }>`select state from articles where id = ${id}::uuid`.execute(db)).rows[0]?.state;
const HOUR_MS = 3_600_000;

describe('refusals', () => {
	test('who writes does not edit, approve or publish; who is not of the office finds nothing', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		await expect(finishEditing(db, world.writer, id)).rejects.toMatchObject({ code: 'access.denied' });
		await expect(publishThrough(db, world.writer, { id, at: null })).rejects.toMatchObject({ code: 'access.denied' });
		await expect(get(db, world.belowEditor, id)).rejects.toMatchObject({ code: 'article.not_found' });
		await expect(finishEditing(db, world.nobody, id)).rejects.toMatchObject({ code: 'input.not_found' });
		const foreign = create(db, world.belowEditor, { siteId: world.site, text: text(), filing: filing() });
		await expect(foreign).rejects.toMatchObject({ code: 'input.not_found' });
		expect((await list(db, world.nobody, { unitId: world.top })).rows).toEqual([]);
		await finishEditing(db, world.editor, id);
		await expect(
			save(db, world.writer, { id, version: 1, isAutomatic: false, text: text(), filing: filing() })
		).rejects.toMatchObject({ code: 'access.denied' });
	});

	test('a text without headline, without words, with a picture nobody described', async ({ db }) => {
		const world = await newsroom(db);
		const nameless = await drafted(db, world, { headline: '' });
		await expect(finishEditing(db, world.editor, nameless)).rejects.toMatchObject({ code: 'article.headline_missing' });
		const blank = await drafted(db, world, {
			body: bodySchema.parse({ type: 'doc', content: [{ type: 'paragraph' }] })
		});
		await expect(publishThrough(db, world.editor, { id: blank, at: null })).rejects.toMatchObject({
			code: 'article.body_blank'
		});
		const picture = { picture: '0199aaaa-0000-7000-8000-000000000001', alt: 'x', caption: '', credit: '' };
		const unknown = drafted(db, world, {
			body: bodySchema.parse({ type: 'doc', content: [{ type: 'picture', attrs: picture }] })
		});
		await expect(unknown).rejects.toMatchObject({ code: 'picture.not_found' });
	});

	test('an hour that has passed; a year typed wrong; a verb of another state', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		await expect(publish(db, world.editor, { id, at: null })).rejects.toMatchObject({ code: 'article.state_conflict' });
		await finishEditing(db, world.editor, id);
		await approve(db, world.leader, id);
		const past = publish(db, world.editor, { id, at: new Date('2024-06-15T07:00:00+07:00') });
		await expect(past).rejects.toMatchObject({ code: 'article.time_past', params: { at: '07:00 ngày 15/6/2024' } });
		const far = publish(db, world.editor, { id, at: new Date(Date.now() + 3 * 365 * 24 * HOUR_MS) });
		await expect(far).rejects.toMatchObject({ code: 'article.time_too_far' });
		await expect(correct(db, world.editor, { id, note: 'x' })).rejects.toMatchObject({
			code: 'article.state_conflict'
		});
	});

	test('an address that another article has, or had, naming it and offering another', async ({ db }) => {
		const world = await newsroom(db);
		const first = await drafted(db, world, {}, { slug: 'giao-ban' });
		const taken = drafted(db, world, { headline: 'Khác' }, { slug: 'giao-ban' });
		const offered = { slug: 'giao-ban', headline: 'Đảng uỷ Khối giao ban công tác dân vận', offer: 'giao-ban-2' };
		await expect(taken).rejects.toMatchObject({ code: 'article.slug_taken', params: offered });
		await publishThrough(db, world.editor, { id: first, at: null });
		await readdress(db, world.editor, { id: first, slug: 'giao-ban-6-thang' });
		await expect(drafted(db, world, { headline: 'Khác' }, { slug: 'giao-ban' })).rejects.toMatchObject({
			code: 'article.slug_taken'
		});
	});

	test('versions, notes and frozen figures are changed or removed by nobody', async ({ clone: { pool } }) => {
		for (const table of ['article_versions', 'article_notes', 'article_figures', 'article_pictures'])
			for (const statement of [`delete from ${table}`, `update ${table} set article_id = article_id`])
				await expect(pool.query(statement), statement).rejects.toThrow('permission denied');
	});

	test('a site below itself, an address that another site has', async ({ clone: { db } }) => {
		const world = await newsroom(db);
		const circle = editSite(db, world.editor, {
			id: world.site,
			form: siteForm({ slug: 'khoi', parentId: world.subsite })
		});
		await expect(circle).rejects.toMatchObject({ code: 'site.circle' });
		const taken = openSite(db, world.editor, { unitId: world.top, form: siteForm({ slug: 'y-te' }) });
		await expect(taken).rejects.toMatchObject({ code: 'site.slug_taken' });
		const denied = openSite(db, world.writer, { unitId: world.top, form: siteForm({ slug: 'khac' }) });
		await expect(denied).rejects.toMatchObject({ code: 'access.denied' });
	});
});

describe('two writers at once', () => {
	test('neither text is lost, and the second is told whose stands', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const saved = (actor: typeof world.writer, version: number, words: string) =>
			save(db, actor, { id, version, isAutomatic: false, text: text({ body: body(words) }), filing: filing() });
		expect(await saved(world.writer, 1, 'của người thứ nhất')).toEqual({ version: 2 });
		await expect(saved(world.editor, 1, 'của người thứ hai')).rejects.toMatchObject({
			code: 'article.changed',
			params: { kept: 3, current: 2, name: 'cộng tác viên' }
		});
		expect((await get(db, world.writer, id)).text.body).toEqual(body('của người thứ nhất'));
		expect(await listVersions(db, world.editor, id)).toMatchObject([
			{ number: 3, basedOn: 1, isAside: true, isCurrent: false, actorName: 'biên tập viên' },
			{ number: 2, basedOn: 1, isAside: false, isCurrent: true },
			{ number: 1 }
		]);
		const { body: pieces } = await compareVersions(db, id, { from: 2, to: 3 });
		expect(pieces.flat().map(({ kind, text: shown }) => [kind, shown.trim()])).toContainEqual(['added', 'hai']);
		expect(await saved(world.editor, 2, 'gộp cả hai')).toEqual({ version: 4 });
	});

	test('at the same moment, each in a transaction of their own', async ({ clone: { db } }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const tries = ['một', 'hai', 'ba'].map((words) =>
			save(db, world.writer, { id, version: 1, isAutomatic: true, text: text({ body: body(words) }), filing: filing() })
		);
		const ended = await Promise.allSettled(tries);
		expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const { rows } = await sql<{ body: Body }>`select body from article_versions where number > 1`.execute(db);
		expect(rows.map((row) => plainText(row.body)).sort()).toEqual(['ba', 'hai', 'một']);
	});
});

describe('the way to the public', () => {
	test('is walked by those who may, and only what is published is read', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		expect((await publicList(db, { siteId: world.site })).total).toBe(0);
		await finishEditing(db, world.editor, id);
		await giveBack(db, world.editor, { id, reason: 'Thiếu số liệu' });
		expect(await stateOf(db, id)).toBe('draft');
		const { slug } = await publishThrough(db, world.editor, { id, at: null });
		expect(slug).toBe('dang-uy-khoi-giao-ban-cong-tac-dan-van');
		const found = await publicArticle(db, { siteId: world.site, slug });
		expect(found).toMatchObject({
			article: { id, headline: 'Đảng uỷ Khối giao ban công tác dân vận', tags: ['Dân vận khéo'], isCommentable: true }
		});
		expect((await get(db, world.writer, id)).history.map(({ verb }) => verb)).toEqual([
			'create',
			'edit',
			'return',
			'edit',
			'approve',
			'publish'
		]);
		for (const search of ['giao ban', 'DANG UY', 'đảng uỷ khối', '182 mo hinh', 'thu ha'])
			expect((await publicList(db, { siteId: world.site, search })).total, search).toBe(1);
		expect((await publicList(db, { siteId: world.site, search: 'không có' })).total).toBe(0);
		expect((await publicList(db, { siteId: world.site, tag: 'dan van kheo' })).total).toBe(1);
	});

	test('a text after publication is read only when it is corrected, with a note', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const { slug } = await publishThrough(db, world.editor, { id, at: null });
		await expect(correct(db, world.editor, { id, note: 'x' })).rejects.toMatchObject({ code: 'article.no_change' });
		await save(db, world.editor, {
			id,
			version: 1,
			isAutomatic: false,
			text: text({ body: body('Đã có 187 mô hình.') }),
			filing: filing()
		});
		expect(await publicArticle(db, { siteId: world.site, slug })).toMatchObject({ article: { version: 1, notes: [] } });
		await correct(db, world.editor, { id, note: 'Số mô hình là 187, không phải 182.' });
		expect(await publicArticle(db, { siteId: world.site, slug })).toMatchObject({
			article: {
				version: 2,
				state: 'corrected',
				notes: [{ kind: 'correction', note: 'Số mô hình là 187, không phải 182.' }]
			}
		});
		expect((await publicList(db, { siteId: world.site, search: '187' })).total).toBe(1);
	});

	test('what was withdrawn keeps its address and says so, and nothing of its text', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const { slug } = await publishThrough(db, world.editor, { id, at: null });
		await readdress(db, world.editor, { id, slug: 'giao-ban' });
		expect(await publicArticle(db, { siteId: world.site, slug })).toEqual({ movedTo: 'giao-ban' });
		await withdraw(db, world.editor, { id, reason: 'Đăng nhầm bài.' });
		const found = await publicArticle(db, { siteId: world.site, slug: 'giao-ban' });
		expect(found).toEqual({ withdrawn: { id, note: 'Đăng nhầm bài.', notedAt: expect.any(Date) } });
		expect(await publicArticle(db, { siteId: world.site, slug })).toEqual({ movedTo: 'giao-ban' });
		expect((await publicList(db, { siteId: world.site })).total).toBe(0);
		const never = await drafted(db, world, { headline: 'Chưa ai đọc' }, { slug: 'chua-ai-doc' });
		await withdraw(db, world.writer, { id: never, reason: 'Không dùng' });
		expect(await publicArticle(db, { siteId: world.site, slug: 'chua-ai-doc' })).toBeNull();
	});

	test('at an hour: to the second for the public, and once for the log', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const at = new Date(Date.now() + HOUR_MS);
		const { slug } = await publishThrough(db, world.editor, { id, at });
		expect(await stateOf(db, id)).toBe('scheduled');
		expect(await publicArticle(db, { siteId: world.site, slug })).toBeNull();
		await appear(db, id);
		expect(await stateOf(db, id)).toBe('scheduled');
		const { rows } = await sql<{
			at: Date;
		}>`select start_after as at from jobs.job where name = 'newsroom.appear' and data->>'id' = ${id}`.execute(db);
		expect(rows[0]?.at.getTime()).toBe(at.getTime());
		await sql`update articles set published_at = statement_timestamp() - interval '1 second' where id = ${id}::uuid`.execute(
			db
		);
		await sql`update placements set shown_at = statement_timestamp() - interval '1 second' where article_id = ${id}::uuid`.execute(
			db
		);
		expect(await publicArticle(db, { siteId: world.site, slug })).toMatchObject({ article: { id } });
		await appear(db, id);
		await appear(db, id);
		expect((await get(db, world.writer, id)).history.filter(({ verb }) => verb === 'appear')).toHaveLength(1);
	});

	test('one that is taken back before its hour was never public', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		const { slug } = await publishThrough(db, world.editor, { id, at: new Date(Date.now() + HOUR_MS) });
		await giveBack(db, world.editor, { id, reason: 'Chờ ý kiến' });
		await sql`update articles set published_at = statement_timestamp() - interval '1 hour' where id = ${id}::uuid`.execute(
			db
		);
		expect(await publicArticle(db, { siteId: world.site, slug })).toBeNull();
	});
});

describe('sites above and below', () => {
	test('pushed down at once, proposed up and answered, taken off with a reason', async ({ db }) => {
		const world = await newsroom(db);
		const section = await editSection(db, world.editor, {
			siteId: world.site,
			form: { nameVi: 'Từ cơ sở', nameEn: null, slug: '', position: 1, isClosed: false }
		});
		const own = await drafted(db, world);
		const { slug } = await publishThrough(db, world.editor, { id: own, at: null });
		await pushDown(db, world.leader, { id: own, siteIds: [world.subsite] });
		expect(await publicArticle(db, { siteId: world.subsite, slug })).toMatchObject({
			article: { way: 'down', homeSlug: 'khoi' }
		});
		await expect(pushDown(db, world.leader, { id: own, siteIds: [world.subsite] })).rejects.toMatchObject({
			code: 'placement.placed_already'
		});
		await decline(db, world.belowEditor, { id: own, siteId: world.subsite, reason: 'Không liên quan' });
		expect((await publicList(db, { siteId: world.subsite })).total).toBe(0);
		const { id } = await create(db, world.belowEditor, {
			siteId: world.subsite,
			text: text({ headline: 'Trạm y tế lưu động' }),
			filing: filing()
		});
		await publishThrough(db, world.belowEditor, { id, at: null });
		await expect(proposeUp(db, world.belowEditor, { id: own, siteId: world.site })).rejects.toMatchObject({
			code: 'input.not_found'
		});
		await proposeUp(db, world.belowEditor, { id, siteId: world.site });
		expect((await publicList(db, { siteId: world.site })).total).toBe(1);
		expect(await listProposed(db, world.editor)).toMatchObject([{ articleId: id, fromSite: 'Đảng bộ Sở Y tế' }]);
		await expect(accept(db, world.belowEditor, { id, siteId: world.site, sectionId: null })).rejects.toMatchObject({
			code: 'input.not_found'
		});
		await accept(db, world.editor, { id, siteId: world.site, sectionId: section.id });
		expect((await publicList(db, { siteId: world.site, sectionId: section.id })).rows).toMatchObject([
			{ id, way: 'up', sectionVi: 'Từ cơ sở' }
		]);
		await pin(db, world.editor, { id: own, siteId: world.site, position: 1 });
		expect((await publicFront(db, world.site, { head: 9, ofSection: 4 })).head.map((row) => row.id)).toEqual([own, id]);
		expect(await listPlacements(db, own)).toHaveLength(2);
	});

	test('a site that is not open shows nothing', async ({ db }) => {
		const world = await newsroom(db);
		const id = await drafted(db, world);
		await publishThrough(db, world.editor, { id, at: null });
		await editSite(db, world.editor, { id: world.site, form: siteForm({ isOpen: '' }) });
		expect((await publicList(db, { siteId: world.site })).total).toBe(0);
		expect(await findPublicSite(db, { slug: 'khoi' })).toBeNull();
	});
});

test('a preview link shows what is worked on, until it is ended', async ({ db }) => {
	const world = await newsroom(db);
	const id = await drafted(db, world);
	const { secret } = await makePreview(db, world.writer, id);
	expect(await readPreview(db, secret)).toMatchObject({
		id,
		text: { headline: 'Đảng uỷ Khối giao ban công tác dân vận' }
	});
	await expect(readPreview(db, `${secret.slice(0, -1)}x`)).rejects.toMatchObject({ code: 'article.preview_ended' });
	await endPreviews(db, world.writer, id);
	await expect(readPreview(db, secret)).rejects.toMatchObject({ code: 'article.preview_ended' });
});
