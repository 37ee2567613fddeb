import { listChoices, listPublic } from '#lib/models/public.server.ts';
import { FIELDS } from '#lib/models/model.ts';
import { publicIntroductions } from '#lib/newsroom/introduction.server.ts';
import { paged, PAGE_PATHS } from '#lib/newsroom/portal-address.ts';
import type { ListedPublic } from '#lib/newsroom/public.server.ts';
import { coverHtml, pageOf } from '#lib/newsroom/public-page.server.ts';
import { notSent } from '#lib/newsroom/unsent.ts';
import { problem } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';
import { NO_PLACE } from './no-place.ts';
import { mapOf, placesOf } from './register-map.server.ts';

const SEARCH_AT_MOST = 200;
const CARD_SIZES = '(max-width: 40rem) 100vw, 20rem';
const PATH = `/${PAGE_PATHS.register}`;
const CODE = /^(\d{2}|\d{5})$/;

/** The newest of the articles about a model that has a picture. */
function pictureOf(articles: readonly ListedPublic[] = []): string {
	const cover = articles.find((each) => each.cover)?.cover;
	return cover ? coverHtml(cover, { sizes: CARD_SIZES, isLazy: true }) : '';
}

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { db } = locals;
	const { frame } = await parent();
	const asked = url.searchParams;
	const { years, units } = await listChoices(db, frame.unitId);
	const chosen = {
		field: FIELDS.find((each) => each === asked.get('field')) ?? null,
		year: years.find((each) => String(each) === asked.get('year')) ?? null,
		unit: units.find(({ code }) => code === asked.get('unit'))?.code ?? null,
		search: (asked.get('q') ?? '').slice(0, SEARCH_AT_MOST).trim()
	};
	const isMap = asked.get('view') === 'map';
	const wanted = asked.get('place') ?? '';
	// A province's own communes are told on the map; its models are listed together.
	const code = CODE.test(wanted) && (isMap || wanted.length > 2) ? wanted : null;
	const places = await placesOf(locals, { unitId: frame.unitId, code });
	const area = places?.placing.areas.find((each) => each.code === wanted) ?? null;
	const place = area?.code ?? (places && wanted === NO_PLACE ? NO_PLACE : null);
	const keep = Object.entries({ ...chosen, q: chosen.search, search: null }).flatMap(([name, value]) =>
		value ? [[name, String(value)]] : []
	);
	const href = (more: Record<string, string | null>) => {
		const told = Object.entries(more).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
		const query = new URLSearchParams([...keep, ...told]).toString();
		return `${frame.base}${PATH}${query && `?${query}`}`;
	};
	const common = {
		chosen: { ...chosen, place },
		years,
		units,
		fields: FIELDS,
		places: places?.choices ?? [],
		tabs: places && {
			list: href({ place }),
			map: href({ view: 'map', place: places.placing.province?.isOnlyOne ? null : place })
		}
	};
	if (isMap && places) {
		const { placing } = places;
		const map = await mapOf(db, {
			unitId: frame.unitId,
			chosen,
			placing,
			href: (one) => href({ place: one })
		});
		const whole = placing.province && !placing.province.isOnlyOne ? href({ view: 'map' }) : null;
		return notSent({
			...common,
			map: { ...map, whole },
			rows: [],
			list: { total: map.total, page: 1, pages: 1 },
			hrefs: new Map()
		});
	}
	const page = pageOf(url);
	const within = places && place !== null ? { placing: places.placing, id: area?.id ?? null } : null;
	const { rows, total, pages } = await listPublic(db, { unitId: frame.unitId, ...chosen, place: within }, page);
	if (page > pages) throw problem('input.not_found');
	const ids = rows.map(({ id }) => id);
	const told = await publicIntroductions(db, frame.siteId, ids);
	const shown = [1, page - 2, page - 1, page, page + 1, page + 2, pages];
	const hrefs = new Map(shown.map((each) => [each, paged(url, frame.base, { path: PATH, page: each })]));
	return notSent({
		...common,
		map: null,
		rows: rows.map((row) => ({ ...row, picture: pictureOf(told.get(row.id)) })),
		list: { total, page, pages },
		hrefs
	});
};
