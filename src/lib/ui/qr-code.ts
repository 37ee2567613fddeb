import { encode } from 'uqr';

const QUIET = 2;
/** Any of the eight is read alike; trying which looks best takes ten times as long as drawing. */
const MASK = 3;

/** A QR code as the address of an image: drawn here, shown without script. */
export function qrCode(text: string): string {
	const { size, data } = encode(text, { ecc: 'M', border: QUIET, maskPattern: MASK });
	const path = data.map((row, y) => runsOf(row, y)).join('');
	// An address holds no space.
	return `data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0,0,${size},${size}'%20shape-rendering='crispEdges'%3E%3Cpath%20fill='white'%20d='M0,0h${size}v${size}H0z'/%3E%3Cpath%20d='${path}'/%3E%3C/svg%3E`;
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
