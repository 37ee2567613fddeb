import { encode } from 'uqr';

const QUIET = 2;
/** Any of the eight is read alike; trying which looks best takes ten times as long as drawing. */
const MASK = 3;

/** A QR code as the address of an image that holds it: shown without script, and nobody else is asked for it. */
export function qrCode(text: string): string {
	// An address holds no space.
	const drawing = qrDrawing(text).replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll(' ', '%20');
	return `data:image/svg+xml,${drawing}`;
}

/** A QR code as an SVG file. */
export function qrDrawing(text: string): string {
	const { size, data } = encode(text, { ecc: 'M', border: QUIET, maskPattern: MASK });
	const path = data.map((row, y) => runsOf(row, y)).join('');
	return `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0,0,${size},${size}' shape-rendering='crispEdges'><path fill='white' d='M0,0h${size}v${size}H0z'/><path d='${path}'/></svg>`;
}

/** A row of dots as boxes one high, each as long as dots stand together. */
function runsOf(row: readonly boolean[], y: number): string {
	let path = '';
	for (let from = 0; from < row.length; from += 1) {
		if (!row[from]) continue;
		const end = row.indexOf(false, from);
		const length = (end < 0 ? row.length : end) - from;
		path += `M${from},${y}h${length}v1h-${length}z`;
		from += length;
	}
	return path;
}
