import { draw } from '#lib/server/drawing.ts';

/** Pictures drawn by the program: invented landscapes, so that no page of the demonstration shows a person who lives. */

const SKIES = ['#cfe0ea', '#f3dcc0', '#d9e4d1', '#e6d6df'] as const;
const HILLS = [
	['#9db7a0', '#6f9478', '#456b50'],
	['#c3a878', '#9a7f52', '#6b5635'],
	['#8fb0b8', '#5f8894', '#3a5f6b']
] as const;

const WIDTH = 960;
const HEIGHT = 600;

/** One of many landscapes, always the same for a number. */
export async function landscape(number: number): Promise<Uint8Array> {
	const sky = SKIES[number % SKIES.length] ?? SKIES[0];
	const hills = HILLS[number % HILLS.length] ?? HILLS[0];
	const ranges = hills.map((colour, depth) => `<path d="${range(number, depth)}" fill="${colour}"/>`).join('');
	const sun = `<circle cx="${180 + ((number * 137) % 600)}" cy="${110 + ((number * 31) % 60)}" r="46" fill="#fff4d6"/>`;
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="${sky}"/>${sun}${ranges}${houses(number)}</svg>`;
	const told = await draw(Buffer.from(svg), [{ format: 'jpeg', quality: 85 }]);
	const [drawn] = 'drawn' in told ? told.drawn : [];
	if (!drawn) throw new Error(`no landscape: ${JSON.stringify(told)}`);
	return drawn.bytes;
}

function range(number: number, depth: number): string {
	const base = 280 + depth * 90;
	const crest = Array.from({ length: 13 }, (_, at) => {
		const height = Math.sin(at * (0.9 + depth * 0.35) + number * 1.7 + depth) * (56 - depth * 12);
		return `${at * 80},${Math.round(base - height)}`;
	});
	return `M0,${HEIGHT} L${crest.join(' L')} L${WIDTH},${HEIGHT} Z`;
}

function houses(number: number): string {
	return Array.from({ length: 3 + (number % 3) }, (_, at) => {
		const [x, y] = [120 + at * 150 + ((number * 53) % 60), 470 + ((at * 37 + number * 11) % 50)];
		return `<path d="M${x - 12},${y} l42,-30 l42,30 z" fill="#9d1b1f"/><rect x="${x}" y="${y}" width="60" height="44" fill="#fbf7ee"/><rect x="${x + 22}" y="${y + 16}" width="16" height="28" fill="#7a5510"/>`;
	}).join('');
}
