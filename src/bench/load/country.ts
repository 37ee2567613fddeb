import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { operator, type Role } from '#lib/accounts/actor.ts';
import { TOKEN_PREFIX, type Scope } from '#lib/accounts/token.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { establishProvince, establishTop, idOf, provinceCode } from '../world/units.ts';
import { WORLDS } from '../world/world.ts';
import type { Caller } from './asked.ts';

/** Everybody whose program calls: `communes` register, the officers of `provinces` review. */
export type Country = { communes: readonly Caller[]; provinces: readonly Caller[] };

const actor = operator('Đo');
const AT_ONCE = 500;

/** Communes of the country and an officer with a program's token on each and on each province, without any model. */
export async function fillCountry(db: Db, size: { provinces: number; communes: number }): Promise<Country> {
	const world = { ...WORLDS.national, ...size, bases: 0 };
	await db.transaction().execute(async (tx) => {
		await sql`set local statement_timeout = 0`.execute(tx);
		await establishTop(tx, actor);
		for (let n = 0; n < size.provinces; n += 1) await establishProvince(tx, actor, { world, n });
		await sql`select refresh_statistics()`.execute(tx);
	});
	const codes = Array.from({ length: size.communes }, (_, n) => communeCode(n, size.provinces));
	const provinces = Array.from({ length: size.provinces }, (_, n) => provinceCode(n));
	return {
		communes: await hire(db, codes, { roles: ['officer', 'reviewer'], scopes: ['model.write', 'model.review'] }),
		provinces: await hire(db, provinces, { roles: ['reviewer'], scopes: ['model.review'] })
	};
}

function communeCode(n: number, provinces: number): string {
	return `${provinceCode(n % provinces)}-${String(n).padStart(4, '0')}`;
}

type Post = { roles: readonly Role[]; scopes: readonly Scope[] };

/** Somebody on each unit, who has a token and no password. Answers what their programs need. */
async function hire(db: Db, units: readonly string[], post: Post): Promise<Caller[]> {
	for (let from = 0; from < units.length; from += AT_ONCE) {
		const some = units.slice(from, from + AT_ONCE);
		await db.transaction().execute((tx) => hireSome(tx, some, post));
	}
	return units.map((unit, n) => ({ unit, token: secretOf(unit), address: addressOf(n) }));
}

async function hireSome(tx: Tx, units: readonly string[], { roles, scopes }: Post): Promise<void> {
	const people = JSON.stringify(
		units.map((unit) => ({
			user_id: idOf(`officer of ${unit}`),
			unit_id: idOf(unit),
			token_id: idOf(`token of ${unit}`),
			action_id: idOf(`hiring of ${unit}`),
			name: `Cán bộ ${unit}`,
			email: `can-bo@${unit.toLowerCase()}.example`,
			token_hash: createHash('sha256').update(secretOf(unit)).digest('hex')
		}))
	);
	const columns = sql`(user_id uuid, unit_id uuid, token_id uuid, action_id uuid, name text, email text, token_hash text)`;
	const from = sql`from jsonb_to_recordset(${people}::jsonb) as p ${columns}`;
	await sql`insert into users (id, name, email) select user_id, name, email ${from}`.execute(tx);
	await sql`
		insert into role_grants (id, user_id, unit_id, role, valid, action_id)
		select gen_random_uuid(), user_id, unit_id, role, daterange(current_date, null), action_id ${from}
		cross join unnest(${[...roles]}::text[]) role`.execute(tx);
	await sql`
		insert into api_tokens (id, user_id, unit_id, name, token_hash, scopes, expires_on)
		select token_id, user_id, unit_id, 'Đo', token_hash, ${[...scopes]}::text[], current_date + 30 ${from}`.execute(tx);
}

/** The same world has the same secrets: it exists for a measurement, on loopback, and is thrown away. */
function secretOf(unit: string): string {
	return TOKEN_PREFIX + createHash('sha256').update(`kheo bench ${unit}`).digest('base64url');
}

/** Each office comes from an address of its own, as the proxy in front would say. */
function addressOf(n: number): string {
	return `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
}
