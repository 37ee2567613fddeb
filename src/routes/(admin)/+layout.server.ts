import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import { shell } from '../shell.server.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => shell(locals.db, signedIn(locals), signedInSession(locals));
