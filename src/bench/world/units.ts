import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { establish, type NewUnit } from '#lib/units/unit.server.ts';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Tx } from '#lib/server/db.ts';
import { baseName, communeName, provinceName } from './names.ts';
import type { World } from './world.ts';

export const TOP = 'TW';
/** Before the first of its acts: what was known at any moment of its ten years was known of this tree. */
const KNOWN_FROM = '2014-12-01 00:00:00+07';

/** The code of the n-th province. */
export function provinceCode(n: number): string {
	return `T${String(n + 1).padStart(2, '0')}`;
}

/** The top of the country, under which its provinces stand. */
export async function establishTop(tx: Tx, actor: Actor): Promise<void> {
	await establishKnown(tx, actor, [{ id: idOf(TOP), code: TOP, name: 'Trung ương', kind: 'board', parentId: null }]);
}

/** A province with its share of the communes and base units; answers how many units these are. */
export async function establishProvince(tx: Tx, actor: Actor, { world, n }: { world: World; n: number }) {
	const code = provinceCode(n);
	const name = `Tỉnh uỷ ${provinceName(n)}`;
	const province: NewUnit = { id: idOf(code), code, name, kind: 'province_committee', parentId: idOf(TOP) };
	const units = [province];
	const each = Math.floor(world.bases / world.communes);
	const more = world.bases % world.communes;
	for (let commune = n; commune < world.communes; commune += world.provinces) {
		const of = `${code}-${String(commune).padStart(4, '0')}`;
		const called = communeName(commune);
		units.push({ id: idOf(of), code: of, name: `Đảng uỷ ${called}`, kind: 'commune_committee', parentId: idOf(code) });
		for (let base = 0; base < each + (commune < more ? 1 : 0); base += 1) {
			const own = `${of}-${String(base + 1).padStart(2, '0')}`;
			units.push({ id: idOf(own), code: own, name: baseName(base, called), kind: 'base_cell', parentId: idOf(of) });
		}
	}
	await establishKnown(tx, actor, units);
	return { units: units.length };
}

async function establishKnown(tx: Tx, actor: Actor, units: readonly NewUnit[]): Promise<void> {
	await establish(tx, actor, { units });
	const ids = units.flatMap(({ id }) => (id === undefined ? [] : [id]));
	for (const table of ['unit_states', 'unit_paths']) {
		await sql`update ${sql.table(table)} set known = tstzrange(${KNOWN_FROM}::timestamptz, null)
			where unit_id = any(${ids}::uuid[]) and upper_inf(known)`.execute(tx);
	}
}

/** The same world has the same ids every time (UUIDv8). */
export function idOf(text: string): string {
	const digest = createHash('sha256').update(`kheo ${text}`).digest('hex');
	return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
