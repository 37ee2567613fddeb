import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '#lib/server/db.ts';
import { fromDisk, problem } from '#lib/server/problem.ts';
import { anchor, seal, verify, type Anchor, type Verification } from './chain.server.ts';

const ANCHOR = /^(\d{1,15}):([0-9a-f]{64})$/;

/** `12:ab…` as people keep it on paper. Throws `audit.anchor_invalid`. */
export function parseAnchor(text: string): Anchor {
	const [, number, hash] = ANCHOR.exec(text.trim().toLowerCase()) ?? [];
	if (!number || !hash) throw problem('audit.anchor_invalid');
	return { number: Number(number), hash };
}

export function anchorText({ number, hash }: Anchor): string {
	return `${number}:${hash}`;
}

/** Seals what waits and writes the last block's hash into the data folder, beside the database and not in it. */
export async function sealAndAnchor(db: Db, data: string): Promise<void> {
	await seal(db);
	const last = await anchor(db);
	// What is kept there may only be followed, never replaced by another or by less: that would cover up the removal.
	const kept = keptAnchor(data);
	if (last && (!kept || (await follows(db, kept, last)))) keepAnchor(data, last);
}

/** Writes an anchor into the data folder, in place of the one that is there. */
export function keepAnchor(data: string, kept: Anchor): void {
	const file = anchorFile(data);
	try {
		writeFileSync(`${file}.part`, `${anchorText(kept)}\n`, { mode: 0o600 });
		renameSync(`${file}.part`, file);
	} catch (error) {
		throw fromDisk(error, data) ?? error;
	}
}

async function follows(db: Db, kept: Anchor, last: Anchor): Promise<boolean> {
	if (last.number < kept.number) return false;
	const found = await db
		.selectFrom('action_blocks')
		.select('hash')
		.where('number', '=', kept.number)
		.executeTakeFirst();
	return found?.hash === kept.hash;
}

/** The anchor of the data folder; null where none was written yet. */
export function keptAnchor(data: string): Anchor | null {
	try {
		return parseAnchor(readFileSync(anchorFile(data), 'utf8'));
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
		throw error;
	}
}

/** Seals what waits, recomputes the chain and compares it with the kept anchor and with others. */
export async function verifyAnchored(db: Db, data: string, others: readonly Anchor[] = []): Promise<Verification> {
	await sealAndAnchor(db, data);
	const kept = keptAnchor(data);
	return verify(db, kept ? [kept, ...others] : others);
}

function anchorFile(data: string): string {
	return join(data, 'audit-anchor');
}
