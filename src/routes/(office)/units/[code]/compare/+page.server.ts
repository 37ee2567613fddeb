import type { Actor } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { figureNamed } from '#lib/catalogue.ts';
import { ask } from '#lib/figures/ask.server.ts';
import type { Figure, Structure } from '#lib/figures/figure.ts';
import { figureText } from '#lib/figures/format-figure.ts';
import type { Door } from '#lib/figures/ledger-panel.ts';
import { structureText } from '#lib/figures/structure-text.ts';
import { listRegistrationYears } from '#lib/models/list.server.ts';
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
/** The day of the work of dân vận is 15/10/1930: there is nothing to compare before. */
const FIRST_YEAR = 1930;
const TREES = ['then', 'now'] as const;

type Compared = { unitId: string; ref: string; year: number; structure: Structure };

/** A unit's figures of three years, at first those around its last reorganisation, on the organisation of then and of now, and its family. */
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
	const middle = readYear(url.searchParams.get('year')) ?? (await yearToCompare(db, actor, { unitId: unit.id, last }));
	const years = [middle - 1, middle, middle + 1].filter((year) => year <= presentYear());
	const at = (year: number) => `?${new URLSearchParams({ bearer: unit.id, year: String(year) })}`;
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
		earlier: middle - 1 > FIRST_YEAR ? at(middle - 1) : null,
		later: middle < presentYear() ? at(middle + 1) : null,
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

const presentYear = () => Number(today().slice(0, 4));

function readYear(text: string | null): number | null {
	if (!/^\d{4}$/.test(text ?? '')) return null;
	const year = Number(text);
	return year > FIRST_YEAR && year <= presentYear() ? year : null;
}

/** The year in the middle: of the last reorganisation, else the one before the last in which anything was registered. */
async function yearToCompare(
	db: Db,
	actor: Actor,
	{ unitId, last }: { unitId: string; last: string | null }
): Promise<number> {
	if (last !== null) return Math.min(Number(last.slice(0, 4)), presentYear());
	const [latest = presentYear()] = await listRegistrationYears(db, actor, unitId);
	return Math.min(latest, presentYear()) - 1;
}

async function compared(
	db: Db,
	actor: Actor,
	figure: Figure,
	{ unitId, ref, year, structure }: Compared
): Promise<Door> {
	const period = { from: `${year}-01-01`, asOf: year === presentYear() ? today() : `${year}-12-31` };
	const answer = await ask(db, actor, figure, { unitId, ...period, structure });
	const address = { figure: figure.name, unit: ref, ...period, structure };
	const label = `${word('figure', figure.name)}, ${year}, ${structureText(structure)}`;
	return { address, text: figureText(figure, answer), label };
}
