import { sql } from 'kysely';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { isNamed as isPersonNamed, listUnder as listRoles } from '#lib/accounts/role.server.ts';
import { FIGURES } from '#lib/catalogue.ts';
import { figureHref } from '#lib/figures/figure-address.ts';
import { countByState, list, MOST_COUNTED } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { noteOf, presentOf } from '#lib/places/found.ts';
import { search as searchPlaces } from '#lib/places/search.server.ts';
import { isNamed } from '#lib/reports/report.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { visibleTo } from '#lib/units/authority.server.ts';
import { searchUnits } from '#lib/units/offer.server.ts';
import { listOwn } from '#lib/units/unit.server.ts';
import type { Unit } from '#lib/units/unit.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** One thing found: where it is, what it is called, what tells it from others of the name. */
type Hit = { href: string; title: string; note: string };
/** The first hits of a kind; `total`: all of them, `isMore`: and more, which are not counted; `all`: the lists that show the rest. */
export type Group = {
	name: 'models' | 'units' | 'reports' | 'figures' | 'places' | 'accounts';
	hits: Hit[];
	total: number;
	isMore?: boolean;
	all: string[];
};

const SHOWN = 5;
/** Where no one list shows the rest. */
const SHOWN_OF_MANY = 50;
/** One letter is in everything. */
const SHORTEST = 2;

type Search = { text: string; key: string; tops: readonly Unit[] };

/** Everything of that name, code or number which the actor may see, kinds without a hit left out; null: too little was typed. */
export async function find(db: Db, actor: Actor, text: string): Promise<Group[] | null> {
	const key = fold(text);
	if (key.length < SHORTEST) return null;
	const search = { text, key, tops: await listOwn(db, actor) };
	const [models, units, reports, places, accounts] = await Promise.all([
		findModels(db, actor, search),
		findUnits(db, actor, search),
		findReports(db, actor, search),
		findPlaces(db, search),
		findAccounts(db, actor, search)
	]);
	const groups = [models, units, reports, findFigures(actor, search), places, accounts];
	return groups.filter((group) => group.total > 0);
}

async function findModels(db: Db, actor: Actor, { text, tops }: Search): Promise<Group> {
	const found = await Promise.all(
		tops.map(async (top) => {
			const filter = { unitId: top.id, search: text, limit: SHOWN };
			const counts = await countByState(db, actor, filter);
			return {
				top,
				rows: (await list(db, actor, filter)).rows,
				isMore: counts === null,
				total: counts ? [...counts.values()].reduce((sum, count) => sum + count, 0) : MOST_COUNTED
			};
		})
	);
	const rows = new Map(found.flatMap((one) => one.rows.map((row) => [row.id, row])));
	return {
		name: 'models',
		hits: [...rows.values()].slice(0, SHOWN).map(({ id, name, unitName, year, state }) => ({
			href: `/models/${id}`,
			title: name,
			note: [unitName, year, word('state', state)].join(' · ')
		})),
		total: found.reduce((sum, one) => sum + one.total, 0),
		isMore: found.some((one) => one.isMore),
		all: found
			.filter((one) => one.total > 0)
			.map(({ top }) => `/models?${new URLSearchParams({ unit: top.code, q: text })}`)
	};
}

async function findUnits(db: Db, actor: Actor, { text }: Search): Promise<Group> {
	const { found, total } = await searchUnits(db, actor, { text, limit: SHOWN });
	return {
		name: 'units',
		hits: found.map(({ code, name, above }) => ({
			href: `/units/${encodeURIComponent(code)}`,
			title: name,
			note: [code, above].filter((part) => part !== null).join(' · ')
		})),
		total,
		all: [`/units?${new URLSearchParams({ q: text })}`]
	};
}

/** Titles have no search key of their own: an office has some dozens of reports. */
async function findReports(db: Db, actor: Actor, { text }: Search): Promise<Group> {
	const { rows } = await sql<{
		id: string;
		title: string;
		asOf: string;
		state: string;
		number: number | null;
		unit: string;
	}>`
		select r.id, r.title, r.as_of as "asOf", r.state, s.number, v.code as unit
		from reports r left join report_signatures s on s.report_id = r.id
		join unit_versions v on v.unit_id = r.unit_id and v.valid @> ${today()}::date
		where ${visibleTo(actor, 'report.read', { unit: 'r.unit_id', day: 'r.as_of' })}
		order by r.as_of desc, r.id desc limit 2000`.execute(db);
	const found = rows.filter((report) => isNamed(report, text));
	const units = [...new Set(found.map((report) => report.unit))];
	return {
		name: 'reports',
		hits: found.slice(0, units.length > 1 ? SHOWN_OF_MANY : SHOWN).map(({ id, title, asOf, state, number, unit }) => ({
			href: `/reports/${id}`,
			title,
			note: [unit, number && m.search_report_number({ number }), formatDay(asOf), word('report_state', state)]
				.filter(Boolean)
				.join(' · ')
		})),
		total: found.length,
		all: units.length > 1 ? [] : units.map((unit) => `/reports?${new URLSearchParams({ unit, q: text })}`)
	};
}

function findFigures(actor: Actor, { key, tops }: Search): Group {
	const [top] = tops.filter(({ id }) => actor.everything || unitsWhere(actor, 'figure.read').includes(id));
	const found = top
		? FIGURES.flatMap(({ name }) => {
				const [title, note] = [word('figure', name), word('figure', `${name}.definition`)];
				if (!fold(title).includes(key)) return [];
				return [{ href: figureHref({ figure: name, unit: top.code }), title, note }];
			})
		: [];
	return { name: 'figures', hits: found, total: found.length, all: [] };
}

/** Places are public: whoever works with units finds them. */
async function findPlaces(db: Db, { text, tops }: Search): Promise<Group> {
	const { hits, total } = tops.length > 0 ? await searchPlaces(db, text, { limit: SHOWN }) : { hits: [], total: 0 };
	return {
		name: 'places',
		hits: hits.map((hit) => ({
			href: `/places/${hit.id}`,
			title: hit.name,
			note: [noteOf(hit), presentOf(hit)].filter(Boolean).join(' · ')
		})),
		total,
		all: [`/places?${new URLSearchParams({ q: text })}`]
	};
}

async function findAccounts(db: Db, actor: Actor, { text }: Search): Promise<Group> {
	const units = unitsWhere(actor, 'account.manage');
	const isOne = units.length === 1;
	const roles = (await Promise.all(units.map((unit) => listRoles(db, actor, unit)))).flat();
	const found = roles.filter((role) => isPersonNamed(role, text));
	const hits = found.map(({ id, name, email, unitName, role }) => ({
		href: `/accounts/${id}`,
		title: name,
		note: [email, word('role', role), unitName].join(' · ')
	}));
	const people = [...new Map(hits.map((hit) => [hit.href, hit])).values()];
	return {
		name: 'accounts',
		hits: people.slice(0, isOne ? SHOWN : SHOWN_OF_MANY),
		total: people.length,
		all: isOne ? [`/accounts?${new URLSearchParams({ q: text })}`] : []
	};
}
