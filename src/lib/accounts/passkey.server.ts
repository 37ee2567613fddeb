import {
	generateAuthenticationOptions,
	generateRegistrationOptions,
	verifyAuthenticationResponse,
	verifyRegistrationResponse
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { accountAction } from './account-action.server.ts';
import type { Actor } from './actor.ts';
import * as pending from './pending.server.ts';
import { dropUnusedCodes, factorsOf, refuseWithoutFactor, replaceCodes } from './second-factor.server.ts';
import { endSessions, ownId } from './session.server.ts';
import { enter, findById, type Door, type Outcome } from './sign-in.server.ts';

const MOST_PASSKEYS = 10;

/** The site as browsers see it: passkeys belong to its host. */
type Place = Pick<URL, 'hostname' | 'origin'>;

const bytes = z
	.string()
	.regex(/^[\w-]*$/)
	.max(20_000);
const Credential = { id: bytes, rawId: bytes, type: z.literal('public-key'), clientExtensionResults: z.object({}) };
const Registration = z.object({
	...Credential,
	response: z.object({
		clientDataJSON: bytes,
		attestationObject: bytes,
		transports: z.array(z.string().max(30)).max(10).optional()
	})
});
const Authentication = z.object({
	...Credential,
	response: z.object({
		clientDataJSON: bytes,
		authenticatorData: bytes,
		signature: bytes,
		userHandle: bytes.optional()
	})
});

/** What the browser needs to make a passkey, and the token that a cookie keeps until it answers. */
export async function beginRegistration(db: Db, actor: Actor, place: Place) {
	const person = await findById(db, ownId(actor));
	if (!person) throw problem('access.sign_in');
	const known = await credentialsOf(db, person.id);
	const options = await generateRegistrationOptions({
		rpName: 'Khéo',
		rpID: place.hostname,
		userName: person.email,
		userDisplayName: person.name,
		userID: new TextEncoder().encode(person.id),
		excludeCredentials: known,
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
	});
	const details = { challenge: options.challenge };
	return { options, token: await pending.begin(db, 'passkey_registration', { userId: person.id, details }) };
}

/** Keeps the passkey that the browser made; answers recovery codes where it is the first second factor. */
export async function register(
	db: Db,
	actor: Actor,
	given: { token: string; answer: string; name: string; place: Place; sessionId: string }
): Promise<string[]> {
	const userId = ownId(actor);
	const begun = await pending.take(db, 'passkey_registration', given.token);
	const answer = read(Registration, given.answer);
	if (begun?.userId !== userId || !answer) throw problem('access.passkey_refused');
	const verified = await verifyRegistrationResponse({
		response: answer,
		expectedChallenge: String(begun.details['challenge']),
		expectedOrigin: given.place.origin,
		expectedRPID: given.place.hostname
	}).catch(refuse);
	if (!verified.verified) throw problem('access.passkey_refused');
	const { credential } = verified.registrationInfo;
	return command(db, actor, async (tx) => {
		await sql`select 1 from users where id = ${userId}::uuid for update`.execute(tx);
		const before = await factorsOf(tx, userId);
		if (before.passkeys.length >= MOST_PASSKEYS) throw problem('access.passkey_refused');
		await tx
			.insertInto('passkeys')
			.values({
				id: newId(),
				user_id: userId,
				name: given.name,
				credential_id: credential.id,
				public_key: Buffer.from(credential.publicKey),
				counter: credential.counter,
				transports: credential.transports ?? []
			})
			.execute();
		const isFirst = !before.totpSince && before.passkeys.length === 0;
		const codes = isFirst ? await replaceCodes(tx, userId) : [];
		await endSessions(tx, userId, given.sessionId);
		return { result: codes, actions: [await accountAction(tx, userId, 'add_factor', { factor: 'passkey' })] };
	});
}

/** Takes one of the actor's passkeys out of use. */
export async function remove(db: Db, actor: Actor, id: string): Promise<void> {
	await command(db, actor, async (tx) => {
		const userId = ownId(actor);
		const { numAffectedRows } = await sql`
			delete from passkeys where id = ${id}::uuid and user_id = ${userId}::uuid`.execute(tx);
		if (numAffectedRows !== 1n) throw problem('account.factor_missing');
		await refuseWithoutFactor(tx, actor);
		await dropUnusedCodes(tx, userId);
		return { result: undefined, actions: [await accountAction(tx, userId, 'remove_factor', { factor: 'passkey' })] };
	});
}

/**
 * What the browser needs to sign in with a passkey. After a password only that person's passkeys will do (`step`: the
 * token of the begun sign-in); else the passkey says who it is.
 */
export async function beginSignIn(db: Db, place: Place, step: string | undefined) {
	const begun = step ? await pending.look(db, 'second_factor', step) : null;
	const options = await generateAuthenticationOptions({
		rpID: place.hostname,
		userVerification: 'required',
		allowCredentials: begun?.userId ? await credentialsOf(db, begun.userId) : []
	});
	const details = { challenge: options.challenge };
	const userId = begun?.userId ?? null;
	return { options, token: await pending.begin(db, 'passkey_sign_in', { userId, details }) };
}

/** Signs in with a passkey: it is held and unlocked by its owner, so it is two factors in one. Throws `access.passkey_refused`. */
export async function signIn(
	db: Db,
	given: { token: string; answer: string; place: Place },
	door: Door,
	now = new Date()
): Promise<Outcome> {
	const begun = await pending.take(db, 'passkey_sign_in', given.token, now);
	const answer = read(Authentication, given.answer);
	if (!begun || !answer) throw problem('access.passkey_refused');
	return inTransaction(db, async (tx) => {
		const { rows } = await sql<{ id: string; userId: string; publicKey: Buffer; counter: number }>`
			select id, user_id as "userId", public_key as "publicKey", counter from passkeys
			where credential_id = ${answer.id} for update`.execute(tx);
		const key = rows[0];
		if (!key || (begun.userId !== null && begun.userId !== key.userId)) throw problem('access.passkey_refused');
		const { verified, authenticationInfo } = await verifyAuthenticationResponse({
			response: answer,
			expectedChallenge: String(begun.details['challenge']),
			expectedOrigin: given.place.origin,
			expectedRPID: given.place.hostname,
			credential: { id: answer.id, publicKey: new Uint8Array(key.publicKey), counter: key.counter }
		}).catch(refuse);
		const person = verified ? await findById(tx, key.userId) : null;
		if (!person) throw problem('access.passkey_refused');
		await sql`
			update passkeys set counter = ${authenticationInfo.newCounter}, last_used_at = ${now}
			where id = ${key.id}::uuid`.execute(tx);
		return enter(tx, { person, factor: 'passkey', door }, now);
	});
}

async function credentialsOf(db: Db, userId: string): Promise<{ id: string; transports: string[] }[]> {
	const { rows } = await sql<{ id: string; transports: string[] }>`
		select credential_id as id, transports from passkeys where user_id = ${userId}::uuid`.execute(db);
	return rows;
}

function read<S extends z.ZodType>(schema: S, text: string): z.output<S> | null {
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return null;
	}
}

/** The library says what is wrong with an answer by throwing; to the person it is one refusal. */
function refuse(error: unknown): never {
	throw problem('access.passkey_refused', {}, error);
}
