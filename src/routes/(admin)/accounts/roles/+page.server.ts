import { PERMISSIONS, ROLES, type Role } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { word } from '#lib/ui/word.ts';
import type { PageServerLoad } from './$types';

/** The table the guards read, for everyone who signed in: who may do what is no secret. */
export const load: PageServerLoad = ({ locals }) => {
	signedIn(locals);
	return {
		roles: ROLES.map((role) => ({ role, name: word('role', role), hint: word('role_hint', role) })),
		permissions: Object.entries(PERMISSIONS).map(([permission, given]) => {
			const roles: readonly Role[] = given;
			return { permission, name: word('permission', permission.replace('.', '_')), roles: [...roles] };
		})
	};
};
