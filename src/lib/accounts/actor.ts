/** Who acts. Pure: what a role may do is this one table, for the screens and for the guards alike. */

export const ROLES = [
	'officer',
	'reviewer',
	'leader',
	'petition_officer',
	'newsroom_editor',
	'judge',
	'auditor',
	'administrator'
] as const;
export type Role = (typeof ROLES)[number];

/** Those who do the office's own work; administrators and auditors stand beside it. */
const STAFF = ['officer', 'reviewer', 'leader', 'petition_officer', 'newsroom_editor', 'judge'] as const;

/**
 * Permission → roles that have it, on their unit and on everything under it. An administrator runs accounts and units
 * and reads no case; an auditor reads and changes nothing; only who handles petitions comes near a sealed identity.
 */
export const PERMISSIONS = {
	'unit.read': ROLES,
	'unit.establish': ['administrator'],
	'unit.establish_listed': ['reviewer', 'administrator'],
	'unit.reorganise': ['administrator'],
	'unit.attribute': ['officer', 'reviewer'],
	'account.manage': ['administrator'],
	'audit.read': ['auditor', 'administrator'],
	'figure.read': [...STAFF, 'auditor'],
	'model.read': ['officer', 'reviewer', 'leader', 'newsroom_editor', 'auditor'],
	'model.write': ['officer', 'reviewer'],
	'model.review': ['reviewer', 'leader'],
	'model.import': ['officer', 'reviewer'],
	'report.read': ['officer', 'reviewer', 'leader', 'auditor'],
	'report.write': ['officer', 'reviewer'],
	'report.sign': ['leader'],
	'template.write': ['reviewer', 'leader'],
	'newsroom.read': ['officer', 'reviewer', 'leader', 'newsroom_editor', 'auditor'],
	'newsroom.write': ['officer', 'reviewer', 'newsroom_editor'],
	'newsroom.edit': ['reviewer', 'newsroom_editor'],
	'newsroom.approve': ['leader', 'newsroom_editor'],
	'newsroom.publish': ['leader', 'newsroom_editor'],
	'newsroom.moderate': ['reviewer', 'leader', 'newsroom_editor'],
	'newsroom.manage': ['leader', 'newsroom_editor'],
	'sealed.handle': ['petition_officer'],
	'sealed.assign': ['leader']
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

export type Grant = { unitId: string; role: Role };

/**
 * A signed-in person, or the operator at the machine's own command line (`everything`), who has the data folder
 * in hand anyway. `grants` are those valid today. `token`: another program asks in the person's name and may use no
 * more than these permissions.
 */
export type Actor = {
	id: string | null;
	name: string;
	grants: readonly Grant[];
	everything: boolean;
	token?: { id: string; name: string; permissions: readonly Permission[] };
};

/** The operator of the machine: the command line and background jobs. */
export function operator(name: string): Actor {
	return { id: null, name, grants: [], everything: true };
}

/** Units on which the actor may do this; everything under them is included. */
export function unitsWhere(actor: Actor, permission: Permission): string[] {
	if (actor.token && !actor.token.permissions.includes(permission)) return [];
	const roles: readonly Role[] = PERMISSIONS[permission];
	return actor.grants.filter((grant) => roles.includes(grant.role)).map((grant) => grant.unitId);
}
