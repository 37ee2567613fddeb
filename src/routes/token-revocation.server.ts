import type { RequestEvent } from '@sveltejs/kit';
import { signedIn } from '#lib/accounts/guard.ts';
import { RevocationForm } from '#lib/accounts/token.schema.ts';
import { revoke } from '#lib/accounts/token.server.ts';
import { attempt, parse } from '#lib/server/form.ts';

/** The act of both pages that list tokens. */
export async function revokeToken({ locals: { db, ...locals }, request }: RequestEvent) {
	const actor = signedIn(locals);
	const read = parse(await request.formData(), RevocationForm);
	if (!read.ok) return read.failure;
	return attempt(async () => {
		await revoke(db, actor, read.value.tokenId);
		return { isRevoked: true };
	});
}
