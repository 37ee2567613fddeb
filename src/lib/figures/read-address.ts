import { z } from 'zod';

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

/** Reads the address of a figure (`figureHref`); null where it is not one. Paging (`after`, `side`) comes along. */
export function readFigureAddress(figure: string, search: URLSearchParams) {
	const plain = Object.fromEntries([...search].filter(([key]) => !key.startsWith('where.')));
	const read = Params.safeParse(plain);
	if (!read.success) return null;
	const where = Object.fromEntries(
		[...search]
			.filter(([key]) => /^where\.[a-z_]{1,40}$/.test(key))
			.map(([key, value]) => [key.slice(6), value.split(',')])
	);
	const { by, ...rest } = read.data;
	return { ...rest, figure, by: by ? by.split(',') : [], where };
}
