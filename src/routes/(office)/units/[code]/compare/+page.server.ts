import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Figure, Structure } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import type { Door } from '#lib/figures/ledger-panel.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { bearersOf } from '#lib/units/bearer.server.ts';
import { familyOf } from '#lib/units/division.server.ts';
import { layOut } from '#lib/units/family.ts';
import { names } from '#lib/units/unit.server.ts';
import { BEFORE_ALL } from '#lib/units/unit.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { PageServerLoad } from './$types';

const COMPARED = ['models.registered', 'models.recognised', 'models.recognition_rate', 'models.typical'].map(
	figureNamed
);
const TREES = ['then', 'now'] as const;

type Compared = { unitId: string; ref: string; year: number; structure: Structure };

/** A unit's figures of the years around its last reorganisation, on the organisation of then and of now, and its family. */
export const load: PageServerLoad = async ({ locals: { db, ...locals }, params, url }) => {
	const actor = signedIn(locals);
	const bearers = await bearersOf(db, actor, params.code);
	const unit = bearers.find((one) => one.id === url.searchParams.get('bearer')) ?? bearers[0];
	await authorise(db, actor, 'figure.read', unit.id);
	const [family, known] = await Promise.all([familyOf(db, unit), names(db, [unit.id])]);
	const days = family.descents
		.filter(({ from, to }) => from === unit.id || to === unit.id)
		.map((one) => one.on)
		.filter((day) => day > BEFORE_ALL);
	const last = days.toSorted().at(-1) ?? null;
	const years = yearsAround(last);
	const ref = known.get(unit.id)?.ref ?? unit.code;
	const rows = await Promise.all(
		COMPARED.map(async (figure) => ({
			figure: figure.name,
			label: word('figure', figure.name),
			cells: await Promise.all(
				years.flatMap((year) =>
					TREES.map((structure) => compared(db, actor, figure, { unitId: unit.id, ref, year, structure }))
				)
			)
		}))
	);
	return {
		unit: { id: unit.id, code: unit.code, name: unit.name, ref },
		last: last && formatDay(last),
		years,
		trees: TREES.map((structure) => structureText(structure)),
		rows,
		family: { ...layOut(family, unit.id), more: family.more },
		descents: family.descents.map(({ from, to, on, whole }) => {
			const name = (id: string) => family.relatives.find((one) => one.id === id)?.name ?? '…';
			return {
				key: `${from} ${to}`,
				text: m.unit_descent({
					from: name(from),
					to: name(to),
					on: formatDay(on),
					how: whole ? m.unit_kin_whole() : m.unit_kin_part()
				})
			};
		})
	};
};

/** The year before, the year of it and the year after, as far as they have begun; without a reorganisation the last three. */
function yearsAround(day: string | null): number[] {
	const present = Number(today().slice(0, 4));
	const middle = day === null ? present - 1 : Math.min(Number(day.slice(0, 4)), present);
	return [middle - 1, middle, middle + 1].filter((year) => year <= present);
}

async function compared(
	db: Db,
	actor: Actor,
	figure: Figure,
	{ unitId, ref, year, structure }: Compared
): Promise<Door> {
	const period = { from: `${year}-01-01`, asOf: year === Number(today().slice(0, 4)) ? today() : `${year}-12-31` };
	const answer = await ask(db, actor, figure, { unitId, ...period, structure });
	const address = { figure: figure.name, unit: ref, ...period, structure };
	const label = `${word('figure', figure.name)}, ${year}, ${structureText(structure)}`;
	return { address, text: figureText(figure, answer), label };
}
