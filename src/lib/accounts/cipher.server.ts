import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What the installation's key can do; the key itself is not handed on. */
export type Cipher = {
	/** Encrypts and authenticates a text (AES-256-GCM). */
	seal: (text: string) => string;
	/** The text again; null where it was altered or the key is another. */
	open: (sealed: string) => string | null;
	/** A keyed digest, for values that a cookie carries and that nobody else may make. */
	sign: (text: string) => string;
};

/** Two keys are derived from the installation's secret, one for each use. */
export function createCipher(secret: string): Cipher {
	const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `kheo ${use}`, 32));
	const [sealing, signing] = [derive('sealing'), derive('signing')];
	return {
		seal: (text) => {
			const nonce = randomBytes(12);
			const cipher = createCipheriv('aes-256-gcm', sealing, nonce);
			const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
		},
		open: (sealed) => {
			const bytes = Buffer.from(sealed, 'base64url');
			if (bytes.length < 28) return null;
			const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12), { authTagLength: 16 });
			decipher.setAuthTag(bytes.subarray(12, 28));
			try {
				return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
			} catch {
				return null;
			}
		},
		sign: (text) => createHmac('sha256', signing).update(text).digest('base64url')
	};
}

/** A secret for a link or a cookie: 192 bits. */
export function newToken(): string {
	return randomBytes(24).toString('base64url');
}

/** What is stored of a token. */
export function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}
