import { signedIn } from '#lib/accounts/guard.ts';
import { m } from '#lib/paraglide/messages.js';
import * as places from '#lib/places/place.server.ts';
import { today } from '#lib/server/clock.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { PageServerLoad } from './$types';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	signedIn(locals);
	const typed = url.searchParams.get('on')?.trim() || today();
	const day = typedDay(typed);
	if (!day) throw problem('figure.day_invalid', { day: typed.slice(0, 40) });
	if (!UUID.test(params.id)) throw problem('place.not_found', { code: params.id.slice(0, 40) });
	const place = await places.get(db, params.id, day);
	const versions = await places.listVersions(db, place.id);
	const of = { day, ends: versions[0]?.until ?? null, begins: versions.at(-1)?.from ?? day };
	const livedOn = place.isOfDay ? day : of.ends && of.ends < day ? of.ends : of.begins;
	const [above, predecessors, successors, aliases, children, becomes] = await Promise.all([
		places.listAbove(db, place, livedOn),
		places.listPredecessors(db, place.id),
		places.listSuccessors(db, place.id),
		places.listAliases(db, place.id),
		places.listIn(db, place.id, livedOn),
		places.follow(db, [place.id], day)
	]);
	return {
		place: { id: place.id, name: place.name, code: place.code, kind: word('place_kind', place.kind) },
		on: day === today() ? null : formatDay(day),
		ended: !place.isOfDay && of.ends !== null && of.ends < day ? formatDay(of.ends) : null,
		begins: !place.isOfDay && of.begins > day ? formatDay(of.begins) : null,
		above: above.map(({ id, name }) => ({ id, name })),
		becomes: becomes.filter((one) => one.id !== place.id),
		predecessors: predecessors.map(shown),
		successors: successors.map(shown),
		children: children.map(({ id, name, code, kind }) => ({ id, name, code, kind: word('place_kind', kind) })),
		aliases: aliases.map(({ id, name, within, kind }) => ({
			id,
			name,
			note: [word('place_alias', kind), within].filter(Boolean).join(' · ')
		})),
		versions: versions.map(({ id, name, code, kind, parentName, law, from, until }) => ({
			id,
			name,
			code,
			kind: word('place_kind', kind),
			parentName,
			law,
			from: from === BEFORE_ALL ? m.place_from_before() : formatDay(from),
			until: until && formatDay(until)
		}))
	};
};

function shown({ id, name, code, within, day, extent, isPrimary, isRemainder, confidence }: places.Kin) {
	const share = isRemainder ? 'remainder' : (extent ?? 'unknown');
	const doubt = confidence === 'low' || confidence === 'medium' ? word('place_confidence', confidence) : null;
	const main = extent === 'part' && isPrimary ? m.place_is_primary() : null;
	return {
		id,
		name,
		code,
		within,
		day: formatDay(day),
		share: [word('place_extent', share), main, doubt].filter(Boolean).join(', ')
	};
}
