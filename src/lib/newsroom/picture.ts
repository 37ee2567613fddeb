/** Pictures: in which widths and formats they are kept. Pure. */

/** From a phone's column to a large screen's whole width. */
export const PICTURE_WIDTHS = [480, 960, 1600] as const;
export const PICTURE_FORMATS = ['avif', 'webp', 'jpeg'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** The original is kept no larger than this on its longer side: nothing is shown larger. */
export const ORIGINAL_AT_MOST = 2400;

/** `/pictures/<id>/960.avif`; width 0 is the original. */
export function pictureAddress(id: string, width: number, format: string): string {
	return `/pictures/${id}/${width === 0 ? 'original' : width}.${format}`;
}

/** What the last part of such an address asks for; null: nothing that there is. */
export function readPictureAddress(file: string): { width: number; format: PictureFormat } | null {
	const [, width = '', named = ''] = /^(original|\d{1,5})\.(avif|webp|jpeg)$/.exec(file) ?? [];
	const format = PICTURE_FORMATS.find((each) => each === named);
	if (!format) return null;
	return { width: width === 'original' ? 0 : Number(width), format };
}
