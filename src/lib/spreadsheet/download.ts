import { logBug } from '#lib/server/log.ts';

const MEDIA_TYPES = {
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	csv: 'text/csv; charset=utf-8'
} as const;

/** Sent together; what goes wrong before the first piece is complete is still answered with its refusal. */
const PIECE_BYTES = 64_000;

/**
 * Answers with a file that is written while it is sent, no faster than the reader takes it. A fault on the way is logged
 * and breaks the connection, so that the browser says that the download failed; a reader who leaves ends the writing.
 */
export async function download(name: string, pieces: AsyncGenerator<Uint8Array>): Promise<Response> {
	const gathered = gather(pieces);
	const first = await gathered.next();
	let left = false;
	const body = new ReadableStream<Uint8Array>(
		{
			start: (controller) => {
				if (!first.done) controller.enqueue(first.value);
			},
			pull: async (controller) => {
				try {
					const next = await gathered.next();
					if (left) return;
					if (next.done) controller.close();
					else controller.enqueue(next.value);
				} catch (error) {
					logBug(error);
					controller.error(error);
				}
			},
			cancel: async () => {
				left = true;
				await gathered.return(undefined);
			}
		},
		{ highWaterMark: 1 }
	);
	const type = name.endsWith('.csv') ? MEDIA_TYPES.csv : MEDIA_TYPES.xlsx;
	return new Response(body, {
		headers: {
			'content-type': type,
			'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`
		}
	});
}

async function* gather(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
	let held: Uint8Array[] = [];
	let size = 0;
	for await (const piece of pieces) {
		held.push(piece);
		size += piece.byteLength;
		if (size < PIECE_BYTES) continue;
		yield Buffer.concat(held);
		held = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(held);
}
