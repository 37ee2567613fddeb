/** Public pages are read without script. */
export const csr = false;
