import { hash, verify } from '@node-rs/argon2';
import { betterAuth, type BetterAuthPlugin } from 'better-auth';
import type { Kysely } from 'kysely';
import { v7 as newId } from 'uuid';
import type { DB } from '../../../db/types.ts';
import { log } from '#lib/server/log.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const SESSION_S = 12 * 60 * 60;

export async function hashPassword(password: string): Promise<string> {
	return hash(password.normalize('NFC'), ARGON2);
}

/**
 * The account library, bound to our tables. Pages call it from the server only; its own HTTP routes are not mounted.
 * `plugins`: what ties its cookies to the framework in use.
 */
export function createAuth(db: Kysely<DB>, options: { secret: string; origin: string; plugins?: BetterAuthPlugin[] }) {
	return betterAuth({
		database: { db, type: 'postgres' },
		secret: options.secret,
		baseURL: options.origin,
		telemetry: { enabled: false },
		logger: {
			level: 'warn',
			log: (level, message) => log(level === 'error' ? 'error' : 'warn', 'account', { message })
		},
		emailAndPassword: {
			enabled: true,
			disableSignUp: true,
			password: {
				hash: hashPassword,
				verify: ({ hash: stored, password }) => verify(stored, password.normalize('NFC'))
			}
		},
		user: {
			modelName: 'users',
			fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' }
		},
		session: {
			modelName: 'sessions',
			expiresIn: SESSION_S,
			fields: {
				userId: 'user_id',
				expiresAt: 'expires_at',
				ipAddress: 'ip_address',
				userAgent: 'user_agent',
				createdAt: 'created_at',
				updatedAt: 'updated_at'
			}
		},
		account: {
			modelName: 'credentials',
			fields: {
				userId: 'user_id',
				accountId: 'account_id',
				providerId: 'provider_id',
				accessToken: 'access_token',
				refreshToken: 'refresh_token',
				accessTokenExpiresAt: 'access_token_expires_at',
				refreshTokenExpiresAt: 'refresh_token_expires_at',
				idToken: 'id_token',
				createdAt: 'created_at',
				updatedAt: 'updated_at'
			}
		},
		verification: {
			modelName: 'verifications',
			fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' }
		},
		advanced: {
			cookiePrefix: 'kheo',
			useSecureCookies: options.origin.startsWith('https://'),
			database: { generateId: () => newId() }
		},
		plugins: options.plugins ?? []
	});
}
export type Auth = ReturnType<typeof createAuth>;
