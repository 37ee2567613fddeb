import { createCipher } from '#lib/accounts/cipher.server.ts';
import { filing, newsroom, drafted, type Newsroom } from '#lib/newsroom/newsroom.sample.ts';
import { publishThrough } from '#lib/newsroom/publication.server.ts';
import type { Db } from '#lib/server/db.ts';
import { CommentForm } from './comment.schema.ts';
import { givePass, zeroBits } from './pass.server.ts';
import { sendComment, type Door, type Outcome } from './receive.server.ts';

/** A newsroom with a public article, and readers for tests. */

export const SLUG = 'mot-bai';
const { sign } = createCipher('một khoá chỉ dùng để thử nghiệm, đủ dài');

export async function discussed(db: Db): Promise<Newsroom & { article: string }> {
	const world = await newsroom(db);
	const article = await drafted(db, world, {}, filing({ slug: SLUG }));
	await publishThrough(db, world.machine, { id: article, at: null });
	return { ...world, article };
}

let last = 0;

/** A reader at the door of the article, each from a network of its own unless told. */
export function reader(given: Partial<Door> = {}): Door {
	last += 1;
	const address = `10.${(last >> 16) & 255}.${(last >> 8) & 255}.${last & 255}`;
	return { site: 'khoi', article: SLUG, address, sign, now: new Date(), ...given };
}

/** The number that a pass asks for. */
export function solve(pass: string, bits: number): string {
	let solution = 0;
	while (zeroBits(`${pass} ${solution}`) < bits) solution += 1;
	return String(solution);
}

/** A pass that costs little, with its number. */
export function proof(door: Door, commentId = ''): { pass: string; solution: string } {
	const subject = `${door.site}/${door.article}/${commentId}`;
	const pass = givePass(door.sign, { subject, kind: 'work', amount: 6, now: door.now });
	return { pass, solution: solve(pass, 6) };
}

export function said(given: object = {}): CommentForm {
	return CommentForm.parse({ name: 'Lò Thị Hoa', text: 'Việc này ở bản tôi cũng làm được.', consent: 'on', ...given });
}

/** Sends a comment with a proof of its own. */
export async function sent(db: Db, given: object = {}, door: Door = reader()): Promise<Outcome> {
	return sendComment(db, door, said({ ...proof(door), ...given }));
}
