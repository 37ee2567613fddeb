import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { REORGANISED_ON } from '#lib/places/gazetteer.ts';
import { PLACES_ID, type PlaceTier } from '#lib/places/place.ts';
import { today } from '#lib/server/clock.ts';
import { inTransaction, type Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { dayPlus } from '#lib/vietnamese/day.ts';
import { readOutlines, type Outline } from './geometry.ts';
import { shapesOf, type Region, type Shape } from './shape.ts';

/** Bytes of a file of outlines; those of all communes, at 100 m, are two million. */
const LARGEST = 60_000_000;
const TIERS: Readonly<Record<number, PlaceTier>> = { 2: 'province', 3: 'district', 5: 'commune' };
/** Viet Nam with its archipelagos, in degrees: anything else is in another projection. */
const AROUND = { west: 100, east: 120, south: 5, north: 25 };

/** `day`: on which the codes of the file mean what it draws. */
export type ShapeImport = { tier: PlaceTier; count: number; day: string; changed: boolean };

/**
 * Takes in the outlines of all provinces or all communes of a day, whole or not at all; which day follows from the codes.
 * The operator's own act, as for places. Refuses with what to do.
 */
export async function importShapes(db: Db, actor: Actor, path: string): Promise<ShapeImport> {
	if (!actor.everything) throw problem('access.denied');
	const outlines = await read(path);
	const tier = TIERS[outlines[0]?.code.length ?? 0] ?? 'commune';
	const { day, ids } = await matchPlaces(db, { outlines, tier });
	const rows = outlines.flatMap(({ code, polygons }) =>
		shapesOf(tier, polygons).map((shape) => ({ placeId: ids.get(code), ...shape }))
	);
	const answer = { tier, count: outlines.length, day };
	return inTransaction(db, async (tx) => {
		const json = JSON.stringify(rows);
		const parsed = sql`jsonb_to_recordset(${json}::jsonb) as r ("placeId" uuid, region text, path text, bounds integer[], outline jsonb)`;
		const { rows: differing } = await sql`
			select 1 from ${parsed} left join place_shapes s on s.place_id = "placeId" and s.region = r.region
			where s.path is distinct from r.path or s.outline is distinct from r.outline limit 1`.execute(tx);
		if (differing.length === 0) return { ...answer, changed: false };
		return command(tx, actor, async () => {
			await sql`delete from place_shapes where place_id = any(${[...ids.values()]}::uuid[])`.execute(tx);
			await sql`insert into place_shapes (place_id, region, path, bounds, outline)
				select "placeId", region, path, bounds, outline from ${parsed}`.execute(tx);
			const action = { id: newId(), homeId: PLACES_ID, recordId: PLACES_ID, unitId: null, details: answer };
			return { result: { ...answer, changed: true }, actions: [{ ...action, noun: 'place', verb: 'load_shapes' }] };
		});
	});
}

async function read(path: string): Promise<Outline[]> {
	const bytes = await readFile(path).catch((error: unknown) => {
		throw problem('cli.option_invalid', { detail: `${path}: ${error instanceof Error ? error.message : ''}` }, error);
	});
	if (bytes.length > LARGEST) throw problem('import.file_too_large', { mb: LARGEST / 1_000_000 });
	const answer = readOutlines(parseJson(bytes));
	if ('why' in answer) throw problem('import.geometry_unfit', answer);
	const stray = answer.outlines.find(({ polygons }) => polygons.flat(2).some(([lon, lat]) => !isAround(lon, lat)));
	if (stray) throw problem('import.geometry_projection', { code: stray.code });
	return answer.outlines;
}

function parseJson(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch (error) {
		throw problem('import.geometry_unfit', { where: '', why: error instanceof Error ? error.message : '' }, error);
	}
}

function isAround(lon: number, lat: number): boolean {
	return lon >= AROUND.west && lon <= AROUND.east && lat >= AROUND.south && lat <= AROUND.north;
}

/** The day on which the file's codes are exactly the places of their tier: today, or the last one before 1/7/2025. */
async function matchPlaces(
	db: Db,
	{ outlines, tier }: { outlines: readonly Outline[]; tier: PlaceTier }
): Promise<{ day: string; ids: Map<string, string> }> {
	const codes = new Set(outlines.map(({ code }) => code));
	let nearest = { missing: '', unknown: '', off: Infinity };
	for (const day of [today(), dayPlus(REORGANISED_ON, -1)]) {
		const { rows } = await sql<{ code: string; id: string }>`
			select code, place_id as id from place_versions
			where tier = ${tier} and valid @> ${day}::date and code is not null`.execute(db);
		const ids = new Map(rows.map(({ code, id }) => [code, id]));
		const missing = rows.flatMap(({ code }) => (codes.has(code) ? [] : [code]));
		const unknown = [...codes].filter((code) => !ids.has(code));
		if (missing.length + unknown.length === 0) return { day, ids };
		const off = missing.length + unknown.length;
		if (off < nearest.off) nearest = { missing: some(missing), unknown: some(unknown), off };
	}
	throw problem('import.geometry_codes', { missing: nearest.missing, unknown: nearest.unknown });
}

function some(codes: readonly string[]): string {
	return codes.length === 0 ? '0' : `${codes.length} (${codes.slice(0, 5).join(', ')}${codes.length > 5 ? ' …' : ''})`;
}

/** `isFine`: can it be zoomed? */
export type DrawnShape = Shape & { placeId: string; isFine: boolean };

/** The outlines of places as they are drawn in a page; none where one of them has none: a map with holes tells of no place. */
export async function listShapes(db: Db, placeIds: readonly string[]): Promise<DrawnShape[]> {
	const { rows } = await sql<DrawnShape>`
		select place_id as "placeId", region, path, bounds, outline is not null as "isFine" from place_shapes
		where place_id = any(${[...placeIds]}::uuid[]) order by place_id, region`.execute(db);
	return new Set(rows.map(({ placeId }) => placeId)).size === new Set(placeIds).size ? rows : [];
}

/** A place's outline in degrees, its part in an archipelago apart. */
export type FineShape = { placeId: string; region: Region; outline: [number, number][][][] };

/** The outlines of places for zooming; those of files taken in before these were kept are absent. */
export async function listFineShapes(db: Db, placeIds: readonly string[]): Promise<FineShape[]> {
	const { rows } = await sql<FineShape>`
		select place_id as "placeId", region, outline from place_shapes
		where place_id = any(${[...placeIds]}::uuid[]) and outline is not null order by place_id, region`.execute(db);
	return rows;
}
