import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	createSecretKey,
	randomBytes,
	type KeyObject
} from 'node:crypto';
import { problem } from '#lib/server/problem.ts';

/** AES-256-GCM: a nonce of 96 random bits, a tag of 128 bits, then the ciphertext. */
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Texts are filled up to a multiple of this, so that the length of a ciphertext tells nothing of a name. */
const PAD_BYTES = 256;
const PAD_MARK = 0x80;

/** A data key belongs to one case; `id` is another one each time the case gets a new key. */
export type DataKey = { id: string; caseId: string; key: KeyObject };

/** A key object: unlike bytes, it does not show itself when it is logged or printed. */
export function newKey(): KeyObject {
	return keyOf(randomBytes(KEY_BYTES));
}

/** Takes over the bytes of a key and wipes them where they came from. */
export function keyOf(bytes: Buffer): KeyObject {
	if (bytes.byteLength !== KEY_BYTES) throw problem('sealed.key_invalid');
	const key = createSecretKey(bytes);
	bytes.fill(0);
	return key;
}

/** Tells keys apart without telling anything of them. */
export function fingerprint(master: KeyObject): string {
	return createHmac('sha256', master).update('kheo master key').digest('hex').slice(0, 32);
}

/** The data key, encrypted with the master key of this version, for this case only. */
export function wrap(master: KeyObject, version: number, { id, caseId, key }: DataKey): Buffer {
	const bytes = key.export();
	const wrapped = encrypt(master, bytes, ['key', caseId, id, String(version)]);
	bytes.fill(0);
	return wrapped;
}

/** Throws `sealed.damaged` where the key, the case or the version is another, or anything was altered. */
export function unwrap(master: KeyObject, version: number, wrapped: Omit<DataKey, 'key'> & { bytes: Buffer }): DataKey {
	const { id, caseId, bytes } = wrapped;
	return { id, caseId, key: keyOf(decrypt(master, bytes, ['key', caseId, id, String(version)])) };
}

/** A field's text, encrypted for this case, this field and this data key. */
export function encryptField({ id, caseId, key }: DataKey, field: string, text: string): Buffer {
	const plain = pad(Buffer.from(text.toWellFormed(), 'utf8'));
	const sealed = encrypt(key, plain, ['field', caseId, field, id]);
	plain.fill(0);
	return sealed;
}

/** Throws `sealed.damaged` for a ciphertext of another case or field, or one that was altered or cut. */
export function decryptField({ id, caseId, key }: DataKey, field: string, sealed: Buffer): string {
	const plain = decrypt(key, sealed, ['field', caseId, field, id]);
	const text = plain.subarray(0, plain.lastIndexOf(PAD_MARK)).toString('utf8');
	plain.fill(0);
	return text;
}

function encrypt(key: KeyObject, plain: Buffer, bound: readonly string[]): Buffer {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(bound));
	const body = Buffer.concat([cipher.update(plain), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** What the library says of a failure is not handed on: it helps nobody but an attacker. */
function decrypt(key: KeyObject, sealed: Buffer, bound: readonly string[]): Buffer {
	if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) throw problem('sealed.damaged');
	const nonce = sealed.subarray(0, NONCE_BYTES);
	const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
		.setAAD(boundTo(bound))
		.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
	try {
		return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
	} catch {
		throw problem('sealed.damaged');
	}
}

function boundTo(parts: readonly string[]): Buffer {
	return Buffer.from(JSON.stringify(['kheo sealed 1', ...parts]), 'utf8');
}

function pad(bytes: Buffer): Buffer {
	const padded = Buffer.alloc(Math.ceil((bytes.byteLength + 1) / PAD_BYTES) * PAD_BYTES);
	bytes.copy(padded);
	padded[bytes.byteLength] = PAD_MARK;
	bytes.fill(0);
	return padded;
}
