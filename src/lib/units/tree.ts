import type { Unit } from './unit.ts';

/**
 * A unit in a tree on the screen. `childCount`: how many stand directly under it, of whom `children` are loaded all or none;
 * `found`: what the reader searched for; `open`: unfolded from the beginning.
 */
export type Branch = Unit & {
	kindName: string;
	childCount: number;
	found: boolean;
	open: boolean;
	children: Branch[];
};
