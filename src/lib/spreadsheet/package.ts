import { Zip, type ZipInputFile } from 'fflate';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

/** A file of the package, written piece by piece. */
export type Part = { name: string; pieces: AsyncIterable<string> };

const DEFLATED = 8;
/** The format counts bytes in 32 bits; a spreadsheet of that size is a mistake. */
const MOST_BYTES = 0xffff_ffff;
/** A third of the work of the usual level, for files a tenth larger: markup shrinks by itself. */
const LEVEL = 1;
const compress = promisify(deflateRaw);

/**
 * A ZIP package as a stream. Each piece is compressed beside the main thread and forgotten; pieces of some hundred kB
 * lose nothing by that.
 */
export async function* writePackage(parts: Iterable<Part>): AsyncGenerator<Uint8Array> {
	let written: Uint8Array[] = [];
	const zip = new Zip((error, bytes) => {
		if (error) throw error;
		written.push(bytes);
	});
	for (const part of parts) {
		const file: ZipInputFile = { filename: part.name, size: 0, crc: 0, compression: DEFLATED };
		zip.add(file);
		for await (const piece of part.pieces) {
			const bytes = Buffer.from(piece);
			file.crc = crc32(bytes, file.crc);
			file.size += bytes.byteLength;
			if (file.size > MOST_BYTES) throw new RangeError(`${part.name} is larger than a package can hold`);
			file.ondata?.(null, await compress(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }), false);
			yield* written;
			written = [];
		}
		file.ondata?.(null, await compress(''), true);
	}
	zip.end();
	yield* written;
}
