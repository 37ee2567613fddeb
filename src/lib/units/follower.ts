/** What hangs on units besides units: nouns tell here what they have, so that an event can say what it moves. */
import type { Role } from '#lib/accounts/actor.ts';
import type { Db, Tx } from '#lib/server/db.ts';

export type HeldRole = { grantId: string; unitId: string; person: string; role: Role };

/** Role → the unit it goes over to, or null: it ends. `day`: the first day on which that is so. */
export type RoleMove = { grantId: string; toUnitId: string | null; day: string };

/** What was done about roles, kept in the action so that it can be undone. Days are first days without the role. */
export type RolesMoved = { ended: { grantId: string; until: string | null }[]; given: string[] };

export type RoleFollower = {
	/** Roles held on these units on the day or later. */
	list: (db: Db, unitIds: readonly string[], day: string) => Promise<HeldRole[]>;
	move: (tx: Tx, moves: readonly RoleMove[], actionId: string) => Promise<RolesMoved>;
	undo: (tx: Tx, moved: RolesMoved) => Promise<void>;
};

/** Something that a noun has open on a unit: cases go over to who takes the unit over, reports want to be finished first. */
export type Open = { unitId: string; what: 'cases' | 'reports'; count: number };

export type Holding = {
	noun: string;
	open: (db: Db, unitIds: readonly string[]) => Promise<Open[]>;
	/** Where cases are said to be, folded, for those of these that say it. */
	places?: (db: Db, caseIds: readonly string[]) => Promise<Map<string, string>>;
	/** Anything at all on these units, so that they cannot be taken back as if they had never been. */
	uses: (db: Db, unitIds: readonly string[]) => Promise<boolean>;
};

/** All of them, as the catalogue lists them. */
export type Followers = { roles: RoleFollower; holdings: readonly Holding[] };
