import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { v7 as newId } from 'uuid';
import type { Tx } from './db.ts';
import { draw } from './drawing.ts';
import { fromDisk, problem } from './problem.ts';

export const MAX_FILE_BYTES = 20 * 1024 ** 2;

/** What may be attached, by content: extension → how it is kept. Images are drawn anew, which leaves out where and when they were taken. */
const ACCEPTED = {
	pdf: 'kept',
	docx: 'kept',
	xlsx: 'kept',
	pptx: 'kept',
	odt: 'kept',
	ods: 'kept',
	jpg: 'jpeg',
	png: 'png',
	webp: 'webp'
} as const;
type Extension = keyof typeof ACCEPTED;

const MAX_NAME_LENGTH = 120;

export type Upload = { name: string; bytes: Uint8Array };
export type Accepted = { name: string; mediaType: string; bytes: Uint8Array };
export type Stored = { sha256: string; sizeBytes: number };

/**
 * Looks at what was sent: its type by content (never by name), its size, its name. Images come back without their
 * metadata. Throws `file.empty`, `file.too_large`, `file.heic_refused`, `file.type_refused`, `file.image_unreadable`.
 */
export async function accept(upload: Upload): Promise<Accepted> {
	const { bytes } = upload;
	const shown = cleanName(upload.name);
	if (bytes.byteLength === 0) throw problem('file.empty', { name: shown });
	if (bytes.byteLength > MAX_FILE_BYTES)
		throw problem('file.too_large', { name: shown, limit: MAX_FILE_BYTES / 1024 ** 2 });
	const type = await fileTypeFromBuffer(bytes);
	if (type?.ext === 'heic') throw problem('file.heic_refused', { name: shown });
	if (!type || !isAccepted(type.ext)) throw problem('file.type_refused', { name: shown });
	const name = withExtension(shown, type.ext);
	const way = ACCEPTED[type.ext];
	return { name, mediaType: type.mime, bytes: way === 'kept' ? bytes : await redraw(bytes, way, name) };
}

function isAccepted(extension: string): extension is Extension {
	return extension in ACCEPTED;
}

async function redraw(bytes: Uint8Array, format: 'jpeg' | 'png' | 'webp', name: string): Promise<Uint8Array> {
	const told = await draw(bytes, [{ format }]);
	const [drawn] = 'drawn' in told ? told.drawn : [];
	if (!drawn) throw problem('file.image_unreadable', { name });
	return drawn.bytes;
}

/** The last part of a path, without what a file system, a header or a reader of right-to-left text could misread. */
export function cleanName(name: string): string {
	const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	return last
		.replace(/[\p{Cc}\p{Cf}]/gu, '')
		.replace(/[<>:"|?*]/g, ' ')
		.replace(/\s+/g, ' ')
		.trim()
		.replace(/^\.+/, '');
}

/** The name ends as its content says: `hoa-don.exe` that is a PDF becomes `hoa-don.pdf`. */
function withExtension(name: string, extension: Extension): string {
	const stem = name.replace(/(\.[A-Za-z0-9]{1,5})+$/, '').trim() || 'tep';
	return `${Array.from(stem).slice(0, MAX_NAME_LENGTH).join('')}.${extension}`;
}

/**
 * Keeps bytes under their digest in `<data>/files`; the same bytes are kept once. Written aside, flushed, then renamed:
 * a file that is there is whole. Throws `data.disk_full`, `data.unwritable`.
 */
export async function store(data: string, bytes: Uint8Array): Promise<Stored> {
	const folder = join(data, 'files');
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const path = join(folder, sha256);
	const stored = { sha256, sizeBytes: bytes.byteLength };
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		if (await isThere(path)) return stored;
		await writeWhole(path, bytes);
		return stored;
	} catch (error) {
		throw fromDisk(error, folder) ?? error;
	}
}

async function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		(found) => found.isFile(),
		(error: unknown) => {
			if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
			throw error;
		}
	);
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
	const aside = `${path}.${randomUUID()}.part`;
	try {
		const file = await open(aside, 'wx', 0o600);
		try {
			await file.writeFile(bytes);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(aside, path);
	} catch (error) {
		await rm(aside, { force: true });
		throw error;
	}
}

/** The bytes kept under a digest. A row without its bytes is a damaged data folder: a bug, not a refusal. */
export async function read(data: string, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
	if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a digest');
	return new Uint8Array(await readFile(join(data, 'files', sha256)));
}

/** Enters a stored file in the register, within the command that needs it. Answers its id. */
export async function enter(
	tx: Tx,
	file: Stored & { name: string; mediaType: string; createdBy: string | null }
): Promise<{ id: string }> {
	const id = newId();
	await tx
		.insertInto('files')
		.values({
			id,
			sha256: file.sha256,
			name: file.name,
			media_type: file.mediaType,
			size_bytes: file.sizeBytes,
			created_by: file.createdBy
		})
		.execute();
	return { id };
}
