import { sql } from 'kysely';
import { operator } from '#lib/accounts/actor.ts';
import { create, save } from '#lib/newsroom/article.server.ts';
import { attachFile } from '#lib/newsroom/file.server.ts';
import { addLink, editLinkGroup, listLinks } from '#lib/newsroom/menu.server.ts';
import { filing, siteForm, text } from '#lib/newsroom/newsroom.sample.ts';
import { addPicture } from '#lib/newsroom/picture.server.ts';
import { proposeUp } from '#lib/newsroom/placement.server.ts';
import { approve, finishEditing, publishThrough } from '#lib/newsroom/publication.server.ts';
import { PictureForm } from '#lib/newsroom/site.schema.ts';
import { openSite } from '#lib/newsroom/site.server.ts';
import type { Db } from '#lib/server/db.ts';

/** What stands in the newsroom of a unit of the matrix: its site and one below it, an article in each state, a picture, a file. */

const machine = operator('thử nghiệm');
/** A picture of one point. */
export const POINT = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
	'base64'
);

export const ARTICLES = ['draft', 'edited', 'approved', 'published', 'corrected', 'below', 'proposed'] as const;

export type NewsroomThings = {
	site: string;
	subsite: string;
	articles: Readonly<Record<(typeof ARTICLES)[number], string>>;
	picture: string;
	attached: string;
	group: string;
	link: string;
	comments: Readonly<Record<'waiting' | 'shown' | 'removed', string>>;
};

export async function fillNewsroom(
	db: Db,
	{ unitId, belowId, code, data }: { unitId: string; belowId: string; code: string; data: string }
): Promise<void> {
	const slug = code.toLowerCase();
	const nameVi = `Trang của ${code}`;
	const site = await openSite(db, machine, { unitId, form: siteForm({ slug: `trang-${slug}`, nameVi }) });
	const below = siteForm({ slug: `trang-duoi-${slug}`, nameVi: `Trang dưới ${code}`, parentId: site.id });
	const subsite = await openSite(db, machine, { unitId: belowId, form: below });
	const begin = async (siteId: string, headline: string) =>
		(await create(db, machine, { siteId, text: text({ headline }), filing: filing() })).id;
	const ids = new Map<string, string>();
	for (const name of ARTICLES)
		ids.set(name, await begin(name === 'below' || name === 'proposed' ? subsite.id : site.id, name));
	const id = (name: (typeof ARTICLES)[number]) => ids.get(name) ?? '';
	for (const name of ['edited', 'approved'] as const) await finishEditing(db, machine, id(name));
	await approve(db, machine, id('approved'));
	for (const name of ['published', 'corrected'] as const) await publishThrough(db, machine, { id: id(name), at: null });
	// Changed since, so that there is something to correct.
	const changed = text({ headline: 'corrected', lead: 'Đã sửa.' });
	await save(db, machine, { id: id('corrected'), version: 1, isAutomatic: false, text: changed, filing: filing() });
	await proposeUp(db, machine, { id: id('proposed'), siteId: site.id });
	const form = PictureForm.parse({ alt: 'Một điểm' });
	await addPicture(db, machine, { siteId: site.id, upload: { name: 'diem.png', bytes: POINT }, form, data });
	const upload = { name: 'ke-hoach.pdf', bytes: new TextEncoder().encode('%PDF-1.4\n%%EOF\n') };
	await attachFile(db, machine, { id: id('draft'), upload, data });
	await editLinkGroup(db, machine, { siteId: site.id, form: { nameVi: 'Trung ương', nameEn: null, position: 1 } });
	const [group] = await listLinks(db, site.id);
	await fillComments(db, id('published'), site.id);
	if (group)
		await addLink(db, machine, {
			siteId: site.id,
			form: { groupId: group.id, label: 'Báo', url: 'https://bao.example/' }
		});
}

/** Readers' comments on the published article, one in each state that something can be done in. */
async function fillComments(db: Db, articleId: string, siteId: string): Promise<void> {
	await sql`
		insert into comments (id, article_id, site_id, state, name, body, consent_version, reason, decided_at)
		select gen_random_uuid(), ${articleId}::uuid, ${siteId}::uuid, state, 'Bạn đọc', 'Hay', 1, reason, decided
		from (values ('waiting', null, null), ('shown', null, now()), ('removed', 'asked', now())) c (state, reason, decided)`.execute(
		db
	);
}

/** Finds them again in a copy of the world. */
export async function findNewsroom(
	unitId: string,
	one: (query: ReturnType<typeof sql<{ id: string }>>) => Promise<string>
): Promise<NewsroomThings> {
	const site = await one(
		sql`select id from sites where unit_id = ${unitId} and slug like 'trang-%' and slug not like 'trang-duoi-%'`
	);
	const subsite = await one(sql`select id from sites where parent_id = ${site}`);
	const article = (name: string) =>
		one(sql`select id from articles where headline = ${name} and site_id in (${site}::uuid, ${subsite}::uuid)`);
	const draft = await article('draft');
	const comment = (state: string) => one(sql`select id from comments where site_id = ${site} and state = ${state}`);
	return {
		site,
		subsite,
		articles: {
			draft,
			edited: await article('edited'),
			approved: await article('approved'),
			published: await article('published'),
			corrected: await article('corrected'),
			below: await article('below'),
			proposed: await article('proposed')
		},
		picture: await one(sql`select id from pictures where site_id = ${site}`),
		attached: await one(sql`select file_id as id from article_files where article_id = ${draft}`),
		group: await one(sql`select id from link_groups where site_id = ${site}`),
		link: await one(sql`select l.id from links l join link_groups g on g.id = l.group_id where g.site_id = ${site}`),
		comments: { waiting: await comment('waiting'), shown: await comment('shown'), removed: await comment('removed') }
	};
}
