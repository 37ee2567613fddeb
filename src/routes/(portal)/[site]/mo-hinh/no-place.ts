/** What stands in the address for models of which the place is not known. */
export const NO_PLACE = 'chua-ro';
