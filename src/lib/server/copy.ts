import type pg from 'pg';

/** Whole rows in the text form of COPY. */
export type Rows = { bytes: Buffer; count: number };

const PIECE_BYTES = 64 * 1024;
/** What may wait here to be fetched; beyond that the server waits. */
const WAITING_BYTES = 4 * 1024 ** 2;

/** What `pg` hands to a query that copies; its types do not tell of it. */
type CopyConnection = { sendCopyFromChunk: (chunk: Buffer) => void; endCopyFrom: () => void };

/** The rows of `copy … to stdout`, in pieces. Who stops fetching before the end has to end the client. */
export async function* copyOut(client: pg.Client, statement: string): AsyncGenerator<Rows> {
	const gathered = gather();
	const outcome: { ended: boolean; failure: Error | null } = { ended: false, failure: null };
	let wake = (): void => undefined;
	const { stream } = client.connection;
	client.query({
		submit: (connection: pg.Connection) => connection.query(statement),
		handleCopyData: ({ chunk }: { chunk: Buffer }) => {
			gathered.add(chunk);
			if (gathered.bytes() > WAITING_BYTES) stream.pause();
			wake();
		},
		handleCommandComplete: () => undefined,
		handleReadyForQuery: () => {
			outcome.ended = true;
			wake();
		},
		handleError: (error: Error) => {
			outcome.failure = error;
			wake();
		}
	});
	for (;;) {
		if (outcome.failure) throw outcome.failure;
		const rows = gathered.take();
		if (rows) {
			stream.resume();
			yield rows;
		} else if (outcome.ended) return;
		else await new Promise<void>((resolve) => (wake = resolve));
	}
}

/** PostgreSQL sends a row at a time, in memory that `pg` uses again: rows are copied together. */
function gather() {
	let full: Rows[] = [];
	let current = { bytes: Buffer.allocUnsafe(PIECE_BYTES), used: 0, count: 0 };
	let waiting = 0;
	const close = (least: number): void => {
		if (current.count > 0) full.push({ bytes: current.bytes.subarray(0, current.used), count: current.count });
		current = { bytes: Buffer.allocUnsafe(Math.max(PIECE_BYTES, least)), used: 0, count: 0 };
	};
	return {
		add: (row: Buffer): void => {
			if (current.used + row.length > current.bytes.length) close(row.length);
			current.used += row.copy(current.bytes, current.used);
			current.count += 1;
			waiting += row.length;
		},
		bytes: (): number => waiting,
		take: (): Rows | null => {
			if (full.length === 0 && current.count > 0) close(0);
			const [first, ...rest] = full;
			full = rest;
			waiting -= first?.bytes.length ?? 0;
			return first ?? null;
		}
	};
}

/** Hands rows in the text form of COPY to `copy … from stdin`; answers how many were taken. */
export function copyIn(client: pg.Client, statement: string, rows: Buffer): Promise<number> {
	return new Promise((resolve, reject) => {
		let count = 0;
		client.query({
			submit: (connection: pg.Connection) => connection.query(statement),
			handleCopyInResponse: (connection: CopyConnection) => {
				connection.sendCopyFromChunk(rows);
				connection.endCopyFrom();
			},
			handleCommandComplete: ({ text }: { text: string }) => (count = Number(text.replace(/^COPY /, ''))),
			handleReadyForQuery: () => resolve(count),
			handleError: reject
		});
	});
}
