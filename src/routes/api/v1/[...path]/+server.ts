import { answer } from '#lib/api/door.server.ts';
import type { RequestHandler } from './$types';

/** Every address and method of the API comes in here. */
export const fallback: RequestHandler = ({ request, locals: { db }, getClientAddress }) =>
	answer(request, { db, address: getClientAddress() });
