import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { unitsWhere, type Role } from '#lib/accounts/actor.ts';
import { actorOf, giveRoles } from '#lib/accounts/role.server.ts';
import { SCOPES, type Scope } from '#lib/accounts/token.ts';
import { create } from '#lib/accounts/token.server.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { answer } from './door.server.ts';
import { OPERATIONS } from './operations.ts';
import { find } from './route.ts';

/** For tests: people with accounts and tokens, and requests as another program would send them. */

export async function personWith(db: Db, roles: readonly { unitId: string; role: Role }[]) {
	const user = { id: newId(), name: 'Nguyễn Văn Tích Hợp' };
	await sql`insert into users (id, name, email) values (${user.id}, ${user.name}, ${`${user.id}@vi-du.example`})`.execute(
		db
	);
	await inTransaction(db, (tx) => giveRoles(tx, { userId: user.id, grants: roles, actionId: newId() }));
	return { user, actor: await actorOf(db, user) };
}

/** A token of a new person with this role on this unit; by default with every scope that the role allows. */
export async function tokenFor(db: Db, given: { unitId: string; role: Role; scopes?: readonly Scope[]; on?: string }) {
	const { unitId, role, on = unitId } = given;
	const { user, actor } = await personWith(db, [{ unitId, role }]);
	const scopes = given.scopes ?? SCOPES.filter((scope) => unitsWhere(actor, scope).length > 0);
	const made = await create(db, actor, { name: 'Cổng thông tin', unitId: on, scopes, expiresOn: dayPlus(today(), 30) });
	return { ...made, user, actor };
}

export type Call = {
	method?: string;
	body?: unknown;
	/** The body as it is, instead of `body` as JSON. */
	raw?: BodyInit;
	headers?: Readonly<Record<string, string>>;
	address?: string;
	bodyTime_ms?: number;
};

const Answered = z.record(z.string(), z.unknown()).nullable();

/**
 * Asks as another program would, and checks what every answer has to be: JSON of the operation's own schema, or a
 * problem; no cookie, nothing for other sites.
 */
export async function call(db: Db, secret: string | null, path: string, given: Call = {}) {
	const { method = 'GET', body, raw, address = '192.0.2.1', bodyTime_ms } = given;
	const writes = method === 'POST' || method === 'PUT';
	const headers = new Headers({
		...(secret ? { authorization: `Bearer ${secret}` } : {}),
		...(writes ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
		...given.headers
	});
	const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
	const request = new Request(`http://kheo.example/api/v1${path}`, {
		method,
		headers,
		body: sent,
		...(sent instanceof ReadableStream ? { duplex: 'half' } : {})
	});
	const response = await answer(request, { db, address, ...(bodyTime_ms ? { bodyTime_ms } : {}) });
	const text = await response.text();
	const type = response.headers.get('content-type') ?? '';
	const json = /json/.test(type) && text ? Answered.parse(JSON.parse(text)) : null;
	refuseUnfit(response, { method, path, json });
	return { status: response.status, headers: response.headers, text, json: json ?? {} };
}

function refuseUnfit(response: Response, of: { method: string; path: string; json: unknown }): void {
	for (const name of ['set-cookie', 'access-control-allow-origin'])
		if (response.headers.has(name)) throw new Error(`${of.path} answers ${name}`);
	if (!response.ok || of.json === null) return;
	const { operations } = find(OPERATIONS, new URL(of.path, 'http://kheo.example').pathname);
	operations.find(({ method }) => method === of.method)?.answer.parse(of.json);
}
