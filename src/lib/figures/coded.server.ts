import type { Db } from '#lib/server/db.ts';
import { names } from '#lib/units/unit.server.ts';
import type { Answer } from './figure.ts';

/** Parts by unit carry the unit's code, with a day where it has ended: ids mean nothing outside. */
export async function coded(db: Db, answer: Answer): Promise<Answer['parts']> {
	const codes = await names(
		db,
		answer.parts.flatMap((part) => (part.key['unit'] ? [part.key['unit']] : [])),
		answer.asOf
	);
	return answer.parts.map((part) => {
		const unit = part.key['unit'];
		return unit ? { ...part, key: { ...part.key, unit: codes.get(unit)?.ref ?? unit } } : part;
	});
}
