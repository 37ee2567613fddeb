/** Reorganisations as browser and server speak of them. */

export const EVENT_KINDS = [
	'establish',
	'rename',
	'recode',
	'move',
	'merge',
	'split',
	'close',
	'transfer',
	'link'
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Dated links besides the party line. A cluster is a briefing group, not a tier of authority. */
export const LINK_KINDS = ['government', 'vertical', 'cluster', 'host'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];
