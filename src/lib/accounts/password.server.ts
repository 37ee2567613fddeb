import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { problem } from '#lib/server/problem.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash of nothing that anyone knows: an unknown address costs the same work as a wrong password. */
const UNKNOWN = '$argon2id$v=19$m=19456,t=2,p=1$jCf3oGmcwaHHkzMlh4gyeQ$0JDEUptI04GwjngHzVqO+V3/bQFrLL+dRr17N7GoIZ4';

/** Hashing runs in the few threads that files and compression need too: one core stays free for them. */
const LANES = Math.max(1, availableParallelism() - 1);
const MOST_WAITING = 200;
let working = 0;
const waiting: (() => void)[] = [];

/** The argon2id hash of a password. */
export async function hashPassword(password: string): Promise<string> {
	return inTurn(() => hash(password.normalize('NFC'), ARGON2));
}

/** Is it the password? Takes the same work where nothing is `stored`. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
	const matches = await inTurn(() => verify(stored ?? UNKNOWN, password.normalize('NFC')));
	return matches && stored !== null;
}

/** Runs the work when a lane is free. Throws `access.busy` where too many wait already. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	if (working >= LANES) {
		if (waiting.length >= MOST_WAITING) throw problem('access.busy');
		await new Promise<void>((resolve) => waiting.push(resolve));
	} else working += 1;
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else working -= 1;
	}
}
