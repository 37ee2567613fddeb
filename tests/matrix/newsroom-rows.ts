import { randomUUID } from 'node:crypto';
import type { Permission } from '#lib/accounts/actor.ts';
import type { ApiRow } from './api-rows.ts';
import { POINT, type ARTICLES } from './newsroom-world.ts';
import type { Row } from './rows.ts';
import type { Things } from './world.ts';

const has = (id: (things: Things) => string) => (data: unknown, things: Things) =>
	JSON.stringify(data).includes(id(things));
const article = (name: (typeof ARTICLES)[number]) => (things: Things) => ({
	params: { id: things.newsroom.articles[name] }
});
const site = (form?: (things: Things) => Record<string, string | File>) => (things: Things) => ({
	params: { id: things.newsroom.site },
	...(form && { form: form(things) })
});
const reason = { reason: 'Có lý do' };
const picture = () => ({ file: new File([POINT], 'diem.png', { type: 'image/png' }), alt: 'Một điểm', credit: '' });
const BODY = JSON.stringify({
	type: 'doc',
	content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Kết quả.' }] }]
});

/** Acts on one article, by the noun in the address: which article, with what form. */
const ACT_FORMS: Readonly<Record<string, readonly [(typeof ARTICLES)[number], Permission, Record<string, string>]>> = {
	editing: ['draft', 'newsroom.edit', {}],
	approval: ['edited', 'newsroom.approve', {}],
	publication: ['approved', 'newsroom.publish', { day: '', time: '' }],
	return: ['edited', 'newsroom.edit', reason],
	correction: ['corrected', 'newsroom.publish', { note: 'Sửa số liệu' }],
	withdrawal: ['published', 'newsroom.publish', reason]
};

function actRows(): Record<string, Row> {
	return Object.fromEntries(
		Object.entries(ACT_FORMS).map(([noun, [name, needs, form]]) => [
			`/(office)/newsroom/[id]/[act] default:${noun}`,
			{ needs, ask: (things: Things) => ({ params: { ...article(name)(things).params, act: noun }, form }) }
		])
	);
}

type Comment = keyof Things['newsroom']['comments'];
const comment =
	(state: Comment, form?: Record<string, string>) =>
	({ newsroom }: Things) => ({ params: { id: newsroom.comments[state] }, ...(form && { form }) });
const because = { reason: 'other', note: 'Trùng' };
const needs = 'newsroom.moderate';

/** The comments that readers sent. */
function commentRows(): Record<string, Row> {
	const one = '/(office)/newsroom/comments/[id]';
	const several =
		(form: Record<string, string>) =>
		({ newsroom }: Things) => ({
			form: { 'id[]': newsroom.comments.waiting, ...form }
		});
	return {
		'/(office)/newsroom/comments load': {
			needs,
			ask: ({ code }) => ({ search: { unit: code } }),
			shows: has(({ newsroom }) => newsroom.comments.waiting)
		},
		'/(office)/newsroom/comments accept': { needs, ask: several({}) },
		'/(office)/newsroom/comments restore': {
			needs,
			ask: ({ newsroom }) => ({ form: { 'id[]': newsroom.comments.removed } })
		},
		'/(office)/newsroom/comments keep': {
			needs,
			ask: ({ newsroom }) => ({ form: { 'id[]': newsroom.comments.shown } })
		},
		'/(office)/newsroom/comments reply': {
			needs,
			ask: ({ newsroom }) => ({ form: { 'id[]': newsroom.comments.shown, reply: 'Cảm ơn bạn.' } })
		},
		'/(office)/newsroom/comments refuse': { needs, ask: several(because) },
		[`${one} load`]: { needs, ask: comment('waiting') },
		[`${one} accept`]: { needs, ask: comment('waiting', {}) },
		[`${one} refuse`]: { needs, ask: comment('waiting', because) },
		[`${one} takeDown`]: { needs, ask: comment('shown', because) },
		[`${one} restore`]: { needs, ask: comment('removed', {}) },
		[`${one} keep`]: { needs, ask: comment('shown', {}) },
		[`${one} reply`]: { needs, ask: comment('shown', { reply: 'Cảm ơn bạn.' }) },
		[`${one} close`]: { needs, ask: comment('shown', {}) },
		[`${one} open`]: { needs, ask: comment('shown', {}) }
	};
}

const placed =
	(name: (typeof ARTICLES)[number], at: 'site' | 'subsite', form: Record<string, string> = {}) =>
	(things: Things) => ({
		...article(name)(things),
		form: { siteId: things.newsroom[at], ...form }
	});

