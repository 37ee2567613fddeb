import type { Actor } from '#lib/accounts/actor.ts';
import { takeOver } from '#lib/newsroom/earlier.server.ts';
import { findSiteNamed } from '#lib/newsroom/site.server.ts';
import type { Site } from '#lib/newsroom/site.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { getLocale } from '#lib/paraglide/runtime.js';
import { Problem, problem, problemText } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { bodyOf } from './body-of.ts';
import { dayOf } from './instants.ts';
import { make, missing, type Made, type Reason } from './make.ts';
import type { OldPage } from './page.ts';
import type { OldPicture } from './piece.ts';
import { pictureFinder, takePicture, type Finder } from './pictures.server.ts';
import { makeSections, sectionsOf, type Sections } from './sections.server.ts';
import { readSource } from './source.server.ts';
import { survey, type Survey } from './survey.server.ts';
import type { Counts, Told } from './told.server.ts';

/** Takes an old site into a newsroom: looked through first, then written article by article, so that it can go on where it stopped. */

export type Wish = {
	path: string;
	site: string;
	/** The folder in which the pictures are; null: no pictures. */
	pictures: string | null;
	sections: readonly string[];
	createSections: boolean;
	withoutSections: boolean;
	withoutPictures: boolean;
	draft: boolean;
	withHoles: boolean;
	eventDays: boolean;
	encoding: string | null;
	dryRun: boolean;
	data: string;
};

export type Fate = 'published' | 'draft' | 'there' | 'refused';

/** What became, or would become, of one page. */
export type Entry = Pick<
	Made,
	'headline' | 'saidDay' | 'byline' | 'source' | 'reasons' | 'holes' | 'left' | 'behind'
> & {
	file: string;
	line: number | null;
	/** Its day in Viet Nam. */
	publishedOn: string | null;
	slug: string;
	section: string | null;
	fate: Fate;
	/** Why it was refused, in words. */
	refusal: string | null;
	missing: string[];
	pictures: number;
};

export type Hindrance = 'pictures_missing' | 'sections_missing' | 'nothing_read';
export type Outcome = {
	counts: Counts;
	others: [string, number][];
	/** Categories for which the site has no section, with their articles. */
	unfiled: [string, number][];
	hindrances: Hindrance[];
	committed: boolean;
};

type Run = {
	db: Db;
	actor: Actor;
	site: Site;
	wish: Wish;
	survey: Survey;
	sections: Sections;
	find: Finder;
	now: Date;
};
/** Where each page is told of; `watch` hears how many are done, for who waits. */
type Telling = { told: Told; watch?: (count: number) => void };

/** Throws refusals that name the file; what becomes of each page is told to `told`, also where it cannot be taken. */
export async function importArticles(
	db: Db,
	actor: Actor,
	wish: Wish,
	{ told, watch = () => {} }: Telling
): Promise<Outcome> {
	const site = await findSiteNamed(db, wish.site);
	if (!site) throw problem('old_site.site_unknown', { site: wish.site });
	const run: Run = {
		db,
		actor,
		site,
		wish,
		now: new Date(),
		survey: await survey(db, site, wish),
		sections: await sectionsOf(db, site.id, wish.sections),
		find: await pictureFinder(wish.pictures)
	};
	const looked = await look(run, told);
	if (looked.hindrances.length > 0 || wish.dryRun) return looked;
	if (wish.createSections) {
		await makeSections(db, actor, { siteId: site.id, categories: looked.unfiled.map(([category]) => category) });
		run.sections = await sectionsOf(db, site.id, wish.sections);
	}
	await told.clear();
	for await (const { page, index } of pagesOf(wish)) {
		await told.add(await write(run, page, index));
		watch(told.counts().pages);
	}
	return { ...looked, counts: told.counts(), committed: true };
}

async function* pagesOf({ path, encoding }: Wish): AsyncGenerator<{ page: OldPage; index: number }> {
	let index = 0;
	for await (const found of readSource(path, encoding))
		if ('page' in found) {
			yield { page: found.page, index };
			index += 1;
		}
}

async function look(run: Run, told: Told): Promise<Outcome> {
	const unfiled = new Map<string, number>();
	for await (const { page, index } of pagesOf(run.wish)) {
		const { entry, made } = prepare(run, page, index);
		await told.add(entry);
		if (entry.fate === 'there') continue;
		for (const category of made.categories)
			if (run.sections.sectionOf(category) === undefined) unfiled.set(category, (unfiled.get(category) ?? 0) + 1);
	}
	const { wish } = run;
	const counts = told.counts();
	const hindrances: Hindrance[] = [
		...(counts.pages === 0 ? ['nothing_read' as const] : []),
		...(!wish.withoutPictures && counts.missing > 0 ? ['pictures_missing' as const] : []),
		...(!wish.createSections && !wish.withoutSections && unfiled.size > 0 ? ['sections_missing' as const] : [])
	];
	const byCount = (one: [string, number], other: [string, number]) => other[1] - one[1];
	return {
		counts,
		others: [...run.survey.others].toSorted(byCount),
		unfiled: [...unfiled].toSorted(byCount),
		hindrances,
		committed: false
	};
}

