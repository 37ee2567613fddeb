import type { Unit } from './unit.ts';

/** A unit in a tree on the screen. `found`: what the reader searched for; `open`: unfolded from the beginning. */
export type Branch = Unit & { kindName: string; registers: boolean; found: boolean; open: boolean; children: Branch[] };
