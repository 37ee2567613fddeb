import { signedIn } from '#lib/accounts/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import * as places from '#lib/places/place.server.ts';
import { search } from '#lib/places/search.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { dayPlus, typedDay } from '#lib/vietnamese/day.ts';
import { formatDay, formatInstant, formatNumber } from '#lib/vietnamese/format.ts';
import type { PageServerLoad } from './$types';

const LENGTH = 200;
const SHOWN = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	signedIn(locals);
	const typed = url.searchParams.get('on')?.trim() || today();
	const day = typedDay(typed);
	if (!day) throw problem('figure.day_invalid', { day: typed.slice(0, 40) });
	const text = (url.searchParams.get('q') ?? '').trim().slice(0, LENGTH);
	const opened = url.searchParams.get('in') ?? '';
	const [kinds, source] = await Promise.all([places.countKinds(db, day), places.findSource(db)]);
	const before = dayPlus(REORGANISED_ON, -1);
	return {
		text,
		day: formatDay(day),
		isToday: day === today(),
		isBefore: day === before,
		before: formatDay(before),
		counts: kinds.map(({ kind, count }) =>
			m.places_count({ count: formatNumber(count), kind: word('place_kind', kind) })
		),
		found: text === '' ? null : await search(db, text, { day, limit: SHOWN }),
		tree: text === '' ? await tree(db, { day, opened: UUID.test(opened) ? opened : null }) : [],
		source: source && {
			isPackage: source.source === 'package',
			name: source.name,
			at: formatInstant(source.loadedAt)
		}
	};
};

type Branch = places.Branch & { children: Branch[] };

/** The provinces, and under those that are open what lies in them. */
async function tree(db: Db, { day, opened }: { day: string; opened: string | null }): Promise<Branch[]> {
	const open = opened === null ? [] : (await places.listAbove(db, { parentId: opened }, day)).map(({ id }) => id);
	const within = async (id: string | null): Promise<Branch[]> =>
		Promise.all(
			(await places.listIn(db, id, day)).map(async (place) => ({
				...place,
				children: open.includes(place.id) ? await within(place.id) : []
			}))
		);
	return within(null);
}
