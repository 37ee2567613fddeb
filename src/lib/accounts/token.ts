import type { Permission } from './actor.ts';

/** Tokens for other programs: what they may be given. Pure, for the page and for the guard alike. */

/**
 * What a token can be made for; each is named after the permission it needs. Accounts, templates, sealed identities and
 * signatures are persons' acts and have no scope.
 */
export const SCOPES = [
	'unit.read',
	'unit.reorganise',
	'figure.read',
	'model.read',
	'model.write',
	'model.review',
	'report.read',
	'report.write',
	'newsroom.read',
	'newsroom.write',
	'newsroom.publish',
	'audit.read'
] as const satisfies readonly Permission[];
export type Scope = (typeof SCOPES)[number];

/** Nothing is written that cannot be read, and a report is read with its figures. */
const OPENS: Readonly<Record<Scope, readonly Permission[]>> = {
	'unit.read': [],
	'unit.reorganise': ['unit.reorganise'],
	'figure.read': ['figure.read'],
	'model.read': ['model.read', 'figure.read'],
	'model.write': ['model.read', 'model.write'],
	'model.review': ['model.read', 'model.review'],
	'report.read': ['report.read', 'figure.read', 'model.read'],
	'report.write': ['report.read', 'report.write', 'figure.read', 'model.read'],
	'newsroom.read': ['newsroom.read', 'figure.read'],
	'newsroom.write': ['newsroom.read', 'newsroom.write', 'figure.read'],
	'newsroom.publish': [
		'newsroom.read',
		'newsroom.write',
		'newsroom.edit',
		'newsroom.approve',
		'newsroom.publish',
		'figure.read'
	],
	'audit.read': ['audit.read']
};

/** The permissions that scopes open, where the owner has them; every token may read the names of its units. */
export function permissionsOf(scopes: readonly Scope[]): Permission[] {
	return [...new Set<Permission>(['unit.read', ...scopes.flatMap((scope) => OPENS[scope])])];
}

/** What every token begins with, so that one that strayed into a file or a message is recognised. */
export const TOKEN_PREFIX = 'kheo_';
export const LONGEST_TOKEN_DAYS = 366;
/** Live tokens of one person: who needs more has programs that should have accounts of their own. */
export const TOKENS_AT_MOST = 20;

export function isScope(text: string): text is Scope {
	return SCOPES.some((scope) => scope === text);
}
