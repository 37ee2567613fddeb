import { z } from 'zod';
import { Flag, Id, optional, required, text, Url } from './article.schema.ts';
import { MENUS, PAGES, PALETTES } from './site.ts';

/** What forms and API calls may say about a site. Messages are keys. */

/** First parts of addresses that the program has itself, now or foreseeably. */
const TAKEN = new Set(
	`account accounts admin api audit blood consultations contests desk dialogues directives display feed figures files fonts heritage
	invitation language map market meetings members models newsroom outings password petitions pictures places preview privacy
	reception reports robots sealed search setup sign-in sign-out sitemap static tin units verify welfare`.split(/\s+/)
);

export const SiteSlug = z
	.string()
	.trim()
	.toLowerCase()
	.regex(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/, 'field_slug_invalid')
	.refine((slug) => !TAKEN.has(slug), 'field_slug_reserved');

const Host = z
	.string()
	.trim()
	.toLowerCase()
	.refine(
		(host) => host === '' || /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(host),
		'field_host_invalid'
	)
	.transform((host) => host || null);

const lines = (most: number) =>
	z
		.string()
		.max(most, 'field_too_long')
		.transform((value) => value.replace(/\r\n?/g, '\n').normalize('NFC').trim() || null);

const OptionalId = z
	.union([z.literal('').transform(() => null), Id])
	.nullable()
	.default(null);

export const SiteForm = z.strictObject({
	slug: SiteSlug,
	host: Host.nullable().default(null),
	parentId: OptionalId,
	nameVi: required(200),
	nameEn: optional(200).default(null),
	ownerVi: optional(200).default(null),
	ownerEn: optional(200).default(null),
	contactVi: lines(2000).nullable().default(null),
	contactEn: lines(2000).nullable().default(null),
	palette: z.enum(PALETTES, 'field_choose').default('lacquer'),
	bannerId: OptionalId,
	commentsOpen: Flag,
	isOpen: Flag
});
export type SiteForm = z.output<typeof SiteForm>;

const Names = { nameVi: required(120), nameEn: optional(120).default(null) };

export const SectionForm = z.strictObject({
	id: Id.optional(),
	...Names,
	slug: z
		.string()
		.trim()
		.toLowerCase()
		.regex(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$|^$/, 'field_slug_invalid')
		.default(''),
	position: z.coerce.number().int().min(0).max(999).default(0),
	isClosed: Flag
});
export type SectionForm = z.output<typeof SectionForm>;

/** `target`: `page:news`, `section:<id>`, `article:<id>` or an address. */
export const MenuEntryForm = z.strictObject({
	menu: z.enum(MENUS, 'field_choose'),
	labelVi: required(80),
	labelEn: optional(80).default(null),
	target: text(2000).refine((target) => readTarget(target) !== null, 'field_target_invalid')
});
export type MenuEntryForm = z.output<typeof MenuEntryForm>;

export type Target = { page: string } | { sectionId: string } | { articleId: string } | { url: string };

/** What a target means; null where it means nothing. */
export function readTarget(target: string): Target | null {
	const [, kind, value = ''] = /^(page|section|article):(.+)$/.exec(target) ?? [];
	if (kind === 'page') return PAGES.some((page) => page === value) ? { page: value } : null;
	if (kind) {
		if (!Id.safeParse(value).success) return null;
		return kind === 'section' ? { sectionId: value } : { articleId: value };
	}
	return /^(https?:\/\/[^\s<>"]+|\/(?![/\\])[^\s<>"]*)$/i.test(target) ? { url: target } : null;
}

export const LinkGroupForm = z.strictObject({
	id: Id.optional(),
	...Names,
	position: z.coerce.number().int().min(0).max(999).default(0)
});
export type LinkGroupForm = z.output<typeof LinkGroupForm>;
export const LinkForm = z.strictObject({
	groupId: Id,
	label: required(200),
	url: Url.refine((url) => url !== null, 'field_required').transform((url) => url ?? '')
});
export type LinkForm = z.output<typeof LinkForm>;

export const PictureForm = z.strictObject({
	alt: required(500),
	caption: optional(1000).default(null),
	credit: optional(200).default(null),
	focalX: Percent().default(0.5),
	focalY: Percent().default(0.5)
});
export type PictureForm = z.output<typeof PictureForm>;

/** "35" of a hundred, from the left or the top → 0.35. */
function Percent() {
	return z.coerce
		.number('field_percent_invalid')
		.min(0, 'field_percent_invalid')
		.max(100, 'field_percent_invalid')
		.transform((value) => Math.round(value * 10) / 1000);
}
