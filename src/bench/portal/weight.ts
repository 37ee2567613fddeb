/** What a browser fetches for a page besides its pictures, compressed as it is sent. */

const FACE = /@font-face\s*{([^}]*)}/g;
const HEADERS = { 'accept-encoding': 'br' };

/** Of a page in kB: HTML, style sheets and the fonts that its letters need; script. */
export async function weigh(address: string, path: string): Promise<{ page_kb: number; script_kb: number }> {
	const page = await fetched(new URL(path, address));
	const urls = (pattern: RegExp, text: string, base: URL) =>
		[...new Set([...text.matchAll(pattern)].map(([, url = '']) => new URL(url, base).href))].map((url) => new URL(url));
	const sheets = await all(urls(/<link href="([^"]+\.css)"/g, page.text, page.url));
	const faces = sheets.flatMap(({ text, url }) =>
		[...text.matchAll(FACE)]
			.filter(([, face = '']) => isNeeded(face, page.text))
			.flatMap(([, face = '']) => urls(/url\(["']?([^"')]+\.woff2)/g, face, url).slice(0, 1))
	);
	const fonts = await all([...new Set(faces.map(String))].map((url) => new URL(url)));
	const scripts = await all(urls(/<script src="([^"]+)"/g, page.text, page.url));
	return { page_kb: sum([page, ...sheets, ...fonts]), script_kb: sum(scripts) };
}

type Fetched = { url: URL; text: string; bytes: number };

function all(urls: readonly URL[]): Promise<Fetched[]> {
	return Promise.all(urls.map(fetched));
}

async function fetched(url: URL): Promise<Fetched> {
	const response = await fetch(url, { headers: HEADERS });
	const text = await response.text();
	if (!response.ok) throw new Error(`${url} answered ${response.status}`);
	return { url, text, bytes: Number(response.headers.get('content-length') ?? text.length) };
}

function sum(parts: readonly Fetched[]): number {
	return parts.reduce((bytes, part) => bytes + part.bytes, 0) / 1000;
}

/** Has the page a letter of this font's range? */
function isNeeded(face: string, text: string): boolean {
	const range = /unicode-range:\s*([^;}]+)/i.exec(face)?.[1];
	if (range === undefined) return true;
	const parts = range.split(',').map((part) => {
		const [from = '', to = from] = part.trim().replace(/^U\+/i, '').split('-');
		return [Number.parseInt(from.replaceAll('?', '0'), 16), Number.parseInt(to.replaceAll('?', 'F'), 16)] as const;
	});
	return [...new Set(text)].some((letter) => {
		const code = letter.codePointAt(0) ?? 0;
		return parts.some(([from, to]) => code >= from && code <= to);
	});
}
