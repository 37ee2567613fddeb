import { zipSync } from 'fflate';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { homeOf } from '#lib/units/unit.server.ts';

type Row = Record<string, string | number | boolean | null>;
type OwnData = { section: string; rows: Row[] }[];

/** What is held of a person, section by section. Secrets are no data about them: hashes and keys are left out. */
const SECTIONS: Readonly<Record<string, (userId: string) => ReturnType<typeof sql<Row>>>> = {
	account: (id) => sql`select id, name, email, language, created_at::text from users where id = ${id}::uuid`,
	roles: (id) => sql`
		select g.role, v.name as unit, lower(g.valid)::text as from, upper(g.valid)::text as until, g.reason
		from role_grants g join lateral (select name from unit_versions v where v.unit_id = g.unit_id
			order by upper(v.valid) desc nulls first limit 1) v on true
		where g.user_id = ${id}::uuid order by g.id`,
	sessions: (id) => sql`
		select created_at::text, expires_at::text, ip_address, user_agent from sessions where user_id = ${id}::uuid order by id`,
	credentials: (id) => sql`
		select provider_id as kind, created_at::text from credentials where user_id = ${id}::uuid order by id`,
	passkeys: (id) => sql`
		select name, created_at::text, last_used_at::text from passkeys where user_id = ${id}::uuid order by id`,
	tokens: (id) => sql`
		select name, scopes, created_at::text, expires_on::text, last_used_at::text, revoked_at::text from api_tokens
		where user_id = ${id}::uuid order by id`,
	mail: (id) => sql`
		select o.subject, o.state, o.created_at::text, o.sent_at::text from outbox o join users u on u.email = o.recipient
		where u.id = ${id}::uuid order by o.id`,
	done: (id) => sql`
		select acted_at::text, noun, record_id::text, verb, reason from actions where actor_id = ${id}::uuid order by id`,
	done_to: (id) => sql`
		select acted_at::text, actor_name, verb, reason from actions where record_id = ${id}::uuid order by id`,
	files: (id) => sql`
		select name, media_type, size_bytes::int, created_at::text from files where created_by = ${id}::uuid order by id`,
	lists: (id) => sql`select year, state, created_at::text from imports where created_by = ${id}::uuid order by id`,
	handled: (id) => sql`
		select case_id::text, lower(valid)::text as from, upper(valid)::text as until
		from sealed_handlers where user_id = ${id}::uuid order by id`,
	requests: (id) => sql`
		select r.kind, r.wish, r.asked_at::text, s.step, s.note, s.taken_at::text from data_requests r
		left join data_request_steps s on s.request_id = r.id where r.user_id = ${id}::uuid order by r.id, s.id`,
	consents: (id) => sql`
		select purpose, version, given, acted_at::text from consents where user_id = ${id}::uuid order by id`
};

/** How much is held of the actor, by section. */
export async function summary(db: Db, actor: Actor): Promise<{ section: string; count: number }[]> {
	return (await read(db, actor)).map(({ section, rows }) => ({ section, count: rows.length }));
}

/** Everything that is held of the actor, as a ZIP of JSON and of a page to read. That it was taken is an action. */
export async function take(db: Db, actor: Actor): Promise<Uint8Array<ArrayBuffer>> {
	const unitId = actor.grants[0]?.unitId ?? null;
	await command(db, actor, async (tx) => {
		if (!actor.id) throw problem('access.denied');
		const homeId = unitId ? await homeOf(tx, unitId, today()) : actor.id;
		const action = { id: newId(), homeId, noun: 'account', recordId: actor.id, verb: 'export_data', unitId };
		return { result: null, actions: [action] };
	});
	const data = await read(db, actor);
	const json = JSON.stringify(Object.fromEntries(data.map(({ section, rows }) => [section, rows])), null, '\t');
	return new Uint8Array(
		zipSync({ 'du-lieu.json': Buffer.from(json), 'du-lieu.html': Buffer.from(pageOf(actor.name, data)) })
	);
}

async function read(db: Db, actor: Actor): Promise<OwnData> {
	const { id } = actor;
	if (!id) throw problem('access.denied');
	const sections: OwnData = [];
	for (const [section, query] of Object.entries(SECTIONS)) {
		const { rows } = await query(id).execute(db);
		sections.push({ section, rows });
	}
	return sections;
}

function pageOf(name: string, data: OwnData): string {
	const title = m.privacy_own_of({ name });
	const tables = data.map(
		({ section, rows }) => `<h2>${escape(word('privacy_section', section))}</h2>${tableOf(rows)}`
	);
	return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>${escape(title)}</title><style>body{font:16px/1.5 sans-serif;margin:2rem}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}</style></head><body><h1>${escape(title)}</h1>${tables.join('')}</body></html>`;
}

function tableOf(rows: readonly Row[]): string {
	const [first] = rows;
	if (!first) return `<p>${escape(m.privacy_nothing())}</p>`;
	const heads = Object.keys(first).map((key) => `<th>${escape(key)}</th>`);
	const lines = rows.map(
		(row) =>
			`<tr>${Object.values(row)
				.map((value) => `<td>${escape(String(value ?? ''))}</td>`)
				.join('')}</tr>`
	);
	return `<table><tr>${heads.join('')}</tr>${lines.join('')}</table>`;
}

function escape(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
