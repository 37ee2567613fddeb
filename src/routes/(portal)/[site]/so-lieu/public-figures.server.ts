import { operator } from '#lib/accounts/actor.ts';
import { figureNamed, FIGURES } from '#lib/catalogue.ts';
import type { Figure } from '#lib/figures/figure.ts';
import { latestPeriod } from '#lib/figures/period.server.ts';
import { upTo, wholeYear, type Period } from '#lib/figures/period.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';

/** What offices tell the public: how much was registered, recognised and taken over; nothing of who has not done what. */
const PUBLIC: readonly string[] = [
	'models.registered',
	'models.recognised',
	'models.recognition_rate',
	'models.typical',
	'models.rewarded',
	'models.replicated',
	'models.units_registered'
];

export const PUBLIC_FIGURES: readonly Figure[] = FIGURES.filter(({ name }) => PUBLIC.includes(name));

/** So many years are offered, the latest in which anything was registered first. */
const YEARS = 6;

export type PublicYear = { year: number; period: Period; years: number[] };

/** The year an address asks for. Whole years only: numbers of periods a day apart would give single cases away. */
export async function readYear(db: Db, unitId: string, url: URL): Promise<PublicYear> {
	const day = today();
	const of = { figure: figureNamed('models.registered'), unitId, day };
	const latest = await latestPeriod(db, operator('Khéo'), of);
	const last = Number((latest?.asOf ?? day).slice(0, 4));
	const years = Array.from({ length: YEARS }, (_, back) => last - back);
	const year = years.find((each) => String(each) === url.searchParams.get('year')) ?? last;
	return { year, period: upTo(wholeYear(String(year)), day), years };
}
