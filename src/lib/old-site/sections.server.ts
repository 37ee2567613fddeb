import { slugOf } from '#lib/newsroom/article.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import { SectionForm } from '#lib/newsroom/site.schema.ts';
import { editSection, listSections } from '#lib/newsroom/site.server.ts';
import type { Section } from '#lib/newsroom/site.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** Which section of the site a category of the old one is: as was said, else the one that is called so. */

export type Sections = {
	/** By the folded category; null: it was said that it has none. */
	sectionOf: (category: string) => Pick<Section, 'id' | 'nameVi'> | null | undefined;
};

/** `said`: "Tin tức=tin-tuc" each; nothing after the sign: without a section. Throws `old_site.section_unknown`. */
export async function sectionsOf(db: Db, siteId: string, said: readonly string[]): Promise<Sections> {
	const open = (await listSections(db, siteId)).filter(({ isClosed }) => !isClosed);
	const named = new Map(open.flatMap((each) => [[fold(each.slug), each] as const, [fold(each.nameVi), each] as const]));
	const mapped = new Map(
		said.map((pair) => {
			const at = pair.lastIndexOf('=');
			const [category, section] = at < 0 ? [pair, pair] : [pair.slice(0, at), pair.slice(at + 1)];
			if (section.trim() === '') return [fold(category), null] as const;
			const found = named.get(fold(section));
			if (!found) {
				const known = open.map(({ slug }) => slug).join(', ');
				throw problem('old_site.section_unknown', { section: section.trim(), known });
			}
			return [fold(category), found] as const;
		})
	);
	return {
		sectionOf: (category) => {
			const key = fold(category);
			return mapped.has(key) ? mapped.get(key) : named.get(key);
		}
	};
}

/** Makes sections for categories that have none. */
export async function makeSections(
	db: Db,
	actor: Actor,
	{ siteId, categories }: { siteId: string; categories: Iterable<string> }
): Promise<void> {
	const position = (await listSections(db, siteId)).length;
	for (const [index, nameVi] of [...categories].entries()) {
		const slug = slugOf(nameVi).slice(0, 60).replace(/-+$/, '');
		const form = SectionForm.parse({ nameVi: nameVi.slice(0, 120), slug, position: position + index + 1 });
		await editSection(db, actor, { siteId, form });
	}
}
