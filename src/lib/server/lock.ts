import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { problem } from './problem.ts';

const holder = z.object({ pid: z.number(), started: z.string(), address: z.string() });

export type Holder = z.infer<typeof holder>;
export type Lock = { describe: (address: string) => void; release: () => void };

/** Takes the lock file, or answers who holds it. A holder that no longer lives does not count. */
export function takeLock(file: string): Lock | Holder {
	const own: Holder = { pid: process.pid, started: processStarted(process.pid) ?? '', address: '' };
	for (;;) {
		if (placeOwn(file, own)) return lockOf(file, own);
		const present = readHolder(file);
		if (present && processStarted(present.pid) === present.started) return present;
		removeStale(file, present);
	}
}

/** Runs `work` while holding the lock file; waits for another holder. Throws `data.locked` after `patience_ms`. */
export async function withLock<T>(file: string, patience_ms: number, work: () => Promise<T>): Promise<T> {
	const deadline = Date.now() + patience_ms;
	for (;;) {
		const taken = takeLock(file);
		if ('release' in taken) {
			try {
				return await work();
			} finally {
				taken.release();
			}
		}
		if (Date.now() > deadline) throw problem('data.locked', { address: file, pid: taken.pid });
		await setTimeout(40);
	}
}

/** When a process began, so that a reused process id is not mistaken for it; null when there is none. */
export function processStarted(pid: number): string | null {
	if (existsSync('/proc/self/stat')) {
		try {
			// The name in the second field may hold spaces and brackets: count from behind it.
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return fields[0] === 'Z' ? null : `${bootId()}/${fields[19] ?? ''}`;
		} catch {
			return null;
		}
	}
	try {
		return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
	} catch {
		return null;
	}
}

function bootId(): string {
	return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function lockOf(file: string, own: Holder): Lock {
	return {
		describe: (address) => writeWhole(file, { ...own, address }),
		release: () => rmSync(file, { force: true })
	};
}

/** A hard link appears whole and at most once, which an exclusive open followed by a write does not promise. */
function placeOwn(file: string, own: Holder): boolean {
	const draft = `${file}.${randomUUID()}`;
	writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
	try {
		linkSync(draft, file);
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
		throw error;
	} finally {
		rmSync(draft, { force: true });
	}
}

function readHolder(file: string): Holder | null {
	try {
		return holder.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		return null;
	}
}

/** Moves the dead lock away; should a living one have come in between, it is put back. */
function removeStale(file: string, seen: Holder | null): void {
	const aside = `${file}.${randomUUID()}`;
	try {
		renameSync(file, aside);
	} catch {
		return;
	}
	const moved = readHolder(aside);
	if (moved && (moved.pid !== seen?.pid || moved.started !== seen.started)) renameSync(aside, file);
	else rmSync(aside);
}

function writeWhole(file: string, content: Holder): void {
	const draft = `${file}.${randomUUID()}`;
	writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
	renameSync(draft, file);
}
