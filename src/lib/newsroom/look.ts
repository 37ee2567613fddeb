/** How a reader wants public pages to look: kept in a cookie, told to the style sheet by attributes of the page. Pure. */

const SIZES = ['100', '125', '150', '200'] as const;
const CONTRASTS = ['normal', 'high'] as const;
const SHADES = ['auto', 'light', 'dark'] as const;
export type Look = {
	size: (typeof SIZES)[number];
	contrast: (typeof CONTRASTS)[number];
	shade: (typeof SHADES)[number];
};

export const LOOK_COOKIE = 'kheo.look';
const USUAL: Look = { size: '100', contrast: 'normal', shade: 'auto' };

/** "150.high.dark" → the look; what is not known in it is as usual. */
export function readLook(text: string | undefined): Look {
	const [size, contrast, shade] = (text ?? '').split('.');
	return {
		size: SIZES.find((each) => each === size) ?? USUAL.size,
		contrast: CONTRASTS.find((each) => each === contrast) ?? USUAL.contrast,
		shade: SHADES.find((each) => each === shade) ?? USUAL.shade
	};
}

export function lookText({ size, contrast, shade }: Look): string {
	return `${size}.${contrast}.${shade}`;
}

/** What the controls offer: one step larger or smaller, the other contrast, the other shade. */
export function changesOf(look: Look): { smaller: Look | null; larger: Look | null; contrast: Look; shade: Look } {
	const at = SIZES.indexOf(look.size);
	const [smaller, larger] = [SIZES[at - 1], SIZES[at + 1]];
	return {
		smaller: smaller ? { ...look, size: smaller } : null,
		larger: larger ? { ...look, size: larger } : null,
		contrast: { ...look, contrast: look.contrast === 'high' ? 'normal' : 'high' },
		shade: { ...look, shade: look.shade === 'dark' ? 'light' : 'dark' }
	};
}

/** For the element `html`. */
export function lookAttributes(look: Look): string {
	return `data-size="${look.size}" data-contrast="${look.contrast}" data-shade="${look.shade}"`;
}