type Prepared = {
	entry: Entry;
	made: Made;
	files: Map<string, { file: string; picture: OldPicture }>;
	sectionId: string | null;
};

/** What would be made of a page, with which files as its pictures. */
function prepare({ wish, survey: surveyed, sections, find, now }: Run, page: OldPage, index: number): Prepared {
	const made = make(page, surveyed.known, now);
	const { slug = '', isThere = false } = surveyed.pages[index] ?? {};
	const files: Prepared['files'] = new Map();
	const lost: string[] = [];
	for (const picture of picturesIn(made)) {
		const file = picture.address === '' ? null : find(picture.address);
		if (file) files.set(picture.address, { file, picture });
		else if (!isThere) lost.push(missing(picture));
	}
	const section = made.categories.flatMap((category) => sections.sectionOf(category) ?? [])[0] ?? null;
	const reasons: Reason[] = [
		...(wish.draft ? ['asked' as const] : []),
		...made.reasons.filter((each) => each !== 'holes' || !wish.withHoles)
	];
	const refusal = page.paths.length === 0 ? word('old_site', 'no_address') : null;
	const fate = refusal ? 'refused' : isThere ? 'there' : reasons.length > 0 ? 'draft' : 'published';
	const { headline, publishedAt, saidDay, byline, source, holes, left, behind } = made;
	const entry: Entry = {
		file: page.file,
		line: page.line,
		slug,
		section: section?.nameVi ?? null,
		fate,
		refusal,
		reasons,
		headline,
		publishedOn: publishedAt && dayOf(publishedAt),
		saidDay,
		byline,
		source,
		holes,
		left,
		behind,
		missing: lost,
		pictures: files.size
	};
	return { entry, made, files, sectionId: section?.id ?? null };
}

function picturesIn({ pieces, cover }: Made): OldPicture[] {
	return [...(cover ? [cover] : []), ...pieces.flatMap((piece) => ('picture' in piece ? [piece.picture] : []))];
}

const TAGS_AT_MOST = 20;
const TAG_CHARACTERS_AT_MOST = 60;

async function write(run: Run, page: OldPage, index: number): Promise<Entry> {
	const { entry, made, files, sectionId } = prepare(run, page, index);
	if (entry.fate === 'there' || entry.fate === 'refused') return entry;
	const { db, actor, site, wish } = run;
	const ids = new Map<string, string>();
	const reasons = [...entry.reasons];
	for (const [address, { file, picture }] of files) {
		const id = await takePicture(db, actor, { siteId: site.id, file, picture, data: wish.data });
		if (id) ids.set(address, id);
		else if (!reasons.includes('picture_refused')) reasons.push('picture_refused');
	}
	const idOf = (address: string) => ids.get(address) ?? null;
	const body = bodyOf(made.pieces, idOf);
	if (!body) return { ...entry, fate: 'refused', refusal: word('old_site', 'unfit') };
	const first = made.pieces.flatMap((piece) =>
		'picture' in piece && piece.picture.alt ? [piece.picture.address] : []
	)[0];
	const [said = '', ...others] = made.categories;
	const tags = [...new Set([...made.tags, ...(sectionId ? others : [said, ...others])])].filter(
		(tag) => tag !== '' && tag.length <= TAG_CHARACTERS_AT_MOST
	);
	try {
		const { isThere } = await takeOver(db, actor, {
			siteId: site.id,
			text: {
				headline: made.headline,
				lead: made.lead,
				body,
				byline: made.byline,
				source: made.source,
				eventOn: wish.eventDays ? made.saidDay : null,
				coverId: idOf(made.cover?.address ?? '') ?? idOf(first ?? '')
			},
			filing: { kind: 'news', sectionId, tags: tags.slice(0, TAGS_AT_MOST), slug: entry.slug, commentsOpen: true },
			paths: page.paths,
			at: made.publishedAt && made.publishedAt <= run.now ? made.publishedAt : null,
			draftReason: reasons.length > 0 ? reasonText(reasons, made) : null
		});
		return { ...entry, reasons, fate: isThere ? 'there' : reasons.length > 0 ? 'draft' : 'published' };
	} catch (error) {
		if (!(error instanceof Problem) || error.status >= 500) throw error;
		// One page that the newsroom refuses is told with its reason; the others go on.
		return { ...entry, fate: 'refused', refusal: problemText(error, getLocale()) };
	}
}

const REASON_AT_MOST = 1900;

/** Why it is a draft, for who opens it: with the places where words are missing. */
function reasonText(reasons: readonly Reason[], { holes }: Made): string {
	const told = reasons.map((reason) => word('old_site_reason', reason));
	const places = holes.map(({ kind, around }) => `${word('old_site_hole', kind)}: “${around}”`);
	const text = [
		m.old_site_draft({ reasons: told.join('; ') }),
		...(reasons.includes('holes') ? [places.join('; ')] : [])
	].join(' ');
	return text.length > REASON_AT_MOST ? `${text.slice(0, REASON_AT_MOST)}…` : text;
}
