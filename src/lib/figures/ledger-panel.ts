import type { FigureAddress } from './figure-address.ts';

/** A printed figure and the question behind it. */
export type Door = { address: FigureAddress; text: string; label: string };

/** A link of a switch or a filter. */
export type Choice = { href: string; label: string; current?: boolean };

export type LedgerProof = { state: 'ok' | 'warn' | 'fail'; text: string; cases: { href: string; label: string }[] };

export type LedgerRecord = { key: string; href: string | null; name: string; detail: string; day: string };

/** What the ledger drawer shows of a figure, all of it already in the reader's words. Plain data: it is kept in the history. */
export type LedgerPanel = {
	ledger: true;
	href: string;
	label: string;
	definition: string;
	law: string;
	value: string;
	counted: string;
	unit: { name: string; href: string | null };
	period: string;
	known: string;
	/** Facets by which the question is narrowed; each link takes one away. */
	narrowed: Choice[];
	structures: Choice[];
	structureText: string;
	sides: (Door & { list: Choice })[];
	proofs: LedgerProof[];
	records: {
		rows: LedgerRecord[];
		caption: string;
		/** Why the list is not there, or not whole, for this reader. */
		closed: string | null;
		firstHref: string | null;
		nextHref: string | null;
		workbookHref: string;
		hasDays: boolean;
	};
};

/** Is this what a figure's page handed over to be shown over another page? */
export function isLedgerPanel(panel: unknown): panel is LedgerPanel {
	return typeof panel === 'object' && panel !== null && 'ledger' in panel;
}

/** A table of parts; every number is a door to its own records. */
export type PartTable = {
	facet: string;
	label: string;
	head: string;
	rows: { key: string; name: string; door: Door | null; text: string }[];
};
export type Breakdown = {
	tables: PartTable[];
	chart: { title: string; svg: string; rows: { key: string; name: string; door: Door }[] } | null;
};
