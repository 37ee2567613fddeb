import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Answers kept in memory by what they show: found by key, thrown out by tag, the least asked for first when room is short. */

export type Encoding = 'br' | 'gzip' | 'identity';
export type Answered = {
	headers: readonly (readonly [string, string])[];
	tags: readonly string[];
	/** What is read there, for who counts it. */
	article: string | null;
	until: number;
	body: Buffer;
};
export type Kept = Omit<Answered, 'body'> & { etag: string; bodies: Map<Encoding, Buffer> };

export type PageStore = ReturnType<typeof makePageStore>;

/** For each answer kept, besides its bodies. */
const ENTRY_BYTES = 2_000;
/** Below this a packet holds it as it is. */
const WORTH_COMPRESSING = 1_000;
const WINDOW_BITS = { least: 16, most: 22 };
const COMPRESSIBLE = /^(text\/|application\/(xml|json|rss\+xml|atom\+xml|feed\+json))/;

const brotlied = promisify(brotliCompress);
const gzipped = promisify(gzip);

type Room = {
	kept: Map<string, Kept>;
	bytes: number;
	most: number;
	/** Goes up whenever something was thrown out: what was begun before is not kept after. */
	epoch: number;
	isOpen: boolean;
};

export function makePageStore({ bytes }: { bytes: number }) {
	const room: Room = { kept: new Map(), bytes: 0, most: bytes, epoch: 0, isOpen: false };
	return {
		/** What is kept under a key and not too old. */
		find: (key: string, now = Date.now()): Kept | null => find(room, key, now),
		epoch: () => room.epoch,
		/** Whether changes are heard and answers kept. */
		isOpen: () => room.isOpen,
		/** Keeps an answer, unless something was thrown out since it was begun. Answers what is sent, kept or not. */
		keep: (key: string, answered: Answered, begun: number): Kept => keep(room, key, { answered, begun }),
		/** The body in an encoding, compressed once. */
		async bodyIn(key: string, entry: Kept, encoding: Encoding): Promise<{ encoding: Encoding; body: Buffer }> {
			const size = sizeOf(entry);
			const packed = await pack(entry, encoding);
			if (room.kept.get(key) === entry) room.bytes += sizeOf(entry) - size;
			makeRoom(room);
			return packed;
		},
		/** Throws out all that shows one of these. */
		dropTagged(tags: readonly string[]): void {
			room.epoch += 1;
			const old = new Set(tags);
			for (const [key, entry] of room.kept) if (entry.tags.some((tag) => old.has(tag))) drop(room, key, entry);
		},
		/** From now on answers are kept. */
		open(): void {
			room.epoch += 1;
			room.isOpen = true;
		},
		/** Nothing is known to be fresh any more: all is thrown out, and nothing kept until it is opened again. */
		close(): void {
			room.epoch += 1;
			room.isOpen = false;
			room.kept.clear();
			room.bytes = 0;
		},
		size: () => ({ entries: room.kept.size, bytes: room.bytes })
	};
}

function find(room: Room, key: string, now: number): Kept | null {
	const entry = room.kept.get(key);
	if (!entry) return null;
	if (entry.until <= now) {
		drop(room, key, entry);
		return null;
	}
	// The order of a map is that in which its entries were put in: the last asked for stands last.
	room.kept.delete(key);
	room.kept.set(key, entry);
	return entry;
}

function keep(room: Room, key: string, { answered, begun }: { answered: Answered; begun: number }): Kept {
	const { body, ...rest } = answered;
	const etag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
	const entry: Kept = { ...rest, etag, bodies: new Map([['identity', body]]) };
	if (!room.isOpen || begun !== room.epoch || sizeOf(entry) > room.most / 10) return entry;
	const before = room.kept.get(key);
	if (before) drop(room, key, before);
	room.kept.set(key, entry);
	room.bytes += sizeOf(entry);
	makeRoom(room);
	return entry;
}

function drop(room: Room, key: string, entry: Kept): void {
	room.kept.delete(key);
	room.bytes -= sizeOf(entry);
}

function makeRoom(room: Room): void {
	for (const [key, entry] of room.kept) {
		if (room.bytes <= room.most) return;
		drop(room, key, entry);
	}
}

async function pack(entry: Kept, encoding: Encoding): Promise<{ encoding: Encoding; body: Buffer }> {
	const plain = entry.bodies.get('identity') ?? Buffer.alloc(0);
	const type = entry.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
	if (encoding === 'identity' || plain.length < WORTH_COMPRESSING || !COMPRESSIBLE.test(type))
		return { encoding: 'identity', body: plain };
	const ready = entry.bodies.get(encoding);
	if (ready) return { encoding, body: ready };
	const body = await compressed(plain, encoding);
	entry.bodies.set(encoding, body);
	return { encoding, body };
}

function sizeOf({ bodies }: Kept): number {
	return [...bodies.values()].reduce((sum, body) => sum + body.length, ENTRY_BYTES);
}

function compressed(body: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
	if (encoding === 'gzip') return gzipped(body, { level: 7 });
	// A window no larger than the page: four megabytes to be made ready for each would cost more than the rest.
	const window = Math.min(WINDOW_BITS.most, Math.max(WINDOW_BITS.least, Math.ceil(Math.log2(body.length))));
	const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: window };
	return brotlied(body, { params: { ...params, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
}

/** What a client takes of what we can give, the smallest first. */
export function encodingFor(accepted: string | undefined): Encoding {
	const taken = new Set(
		(accepted ?? '')
			.toLowerCase()
			.split(',')
			.map((part) => part.trim())
			.filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
			.map((part) => part.replace(/;.*$/, '').trim())
	);
	if (taken.has('br')) return 'br';
	return taken.has('gzip') ? 'gzip' : 'identity';
}
