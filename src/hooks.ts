import type { Transport } from '@sveltejs/kit/hooks';
import { isUnsent } from '#lib/newsroom/unsent.ts';

/** What is for a page's own server only is not written out for a browser that has no script to read it. */
export const transport: Transport = { Unsent: { encode: (value) => isUnsent(value) && 1, decode: () => null } };
