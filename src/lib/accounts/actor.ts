/** Who acts. Pure: what a role may do is this one table, for the screens and for the guards alike. */

export const ROLES = ['officer', 'reviewer', 'leader', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = {
	'unit.read': ['officer', 'reviewer', 'leader', 'administrator'],
	'unit.establish': ['administrator'],
	'account.manage': ['administrator'],
	'model.read': ['officer', 'reviewer', 'leader'],
	'model.write': ['officer', 'reviewer'],
	'model.review': ['reviewer', 'leader'],
	'model.import': ['officer', 'reviewer'],
	'report.read': ['officer', 'reviewer', 'leader'],
	'report.write': ['officer', 'reviewer'],
	'report.sign': ['leader'],
	'template.write': ['reviewer', 'leader']
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

export type Grant = { unitId: string; role: Role };

/**
 * A signed-in person, or the operator at the machine's own command line (`everything`), who has the data folder
 * in hand anyway. `grants` are those valid today.
 */
export type Actor = { id: string | null; name: string; grants: readonly Grant[]; everything: boolean };

/** The operator of the machine: the command line and background jobs. */
export function operator(name: string): Actor {
	return { id: null, name, grants: [], everything: true };
}

/** Units on which the actor may do this; everything under them is included. */
export function unitsWhere(actor: Actor, permission: Permission): string[] {
	const roles: readonly Role[] = PERMISSIONS[permission];
	return actor.grants.filter((grant) => roles.includes(grant.role)).map((grant) => grant.unitId);
}
