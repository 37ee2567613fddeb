import { operator } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { ask } from './ask.server.ts';
import type { Answer, Cohort, Figure, Flow } from './figure.ts';
import { SMALLEST_CLOSED } from './reach.server.ts';

/**
 * Figures for everybody: no records, and no number of fewer than five. A part that is not told must not be found by taking the
 * others from the whole, so with a single one the next smallest is not told either.
 */

export type PublicAnswer = { value: number | null; about: boolean; isHidden: boolean };
export type PublicPart = { key: string; value: number | null };

/** Nobody in particular: what is told to all does not depend on who asks. */
const ANYBODY = operator('Khéo');

export async function askPublic(
	db: Db,
	figure: Figure,
	question: { unitId: string; from: string; asOf: string }
): Promise<PublicAnswer> {
	const answer = await ask(db, ANYBODY, figure, question);
	const isHidden = tellsFew(answer);
	return { value: isHidden ? null : answer.value, about: answer.about, isHidden };
}

/** A number of fewer than five cases, or a share that tells of so few on either side: not for the public. */
export function tellsFew({ value, numerator, denominator }: Answer): boolean {
	const counts = numerator === undefined ? [value] : [numerator, (denominator ?? 0) - numerator];
	return counts.some((count) => count !== null && isFew(count));
}

/** A figure by one of its facets, largest part first; none where the whole itself is not told. */
export async function partsOfPublic(
	db: Db,
	figure: Flow | Cohort,
	question: { unitId: string; from: string; asOf: string; by: string }
): Promise<PublicPart[]> {
	const { by, ...rest } = question;
	const answer: Answer = await ask(db, ANYBODY, figure, { ...rest, by: [by] });
	if (answer.value === null || isFew(answer.value)) return [];
	return suppressed(answer.parts.map(({ key, value }) => ({ key: key[by] ?? '', value: value ?? 0 })));
}

function isFew(count: number): boolean {
	return count > 0 && count < SMALLEST_CLOSED;
}

/** Parts of fewer than five are not told, nor, where there is but one such part, the smallest of the others. */
export function suppressed(parts: readonly { key: string; value: number }[]): PublicPart[] {
	const sorted = parts.toSorted((a, b) => b.value - a.value);
	const few = sorted.filter(({ value }) => isFew(value)).length;
	const told = sorted.filter(({ value }) => !isFew(value)).length;
	const last = few === 1 ? told - 1 : told;
	return sorted.map(({ key, value }, at) => ({ key, value: at < last ? value : null }));
}
