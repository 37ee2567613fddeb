import { m } from '#lib/paraglide/messages.js';

/**
 * Texts by their key, for words that are chosen by a coded value. In the browser only those of `WORD_FAMILIES`
 * (`vite.config.ts`).
 */
export const WORDS: Readonly<Record<string, unknown>> = m;
