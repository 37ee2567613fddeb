import { drawingOf } from '#lib/maps/drawing.ts';
import { shadeOf, stepsOf, type Area } from '#lib/maps/scale.ts';
import { listShapes } from '#lib/maps/shape.server.ts';
import { layoutOf } from '#lib/maps/tiles.ts';
import { countByPlace, type RegisterFilter } from '#lib/models/public.server.ts';
import { readPlacing, type Placing } from '#lib/models/public-place.server.ts';
import { makeMemory } from '#lib/newsroom/memory.ts';
import { m } from '#lib/paraglide/messages.js';
import { readFullName } from '#lib/places/place.ts';
import type { Db } from '#lib/server/db.ts';
import { compareText } from '#lib/vietnamese/text.ts';
import { formatNumber } from '#lib/vietnamese/format.ts';
import { NO_PLACE } from './no-place.ts';

type Chosen = Omit<RegisterFilter, 'place' | 'unitId'>;
/** A place that the register can be narrowed to. */
type Choice = { code: string; name: string; count: number };

const REMEMBERED_S = 300;
const remembered = makeMemory<{ placing: Placing; choices: Choice[] } | null>(REMEMBERED_S);

/**
 * Where the models of a site's register lie, and the places that have any; null where nothing is to be told apart. `code`: what the
 * reader chose, which in a register of several provinces leads to the communes of one.
 */
export function placesOf(
	{ db, fresh }: Pick<App.Locals, 'db' | 'fresh'>,
	{ unitId, code }: { unitId: string; code: string | null }
): Promise<{ placing: Placing; choices: Choice[] } | null> {
	return remembered(fresh, `${unitId} ${code ?? ''}`, async () => {
		const placing = await readPlacing(db, { unitId, code });
		if (!placing || placing.areas.length < 2) return null;
		const counts = await countByPlace(db, { unitId }, placing);
		const choices = placing.areas.flatMap(({ id, code: own, name }) => {
			const count = counts.get(id);
			return count === undefined ? [] : [{ code: own, name, count }];
		});
		return { placing, choices: choices.toSorted((a, b) => compareText(bare(a.name), bare(b.name))) };
	});
}

/** The same register as a map: how many of what the filter lets through lie in each place, and where each place leads. */
export async function mapOf(db: Db, { unitId, chosen, placing, href }: Parts): Promise<RegisterMap> {
	const counts = await countByPlace(db, { unitId, ...chosen }, placing);
	const steps = stepsOf(placing.areas.flatMap(({ id }) => counts.get(id) ?? []));
	const shapes = await listShapes(
		db,
		placing.areas.map(({ id }) => id)
	);
	const areas = placing.areas.map(({ id, code, name }) => {
		const count = counts.get(id) ?? 0;
		return {
			id,
			code,
			name,
			count,
			bare: bare(name),
			shade: count === 0 ? 0 : shadeOf(count, steps),
			isOutside: count === 0,
			text: count === 0 ? m.portal_map_nothing() : m.portal_map_count({ count: formatNumber(count) }),
			href: count === 0 ? null : href(code)
		};
	});
	const unknown = counts.get(null) ?? 0;
	return {
		tier: placing.tier,
		province: placing.province,
		areas,
		placed: areas.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count || compareText(a.bare, b.bare)),
		total: areas.reduce((sum, { count }) => sum + count, unknown),
		unknown: unknown === 0 ? null : { count: unknown, href: href(NO_PLACE) },
		drawing: drawingOf(shapes),
		layout: placing.tier === 'province' ? layoutOf('since') : null,
		legend: steps.map((step) => ({
			shade: shadeOf(step.from, steps),
			text: m.portal_map_count({
				count: step.from === step.to ? formatNumber(step.from) : `${formatNumber(step.from)}–${formatNumber(step.to)}`
			})
		}))
	};
}

type Parts = { unitId: string; chosen: Chosen; placing: Placing; href: (code: string) => string };
type PlacedArea = Area & { code: string; bare: string; count: number };
type RegisterMap = Pick<Placing, 'tier' | 'province'> & {
	areas: PlacedArea[];
	/** Those that have any, most first. */
	placed: PlacedArea[];
	total: number;
	unknown: { count: number; href: string } | null;
	drawing: ReturnType<typeof drawingOf>;
	layout: ReturnType<typeof layoutOf> | null;
	legend: { shade: number; text: string }[];
};

function bare(name: string): string {
	return (readFullName('commune', name) ?? readFullName('province', name))?.name ?? name;
}
