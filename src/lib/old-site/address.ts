/** Addresses of an old site as they are kept: below the root of its host, with the query, readable and in one way. Pure. */

/** What stands for the host of pages that came without one. */
export const NO_HOST = 'http://old.invalid';
const LENGTH_AT_MOST = 2000;

/** "https://x.vn/2020/06/hoi-nghi/?utm=1#a" → "/2020/06/hoi-nghi?utm=1"; null where it is no address of the web. */
export function pathOf(address: string, base: string | null = null): string | null {
	if (!URL.canParse(address, base ?? NO_HOST)) return null;
	const url = new URL(address, base ?? NO_HOST);
	if (!/^https?:$/.test(url.protocol)) return null;
	const plain = readable(url.pathname)
		.replace(/\/{2,}/g, '/')
		.replace(/(?<=.)\/$/, '');
	const path = `${plain}${url.search}`;
	return path.length <= LENGTH_AT_MOST && !/\p{Cc}/u.test(path) ? path.toWellFormed() : null;
}

function readable(path: string): string {
	try {
		return decodeURIComponent(path).normalize('NFC');
	} catch {
		// A page in another encoding wrote it so; it is asked for as it was written.
		return path;
	}
}

export function hostOf(address: string): string | null {
	return URL.canParse(address) ? new URL(address).host.replace(/^www\./, '') : null;
}

/** Does the last part of an address consist of words that are worth keeping as the new one? */
export function wishedSlug(path: string): string | null {
	const last =
		path
			.replace(/\?.*$/, '')
			.split('/')
			.at(-1)
			?.replace(/\.(?:html?|aspx?|php|txt|md)$/i, '') ?? '';
	const words = last.split(/[-_ ]+/).filter((word) => /^\p{L}{2,}$/u.test(word) && !/^[\da-f]{6,}$/i.test(word));
	return words.length >= 3 ? last.replace(/[-_][a-z]?\d{5,}$/i, '') : null;
}
