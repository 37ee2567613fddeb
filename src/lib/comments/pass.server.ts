import { createHash, timingSafeEqual } from 'node:crypto';
import { v4 as newRandomId, validate } from 'uuid';

/**
 * What a comment or a report has to bring: a pass signed by us for one article or comment, and what it cost. `work`: a number
 * whose hash with the pass begins with so many zero bits; `wait`: so many seconds since it was given, for who has no script.
 * Nothing is kept of a pass until it is used; its id becomes that of what was sent, so it serves once.
 */
export type Kind = 'work' | 'wait';

/** For how long a pass holds: a slow reader writes for long, and 2.2.1 of WCAG asks for no haste. */
export const PASS_S = 2 * 60 * 60;

export type Verdict =
	| { kind: 'good'; id: string }
	| { kind: 'early'; seconds: number }
	| { kind: 'missing' | 'foreign' | 'expired' | 'unsolved' };

type Sign = (text: string) => string;

/** A new pass for `subject`, which is one article or comment at one address. */
export function givePass(
	sign: Sign,
	{ subject, kind, amount, now }: { subject: string; kind: Kind; amount: number; now: Date }
): string {
	const said = [newRandomId(), kind, amount, now.getTime().toString(36)].join('.');
	return `${said}.${sign(`comment ${subject} ${said}`)}`;
}

/** Is this pass ours, for this, still good, and paid for? Costs two hashes, and no look into the database. */
export function checkPass(
	sign: Sign,
	{ subject, pass, solution, now }: { subject: string; pass: string; solution: string; now: Date }
): Verdict {
	if (pass === '') return { kind: 'missing' };
	const [id = '', kind, amount, given = '', mark = ''] = pass.split('.');
	const said = [id, kind, amount, given].join('.');
	if (!isSame(mark, sign(`comment ${subject} ${said}`)) || !validate(id)) return { kind: 'foreign' };
	const age_s = (now.getTime() - Number.parseInt(given, 36)) / 1000;
	if (age_s > PASS_S || age_s < -60) return { kind: 'expired' };
	if (kind === 'work')
		return zeroBits(`${pass} ${solution}`) >= Number(amount) ? { kind: 'good', id } : { kind: 'unsolved' };
	const left_s = Math.ceil(Number(amount) - age_s);
	return left_s <= 0 ? { kind: 'good', id } : { kind: 'early', seconds: left_s };
}

function isSame(one: string, other: string): boolean {
	const [a, b] = [Buffer.from(one), Buffer.from(other)];
	return a.length === b.length && timingSafeEqual(a, b);
}

/** How many zero bits the hash of a text begins with. */
export function zeroBits(text: string): number {
	const hash = createHash('sha256').update(text).digest();
	let bits = 0;
	for (const byte of hash) {
		if (byte !== 0) return bits + Math.clz32(byte) - 24;
		bits += 8;
	}
	return bits;
}
