import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Time-based one-time codes (RFC 6238) as every authenticator app makes them: SHA-1, six digits, 30 seconds. */
const STEP_S = 30;
const DIGITS = 6;
/** Codes of the step before and after count too: clocks of telephones go wrong by that much. */
const TOLERANCE = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret of 160 bits, in the letters that apps ask for. */
export function newSecret(): string {
	let bits = '';
	for (const byte of randomBytes(20)) bits += byte.toString(2).padStart(8, '0');
	return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('');
}

/** What the QR code says to the app. */
export function totpAddress(secret: string, account: string): string {
	const label = encodeURIComponent(`Khéo:${account}`);
	return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent('Khéo')}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_S}`;
}

/** The time step at a moment. */
export function stepAt(now: Date): number {
	return Math.floor(now.getTime() / 1000 / STEP_S);
}

/** The code of a time step. */
export function codeOf(secret: string, step: number): string {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest();
	const offset = (digest.at(-1) ?? 0) & 15;
	const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
	return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The time step whose code this is, near `now`; null if it is none. */
export function matchingStep(secret: string, code: string, now: Date): number | null {
	if (!/^\d{6}$/.test(code)) return null;
	const here = stepAt(now);
	let found: number | null = null;
	for (let step = here - TOLERANCE; step <= here + TOLERANCE; step += 1)
		if (timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code))) found = step;
	return found;
}

function bytesOf(secret: string): Buffer {
	let bits = '';
	for (const letter of secret) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0');
	return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
