import { z } from 'zod';
import type { Measured } from '../table.ts';
import { measureDeadline } from './deadline.ts';
import { onGround } from './ground.ts';
import { measureGrouping } from './grouping.ts';
import { measurePosting } from './posting.ts';

const PROVINCES = 34;
const Wanted = z.strictObject({
	seconds: z.number().min(5).max(3600),
	communes: z.number().int().min(PROVINCES).max(3321)
});

/**
 * The day on which everybody registers: a country whose communes come in the last tenth of `seconds`; the same with a kill in the
 * rush; how commits share what they wait for; and postings a second beside pgbench. Each on a country of its own.
 */
export async function measureLoad(wanted: z.infer<typeof Wanted>): Promise<Measured[]> {
	const { seconds, communes } = Wanted.parse(wanted);
	const size = { provinces: PROVINCES, communes };
	return [
		...(await onGround(size, (ground) => measureDeadline(ground, { seconds, killed: false }))),
		...(await onGround(size, (ground) => measureDeadline(ground, { seconds, killed: true }))),
		...(await onGround(size, measureGrouping)),
		...(await onGround(size, measurePosting))
	];
}
