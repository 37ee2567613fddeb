import { redirect } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { findAct } from '#lib/models/act.ts';
import { problem } from '#lib/server/problem.ts';
import type { RequestHandler } from './$types';

/** The list's menu of acts: goes on to the page of the act that was chosen, with the same selection. */
export const GET: RequestHandler = ({ locals, url }) => {
	signedIn(locals);
	const act = findAct(url.searchParams.get('act') ?? '');
	if (!act?.bulk) throw problem('input.not_found');
	const parameters = new URLSearchParams(url.searchParams);
	parameters.delete('act');
	redirect(303, `/models/bulk/${act.noun}?${parameters}`);
};
