import { randomUUID } from 'node:crypto';
import { operator, type Actor, type Role } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { create, type Filing, type Text } from './article.server.ts';
import { bodySchema, type Body } from './body.ts';
import { SiteForm } from './site.schema.ts';
import { openSite } from './site.server.ts';

/** A small newsroom for tests: an office with its site and one below it, one person in each role, one with no rights. */

export type Newsroom = Awaited<ReturnType<typeof newsroom>>;

export async function newsroom(db: Db) {
	const machine = operator('thử nghiệm');
	const [top] = await establish(db, machine, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	if (!top) throw new Error('no unit');
	const [below] = await establish(db, machine, {
		units: [{ code: 'K-1', name: 'Đảng bộ Sở Y tế', kind: 'base_committee', parentId: top.id }]
	});
	if (!below) throw new Error('no unit');
	const site = await openSite(db, machine, {
		unitId: top.id,
		form: siteForm({ slug: 'khoi', nameVi: 'Dân vận Khối' })
	});
	const subsite = await openSite(db, machine, {
		unitId: below.id,
		form: siteForm({ slug: 'y-te', nameVi: 'Đảng bộ Sở Y tế', parentId: site.id })
	});
	return {
		top: top.id,
		below: below.id,
		site: site.id,
		subsite: subsite.id,
		machine,
		writer: person('cộng tác viên', top.id, 'officer'),
		editor: person('biên tập viên', top.id, 'newsroom_editor'),
		leader: person('lãnh đạo', top.id, 'leader'),
		belowEditor: person('biên tập Sở Y tế', below.id, 'newsroom_editor'),
		nobody: { id: randomUUID(), name: 'người ngoài', grants: [], everything: false } satisfies Actor
	};
}

function person(name: string, unitId: string, role: Role): Actor {
	return { id: randomUUID(), name, grants: [{ unitId, role }], everything: false };
}

export function siteForm(given: object): SiteForm {
	return SiteForm.parse({ slug: 'khoi', nameVi: 'Dân vận Khối', isOpen: 'on', commentsOpen: 'on', ...given });
}

export function body(...paragraphs: string[]): Body {
	const content = paragraphs.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }));
	return bodySchema.parse({ type: 'doc', content });
}

export function text(given: Partial<Text> = {}): Text {
	return {
		headline: 'Đảng uỷ Khối giao ban công tác dân vận',
		lead: 'Hội nghị đánh giá kết quả 6 tháng đầu năm.',
		body: body('Đã có 182 mô hình đăng ký.'),
		eventOn: '2024-06-20',
		byline: { kind: 'person', name: 'Thu Hà', post: null },
		source: null,
		coverId: null,
		...given
	};
}

export function filing(given: Partial<Filing> = {}): Filing & { commentsOpen: boolean } {
	return { kind: 'news', sectionId: null, tags: ['Dân vận khéo'], slug: null, commentsOpen: true, ...given };
}

/** A draft on the office's site. */
export async function drafted(
	db: Db,
	world: Newsroom,
	given: Partial<Text> = {},
	filed: Partial<Filing> = {}
): Promise<string> {
	const { id } = await create(db, world.writer, { siteId: world.site, text: text(given), filing: filing(filed) });
	return id;
}