const introducing = (things: Things) => ({
	...article('draft')(things),
	form: { model: `/models/${things.models.recognised}` }
});

/** Rows of the newsroom's pages. */
export const NEWSROOM_ROWS: Readonly<Record<string, Row>> = {
	'/(office)/newsroom load': {
		needs: 'newsroom.read',
		ask: ({ code }) => ({ search: { unit: code } }),
		shows: has(({ newsroom }) => newsroom.articles.draft)
	},
	'/(office)/newsroom/new load': {
		needs: 'newsroom.write',
		ask: () => ({}),
		shows: has(({ newsroom }) => newsroom.site)
	},
	'/(office)/newsroom/new default': {
		needs: 'newsroom.write',
		ask: ({ newsroom }) => ({ form: { key: randomUUID(), siteId: newsroom.site, headline: 'Tin mới' } })
	},
	'/(office)/newsroom/[id] load': { needs: 'newsroom.read', ask: article('draft') },
	'/(office)/newsroom/[id] address': {
		needs: 'newsroom.edit',
		ask: (things) => ({ ...article('draft')(things), form: { slug: 'dia-chi-khac' } })
	},
	'/(office)/newsroom/[id] address:published': {
		needs: 'newsroom.publish',
		ask: (things) => ({ ...article('published')(things), form: { slug: 'dia-chi-khac' } })
	},
	'/(office)/newsroom/[id] openComments': { needs: 'newsroom.write', ask: article('draft') },
	'/(office)/newsroom/[id] closeComments': { needs: 'newsroom.write', ask: article('draft') },
	'/(office)/newsroom/[id] closeComments:published': { needs: 'newsroom.moderate', ask: article('published') },
	'/(office)/newsroom/[id] preview': { needs: 'newsroom.write', ask: article('draft') },
	'/(office)/newsroom/[id] endPreviews': { needs: 'newsroom.write', ask: article('draft') },
	'/(office)/newsroom/[id]/edit load': { needs: 'newsroom.read', ask: article('draft') },
	'/(office)/newsroom/[id]/edit save': {
		needs: 'newsroom.write',
		ask: (things) => ({ ...article('draft')(things), form: { version: '1', headline: 'Tin', lead: '', body: BODY } })
	},
	'/(office)/newsroom/[id]/edit save:edited': {
		needs: 'newsroom.edit',
		ask: (things) => ({ ...article('edited')(things), form: { version: '1', headline: 'Tin', lead: '', body: BODY } })
	},
	'/(office)/newsroom/[id]/edit picture': {
		needs: 'newsroom.write',
		ask: (things) => ({ ...article('draft')(things), form: picture() })
	},
	'/(office)/newsroom/[id]/edit figure': {
		needs: 'newsroom.read',
		ask: (things) => ({ ...article('draft')(things), form: { body: BODY } })
	},
	'/(office)/newsroom/[id]/edit attach': {
		needs: 'newsroom.write',
		ask: (things) => ({ ...article('draft')(things), form: { file: new File(['%PDF-1.4\n%%EOF\n2'], 'a.pdf') } })
	},
	'/(office)/newsroom/[id]/[act] load': {
		needs: 'newsroom.read',
		ask: (things) => ({ params: { ...article('draft')(things).params, act: 'publication' } })
	},
	...actRows(),
	'/(office)/newsroom/[id]/versions load': { needs: 'newsroom.read', ask: article('draft') },
	'/(office)/newsroom/[id]/models load': { needs: 'newsroom.read', ask: article('draft') },
	'/(office)/newsroom/[id]/models add': { needs: 'newsroom.write', ask: introducing },
	'/(office)/newsroom/[id]/models end': { needs: 'newsroom.write', ask: introducing },
	'/(office)/newsroom/[id]/placements load': { needs: 'newsroom.read', ask: article('draft') },
	'/(office)/newsroom/[id]/placements push': { needs: 'newsroom.publish', ask: placed('published', 'subsite') },
	'/(office)/newsroom/[id]/placements propose': { needs: 'newsroom.edit', ask: placed('below', 'site') },
	'/(office)/newsroom/[id]/placements accept': {
		needs: 'newsroom.publish',
		ask: placed('proposed', 'site', { sectionId: '' })
	},
	'/(office)/newsroom/[id]/placements decline': { needs: 'newsroom.publish', ask: placed('proposed', 'site', reason) },
	'/(office)/newsroom/[id]/placements pin': {
		needs: 'newsroom.publish',
		ask: placed('published', 'site', { position: '1' })
	},
	'/(office)/newsroom/pictures/[id] load': {
		needs: 'newsroom.read',
		ask: ({ newsroom }) => ({ params: { id: newsroom.picture } })
	},
	'/(office)/newsroom/pictures/[id] default': {
		needs: 'newsroom.write',
		ask: ({ newsroom }) => ({ params: { id: newsroom.picture }, form: { alt: 'Điểm', focalX: '10', focalY: '20' } })
	},
	'/(office)/newsroom/sites load': {
		needs: 'newsroom.read',
		ask: () => ({}),
		shows: has(({ newsroom }) => newsroom.site)
	},
	'/(office)/newsroom/sites default': {
		needs: 'newsroom.manage',
		ask: ({ code }) => ({ form: { unit: code, slug: `moi-${randomUUID()}`, nameVi: 'Trang mới', parentId: '' } })
	},
	'/(office)/newsroom/sites/[id] load': { needs: 'newsroom.manage', ask: site() },
	'/(office)/newsroom/sites/[id] site': {
		needs: 'newsroom.manage',
		ask: site(() => ({ slug: `moi-${randomUUID()}`, nameVi: 'Trang mới', isOpen: 'on' }))
	},
	'/(office)/newsroom/sites/[id] section': {
		needs: 'newsroom.manage',
		ask: site(() => ({ nameVi: 'Tin tức', position: '1' }))
	},
	'/(office)/newsroom/sites/[id] menus': {
		needs: 'newsroom.manage',
		ask: site(() => ({ 'menu[]': 'head', 'labelVi[]': 'Trang chủ', 'labelEn[]': '', 'target[]': 'page:home' }))
	},
	'/(office)/newsroom/sites/[id] group': {
		needs: 'newsroom.manage',
		ask: site(() => ({ nameVi: 'Địa phương', position: '2' }))
	},
	'/(office)/newsroom/sites/[id] removeGroup': {
		needs: 'newsroom.manage',
		ask: site(({ newsroom }) => ({ id: newsroom.group }))
	},
	'/(office)/newsroom/sites/[id] link': {
		needs: 'newsroom.manage',
		ask: site(({ newsroom }) => ({ groupId: newsroom.group, label: 'Cổng', url: 'https://cong.example/' }))
	},
	'/(office)/newsroom/sites/[id] removeLink': {
		needs: 'newsroom.manage',
		ask: site(({ newsroom }) => ({ id: newsroom.link }))
	},
	'/(office)/newsroom/sites/[id] check': { needs: 'newsroom.manage', ask: site(() => ({})) },
	'/(office)/newsroom/sites/[id] banner': { needs: 'newsroom.write', ask: site(picture) },
	...commentRows(),
	'/pictures/[id]/[file] GET': {
		needs: 'newsroom.read',
		ask: ({ newsroom }) => ({ params: { id: newsroom.picture, file: 'original.jpeg' } })
	},
	'/files/[id]/[name] GET': {
		needs: 'newsroom.read',
		ask: ({ newsroom }) => ({ params: { id: newsroom.attached, name: 'ke-hoach.pdf' } })
	}
};

const said = { headline: 'Tin', body: { type: 'doc', content: [{ type: 'paragraph' }] } };
const api = (name: (typeof ARTICLES)[number], body?: object) => (things: Things) => ({
	...article(name)(things),
	...(body && { body })
});

/** How the newsroom's operations are asked. */
export const NEWSROOM_API_ROWS: Readonly<Record<string, ApiRow>> = {
	'articles.list': {
		ask: ({ code }) => ({ query: { unit: code } }),
		shows: has(({ newsroom }) => newsroom.articles.draft)
	},
	'articles.get': { ask: api('draft') },
	'articles.create': { ask: ({ newsroom }) => ({ body: { siteId: newsroom.site, ...said } }) },
	'articles.save': { ask: api('draft', { version: 1, ...said }) },
	'articles.editing': { ask: api('draft'), needs: 'newsroom.edit' },
	'articles.approval': { ask: api('edited'), needs: 'newsroom.approve' },
	'articles.return': { ask: api('edited', reason), needs: 'newsroom.edit' },
	'articles.withdrawal': { ask: api('published', reason) },
	'articles.publication': { ask: api('approved', {}) },
	'articles.correction': { ask: api('corrected', { note: 'Sửa số liệu' }) }
};
