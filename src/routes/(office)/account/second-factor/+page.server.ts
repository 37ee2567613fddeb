import { z } from 'zod';
import { mustProveAgain, proveAgain } from '#lib/accounts/again.server.ts';
import { dropCookie, readCookie } from '#lib/accounts/door.server.ts';
import { signedIn, signedInSession } from '#lib/accounts/guard.ts';
import * as passkeys from '#lib/accounts/passkey.server.ts';
import { qrCode } from '#lib/ui/qr-code.ts';
import * as factors from '#lib/accounts/second-factor.server.ts';
import { totpAddress } from '#lib/accounts/totp.ts';
import { attempt, parse } from '#lib/server/form.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { db, site } = locals;
	const actor = signedIn(locals);
	const session = signedInSession(locals);
	const own = await factors.factorsOf(db, session.user.id);
	const secret = own.totpSince ? null : await factors.beginTotp(db, actor, site.cipher);
	return {
		isRequired: factors.asksForSecondFactor(actor) && !own.totpSince && own.passkeys.length === 0,
		again: mustProveAgain(session),
		totpSince: own.totpSince && formatInstant(own.totpSince),
		totp: secret && {
			secret: secret.replaceAll(/(.{4})(?=.)/g, '$1 '),
			qr: qrCode(totpAddress(secret, session.user.email))
		},
		recoveryCodesLeft: own.recoveryCodesLeft,
		passkeys: own.passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
			id,
			name,
			made: formatInstant(createdAt),
			lastUsed: lastUsedAt && formatInstant(lastUsedAt)
		}))
	};
};

const password = z.string().max(256).default('');
const CodeForm = z.strictObject({
	code: z
		.string()
		.transform((text) => text.replaceAll(/\s/g, ''))
		.pipe(z.string().regex(/^\d{6}$/, 'field_code_wrong')),
	password
});
const AgainForm = z.strictObject({ password });
const PasskeyForm = z.strictObject({
	name: z.string().trim().min(1, 'field_required').max(60, 'field_too_long'),
	answer: z.string().max(40_000),
	password
});
const RemoveForm = z.strictObject({ id: z.uuid('field_id_invalid'), password });

/** Answers what the form's act answers, once the person proved to be still there. */
async function change<S extends z.ZodType<{ password: string }>, T extends object>(
	{ locals, request }: RequestEvent,
	schema: S,
	act: (form: z.output<S>) => Promise<T>
) {
	const actor = signedIn(locals);
	const session = signedInSession(locals);
	const read = parse(await request.formData(), schema);
	if (!read.ok) return read.failure;
	return attempt(async () => {
		await proveAgain(locals.db, actor, { session, password: read.value.password });
		return act(read.value);
	});
}

export const actions: Actions = {
	confirm: (event) =>
		change(event, CodeForm, async ({ code }) => {
			const { db, site } = event.locals;
			const given = { cipher: site.cipher, code, sessionId: signedInSession(event.locals).id };
			return { codes: await factors.confirmTotp(db, signedIn(event.locals), given) };
		}),
	removeTotp: (event) =>
		change(event, AgainForm, async () => {
			await factors.removeTotp(event.locals.db, signedIn(event.locals));
			return { removed: true };
		}),
	renewCodes: (event) =>
		change(event, AgainForm, async () => ({
			codes: await factors.renewRecoveryCodes(event.locals.db, signedIn(event.locals))
		})),
	addPasskey: (event) =>
		change(event, PasskeyForm, async ({ name, answer }) => {
			const token = readCookie(event, 'passkey') ?? '';
			dropCookie(event, 'passkey');
			const sessionId = signedInSession(event.locals).id;
			const given = { token, answer, name, place: event.url, sessionId };
			return { codes: await passkeys.register(event.locals.db, signedIn(event.locals), given), added: true };
		}),
	removePasskey: (event) =>
		change(event, RemoveForm, async ({ id }) => {
			await passkeys.remove(event.locals.db, signedIn(event.locals), id);
			return { removed: true };
		})
};
