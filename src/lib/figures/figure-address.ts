import { z } from 'zod';
import type { Structure, Where } from './figure.ts';

/** A figure's question as it stands in an address, in a report's slot or on the command line: units by code, days as text. */
export type FigureAddress = {
	figure: string;
	unit: string;
	from?: string;
	asOf?: string;
	knownAt?: string;
	structure?: Structure;
	by?: readonly string[];
	where?: Where;
};

const Day = z.iso.date();
const Params = z.strictObject({
	unit: z.string().max(60).optional(),
	from: Day.optional(),
	asOf: Day.optional(),
	knownAt: z.iso.datetime({ offset: true }).optional(),
	structure: z.union([z.enum(['then', 'now']), Day]).optional(),
	by: z.string().max(100).optional(),
	after: z.string().max(100).optional(),
	side: z.enum(['numerator', 'denominator']).optional()
});

/** `/figures/models.registered?unit=YB-DUK&asOf=2024-06-15&where.level=bloc`: every printed number links here. */
export function figureHref(address: FigureAddress): string {
	const params = new URLSearchParams({ unit: address.unit });
	for (const key of ['from', 'asOf', 'knownAt', 'structure'] as const) if (address[key]) params.set(key, address[key]);
	if (address.by?.length) params.set('by', address.by.join(','));
	for (const [facet, values] of Object.entries(address.where ?? {})) params.set(`where.${facet}`, values.join(','));
	return `/figures/${address.figure}?${params}`;
}

/** Reads such an address; null where it is not one. Paging (`after`, `side`) comes along. */
export function readFigureAddress(figure: string, search: URLSearchParams) {
	const plain = Object.fromEntries([...search].filter(([key]) => !key.startsWith('where.')));
	const read = Params.safeParse(plain);
	if (!read.success) return null;
	const where = Object.fromEntries(
		[...search].filter(([key]) => /^where\.[a-z_]{1,40}$/.test(key)).map(([key, value]) => [key.slice(6), value.split(',')])
	);
	const { by, ...rest } = read.data;
	return { ...rest, figure, by: by ? by.split(',') : [], where };
}
