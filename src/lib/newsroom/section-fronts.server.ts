import { sql } from 'kysely';
import type { Db } from '#lib/server/db.ts';
import { publicLines, type ListedPublic } from './public.server.ts';

/** The newest articles of each open section of a site, by the section's id. */
export async function publicBySection(db: Db, siteId: string, limit: number): Promise<Map<string, ListedPublic[]>> {
	const { rows } = await sql<{ sectionId: string; id: string }>`
		select c.id as "sectionId", newest.id from site_sections c
		cross join lateral (
			select a.id, a.shown_at from public_articles a where a.section_id = c.id and a.site_id = c.site_id
			order by a.shown_at desc, a.id desc limit ${limit}) newest
		where c.site_id = ${siteId}::uuid and c.closed_at is null
		order by c.position, newest.shown_at desc, newest.id desc`.execute(db);
	const lines = await publicLines(
		db,
		siteId,
		rows.map(({ id }) => id)
	);
	const byId = new Map(lines.map((line) => [line.id, line]));
	const bySection = new Map<string, ListedPublic[]>();
	for (const { sectionId, id } of rows) {
		const line = byId.get(id);
		if (line) bySection.set(sectionId, [...(bySection.get(sectionId) ?? []), line]);
	}
	return bySection;
}
