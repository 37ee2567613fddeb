import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Actor } from '#lib/accounts/actor.ts';
import { addPicture } from '#lib/newsroom/picture.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { pathOf } from './address.ts';
import type { OldPicture } from './piece.ts';
import { filesUnder } from './source.server.ts';

/** The pictures of an old site, from a folder that the office has: nothing is fetched, addresses only say which file is meant. */

const PICTURES = /^\.(?:jpe?g|png|webp|avif)$/i;

/** Which file of the folder an address means; null: none, or any of several. */
export type Finder = (address: string) => string | null;

/** Looks through a folder once. The longest end of an address that a file has tells which is meant. */
export async function pictureFinder(folder: string | null): Promise<Finder> {
	const byName = new Map<string, string[]>();
	for (const file of folder ? await filesUnder(folder) : [])
		if (PICTURES.test(extname(file))) {
			const name = keyOf(basename(file));
			byName.set(name, [...(byName.get(name) ?? []), file]);
		}
	return (address) => {
		const path = pathOf(address)?.replace(/\?.*$/, '');
		if (!path) return null;
		const parts = path.split('/');
		const name = keyOf(parts.at(-1) ?? '');
		// WordPress shows smaller ones of a picture; the largest there is, is wanted.
		const whole = name.replace(/-(?:\d+x\d+|scaled|e\d{6,})(?=\.\w+$)/, '');
		const found = closest(byName.get(whole) ?? byName.get(name) ?? [], parts.slice(0, -1));
		return found === null || !folder ? null : join(folder, found);
	};
}

function keyOf(name: string): string {
	return name.normalize('NFC').toLowerCase();
}

function closest(files: readonly string[], folders: readonly string[]): string | null {
	const scored = files
		.map((file) => ({ file, score: commonEnd(file.split(/[/\\]/).slice(0, -1), folders) }))
		.toSorted((one, other) => other.score - one.score);
	const [best, next] = scored;
	return best && best.score !== next?.score ? best.file : null;
}

function commonEnd(one: readonly string[], other: readonly string[]): number {
	let count = 0;
	while (count < one.length && one.at(-1 - count) === other.at(-1 - count)) count += 1;
	return count;
}

/**
 * Puts a file among the pictures of the site, once however often it is asked for. Null where it is no picture that can be taken
 * in. One that nobody described says so in the newsroom's list; in its text it stays without words, and that text a draft.
 */
export async function takePicture(
	db: Db,
	actor: Actor,
	given: { siteId: string; file: string; picture: OldPicture; data: string }
): Promise<string | null> {
	const { siteId, file, picture, data } = given;
	const bytes = await readFile(file);
	const name = basename(file);
	const { alt, caption, credit } = picture;
	const form = {
		alt: alt || caption.slice(0, 500) || m.old_site_picture_undescribed({ name: name.slice(0, 100) }),
		caption: caption || null,
		credit: credit || null,
		focalX: 0.5,
		focalY: 0.5
	};
	const key = `old-site:${siteId}:${createHash('sha256').update(bytes).digest('hex')}`;
	try {
		return (await addPicture(db, actor, { siteId, upload: { name, bytes }, form, data, key })).id;
	} catch (error) {
		// A damaged file costs its text the picture, and is told; it must not cost the import.
		if (error instanceof Problem && /^(?:picture|file)\./.test(error.code)) return null;
		throw error;
	}
}
