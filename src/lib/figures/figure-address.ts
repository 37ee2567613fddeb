import type { Structure, Where } from './figure.ts';

/** A figure's question as it stands in an address, in a report's slot or on the command line: units by code, days as text. */
export type FigureAddress = {
	figure: string;
	unit: string;
	from?: string | undefined;
	asOf?: string | undefined;
	knownAt?: string | undefined;
	structure?: Structure | undefined;
	by?: readonly string[];
	where?: Where;
};

/** What stands behind a figure's address on top of the question: which page of records, of which half. */
export type Paging = { after?: string | undefined; side?: 'numerator' | 'denominator' | undefined };

/** `/figures/models.registered?unit=YB-DUK&asOf=2024-06-15&where.level=bloc`: every printed number links here. */
export function figureHref(address: FigureAddress, paging: Paging = {}): string {
	return `/figures/${address.figure}?${figureParams(address, paging)}`;
}

/** The same question as a workbook of its records. */
export function workbookHref(address: FigureAddress, paging: Paging = {}): string {
	return `/figures/${address.figure}/records.xlsx?${figureParams(address, paging)}`;
}

function figureParams(address: FigureAddress, paging: Paging): URLSearchParams {
	const params = new URLSearchParams({ unit: address.unit });
	for (const key of ['from', 'asOf', 'knownAt', 'structure'] as const) if (address[key]) params.set(key, address[key]);
	if (address.by?.length) params.set('by', address.by.join(','));
	for (const [facet, values] of Object.entries(address.where ?? {})) params.set(`where.${facet}`, values.join(','));
	if (paging.side) params.set('side', paging.side);
	if (paging.after) params.set('after', paging.after);
	return params;
}
