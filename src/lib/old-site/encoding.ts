import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { problem } from '#lib/server/problem.ts';

/** The text of files that old sites left: what a file says of its letters is believed, and held against it. */

const LOOKED_AT = 4096;
const FILE_BYTES_AT_MOST = 20 * 1024 ** 2;

/** The encoding that the first bytes of a file name, or null. */
function namedEncoding(start: Uint8Array): string | null {
	const [first, second, third] = start;
	if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	if (first === 0xfe && second === 0xff) return 'utf-16be';
	const text = Buffer.from(start).toString('latin1');
	const [, inXml] = /^\s*<\?xml[^>]*\bencoding=["']([\w-]+)["']/i.exec(text) ?? [];
	const [, inMeta] = /<meta\b[^>]*\bcharset=["']?([\w-]+)/i.exec(text) ?? [];
	return inXml ?? inMeta ?? null;
}

function decoderOf(encoding: string, file: string): TextDecoder {
	try {
		return new TextDecoder(encoding, { fatal: true });
	} catch (error) {
		throw problem('old_site.encoding_unknown', { file, encoding }, error);
	}
}

/** A large file as pieces of text. Throws `old_site.unreadable`, `old_site.encoding_unknown`, `old_site.encoding_wrong`. */
export async function* streamText(path: string, given: string | null): AsyncGenerator<string> {
	const encoding = given ?? namedEncoding(await startOf(path)) ?? 'utf-8';
	const decoder = decoderOf(encoding, path);
	let bytes = 0;
	const decode = (chunk?: Buffer) => {
		try {
			return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
		} catch (error) {
			throw problem('old_site.encoding_wrong', { file: path, encoding, byte: bytes }, error);
		}
	};
	for await (const chunk of createReadStream(path, { highWaterMark: 32 * 1024 })) {
		if (!Buffer.isBuffer(chunk)) continue;
		yield decode(chunk);
		bytes += chunk.byteLength;
	}
	yield decode();
}

async function startOf(path: string): Promise<Uint8Array> {
	try {
		await using file = await open(path);
		const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
		return buffer.subarray(0, bytesRead);
	} catch (error) {
		throw problem('old_site.unreadable', { file: path, reason: error instanceof Error ? error.message : '' }, error);
	}
}

/**
 * A page as text. One that is not in the encoding it names, or in UTF-8 where it names none, is read as Windows-1258, by which
 * Vietnamese pages were saved before; `isGuessed` says so.
 */
export async function readText(
	path: string,
	{ file, encoding }: { file: string; encoding: string | null }
): Promise<{ text: string; isGuessed: boolean }> {
	const bytes = await readFile(path);
	if (bytes.byteLength > FILE_BYTES_AT_MOST)
		throw problem('old_site.item_too_large', { file, line: 1, most: FILE_BYTES_AT_MOST / 1024 ** 2 });
	const named = encoding ?? namedEncoding(bytes.subarray(0, LOOKED_AT)) ?? 'utf-8';
	try {
		return { text: decoderOf(named, file).decode(bytes), isGuessed: false };
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		// It lied, or said nothing: the one other encoding that such pages have.
		return { text: new TextDecoder('windows-1258').decode(bytes), isGuessed: true };
	}
}
