import sharp, { type Sharp } from 'sharp';
import { answerOnce } from './apart.ts';

/** How a picture is wanted: `width` exactly, or `within` so many pixels on its longer side; never larger than it is. */
export type Wanted = {
	format: 'jpeg' | 'png' | 'webp' | 'avif';
	width?: number;
	within?: number;
	quality?: number;
	/** White where it lets through. */
	isFlat?: boolean;
};
/** `colour`: of all of it on average, `#rrggbb`. */
export type Drawn = { bytes: Uint8Array; width: number; height: number; colour: string };
export type DrawingOrder = { bytes: Uint8Array; wanted: readonly Wanted[] };
export type Drawing =
	{ drawn: Drawn[] } | { refused: 'unreadable' } | { refused: 'pixels'; width: number; height: number; most: number };

/** A picture of 100 megapixels takes 400 MB when unpacked; phones make 50. */
const MEGAPIXELS_AT_MOST = 60;
const PIXELS_AT_MOST = MEGAPIXELS_AT_MOST * 1_000_000;

// Drawing is work for the background: pages are answered beside it.
sharp.concurrency(1);
sharp.cache(false);
answerOnce(draw);

async function draw({ bytes, wanted }: DrawingOrder): Promise<Drawing> {
	try {
		const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
		if (width * height > PIXELS_AT_MOST) return { refused: 'pixels', width, height, most: MEGAPIXELS_AT_MOST };
		const drawn: Drawn[] = [];
		for (const each of wanted) drawn.push(await drawAs(bytes, each));
		return { drawn };
	} catch {
		// Whatever the library says of it, to who sent it this is a picture that cannot be read to its end.
		return { refused: 'unreadable' };
	}
}

/** Upright, in the colours of screens, and without what a camera wrote into it. */
async function drawAs(bytes: Uint8Array, { format, width, within, quality, isFlat }: Wanted): Promise<Drawn> {
	const upright = opened(bytes).autoOrient();
	if (width) upright.resize({ width, withoutEnlargement: true });
	if (within) upright.resize({ width: within, height: within, fit: 'inside', withoutEnlargement: true });
	if (isFlat) upright.flatten({ background: '#ffffff' });
	const { data, info } = await written(upright.toColourspace('srgb'), format, quality).toBuffer({
		resolveWithObject: true
	});
	return { bytes: data, width: info.width, height: info.height, colour: await colourOf(data) };
}

function written(picture: Sharp, format: Wanted['format'], quality: number | undefined): Sharp {
	const given = quality === undefined ? {} : { quality };
	if (format === 'avif') return picture.avif({ ...given, effort: 3 });
	if (format === 'jpeg') return picture.jpeg({ ...given, progressive: true });
	return picture.toFormat(format, given);
}

async function colourOf(bytes: Uint8Array): Promise<string> {
	const [red = 0, green = 0, blue = 0] = await opened(bytes)
		.resize(1, 1)
		.removeAlpha()
		.toColourspace('srgb')
		.raw()
		.toBuffer();
	return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function opened(bytes: Uint8Array): Sharp {
	return sharp(bytes, { limitInputPixels: PIXELS_AT_MOST, failOn: 'truncated' });
}
