import { z } from 'zod';

/** The form of archives that this program writes; it reads no newer one. */
export const FORMAT = 1;

/** Entries of an archive besides `files/…` and the parts of tables, in their order with those between the first two. */
export const ENTRY = {
	format: 'kheo-archive.json',
	anchor: 'audit-anchor',
	manifest: 'manifest.json',
	seal: 'manifest.json.sha256'
} as const;

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().min(0);
const Name = z.string().min(1).max(200);

/** The first entry, by which an archive is known. */
export const Format = z.object({ format: z.literal('kheo-archive'), version: z.int().min(1) });

/** `sha256` of a table: of its rows as COPY writes them, by their key. Of the files: of their digests, a line each. */
export const Manifest = z.strictObject({
	...Format.shape,
	product: Name,
	postgres: Name,
	takenAt: z.iso.datetime(),
	migrations: z.array(z.strictObject({ name: Name, checksum: Digest })),
	tables: z.array(
		z.strictObject({ name: Name, columns: z.array(Name), rows: Count, bytes: Count, sha256: Digest, parts: Count })
	),
	sequences: z.array(z.strictObject({ table: Name, column: Name, last: Count })),
	files: z.strictObject({ count: Count, bytes: Count, sha256: Digest, missing: z.array(Digest) }),
	keys: z.strictObject({
		secret: z.strictObject({ fingerprint: z.string().nullable(), needed: Count }),
		master: z.array(z.strictObject({ version: Count, fingerprint: z.string(), cases: Count }))
	}),
	entries: z.array(z.strictObject({ name: Name, size: Count, sha256: Digest }))
});
export type Manifest = z.output<typeof Manifest>;
export type Entry = Manifest['entries'][number];

/** Where an uploaded file lies in an archive. */
export function fileEntry(sha256: string): string {
	return `files/${sha256}`;
}

/** Where a piece of a table lies, counted from 1. */
export function partEntry(table: string, part: number): string {
	return `tables/${table}/${String(part).padStart(6, '0')}.copy.zst`;
}

/** The table that an entry is a part of; null for any other. */
export function tableOfEntry(entry: string): string | null {
	return /^tables\/([a-z][a-z0-9_]*)\/\d{6,}\.copy\.zst$/.exec(entry)?.[1] ?? null;
}

/** The line of a digest as `sha256sum --check` reads it. */
export function sealOf(digest: string): string {
	return `${digest}  ${ENTRY.manifest}\n`;
}
