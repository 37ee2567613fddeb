import { sql } from 'kysely';
import { fileTypeFromBuffer } from 'file-type';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/db.ts';
import { draw, type Drawn, type Wanted } from '#lib/server/drawing.ts';
import { cleanName, enter, MAX_FILE_BYTES, read, store, type Stored, type Upload } from '#lib/server/files.ts';
import { enqueue } from '#lib/server/jobs.ts';
import { problem } from '#lib/server/problem.ts';
import { tellStale } from '#lib/server/public-pages.ts';
import { authorise, visibleTo } from '#lib/units/authority.server.ts';
import { ORIGINAL_AT_MOST, PICTURE_FORMATS, type PictureFormat } from './picture.ts';
import { IS_PUBLIC_PICTURE } from './public.server.ts';
import { widthsOf } from './render.ts';
import type { PictureForm } from './site.schema.ts';
import { holdSite } from './site.server.ts';

const READABLE: readonly string[] = ['jpg', 'png', 'webp', 'avif'];

export type Picture = {
	id: string;
	siteId: string;
	width: number;
	height: number;
	alt: string;
	caption: string | null;
	credit: string | null;
	focalX: number;
	focalY: number;
	colour: string;
	isDrawn: boolean;
};

const COLUMNS = sql<Picture>`p.id, p.site_id as "siteId", p.width, p.height, p.alt, p.caption, p.credit,
	p.focal_x::float8 as "focalX", p.focal_y::float8 as "focalY", p.colour, p.drawn_at is not null as "isDrawn"`;

/**
 * Takes in a picture: by its content, never by its name; turned upright, no larger than anything is shown, and without what the
 * camera wrote into it (place, time, device). Its widths are drawn in the background. Throws `file.empty`, `file.too_large`,
 * `file.heic_refused`, `picture.not_a_picture`, `picture.too_many_pixels`, `picture.truncated`, `picture.slow`.
 */
export async function addPicture(
	db: Db,
	actor: Actor,
	given: { siteId: string; upload: Upload; form: PictureForm; data: string; key?: string | undefined }
): Promise<Picture> {
	const { siteId, form, data } = given;
	const { rows } = await sql<{
		unitId: string;
	}>`select unit_id as "unitId" from sites where id = ${siteId}::uuid`.execute(db);
	if (!rows[0]) throw problem('site.not_found');
	await authorise(db, actor, 'newsroom.write', rows[0].unitId);
	const redrawn = await redraw(given.upload);
	const stored = await store(data, redrawn.bytes);
	const { id } = await command(
		db,
		actor,
		async (tx) => {
			const site = await holdSite(tx, siteId);
			const [pictureId, actionId] = [newId(), newId()];
			const file = await enter(tx, { ...stored, name: redrawn.name, mediaType: 'image/jpeg', createdBy: actor.id });
			const { width, height, colour } = redrawn;
			await tx
				.insertInto('pictures')
				.values({
					id: pictureId,
					site_id: siteId,
					file_id: file.id,
					width,
					height,
					colour,
					...columnsOf(form),
					action_id: actionId
				})
				.execute();
			await enqueue(tx, 'newsroom.draw', { id: pictureId });
			const about = { id: actionId, homeId: site.homeId, noun: 'picture', recordId: pictureId, unitId: site.unitId };
			const details = { file: redrawn.name, width, height };
			return { result: { id: pictureId }, actions: [{ ...about, verb: 'add_picture', details }] };
		},
		given.key
	);
	return getPicture(db, actor, id);
}

/** Changes what is said about a picture and what of it must be seen. */
export async function describePicture(db: Db, actor: Actor, given: { id: string; form: PictureForm }): Promise<void> {
	await command(db, actor, async (tx) => {
		const picture = await getPicture(tx, actor, given.id);
		const site = await holdSite(tx, picture.siteId);
		await authorise(tx, actor, 'newsroom.write', site.unitId);
		await tx.updateTable('pictures').set(columnsOf(given.form)).where('id', '=', given.id).execute();
		await tellStale(tx, { siteIds: [site.id], pictureId: given.id });
		const about = { id: newId(), homeId: site.homeId, noun: 'picture', recordId: given.id, unitId: site.unitId };
		return { result: null, actions: [{ ...about, verb: 'describe_picture' }] };
	});
}

function columnsOf({ alt, caption, credit, focalX, focalY }: PictureForm) {
	return { alt, caption, credit, focal_x: focalX, focal_y: focalY };
}

async function redraw({ name: given, bytes }: Upload): Promise<Drawn & { name: string }> {
	const name = cleanName(given) || 'anh';
	if (bytes.byteLength === 0) throw problem('file.empty', { name });
	if (bytes.byteLength > MAX_FILE_BYTES) throw problem('file.too_large', { name, limit: MAX_FILE_BYTES / 1024 ** 2 });
	const type = await fileTypeFromBuffer(bytes);
	if (type?.ext === 'heic') throw problem('file.heic_refused', { name });
	if (!type || !READABLE.includes(type.ext)) throw problem('picture.not_a_picture', { name });
	const [original] = await drawn({ name, bytes }, [
		{ format: 'jpeg', within: ORIGINAL_AT_MOST, quality: 88, isFlat: true }
	]);
	if (!original) throw problem('picture.truncated', { name });
	return { name, ...original };
}

async function drawn({ name, bytes }: Upload, wanted: readonly Wanted[], how = {}): Promise<Drawn[]> {
	const told = await draw(bytes, wanted, how);
	if ('drawn' in told) return told.drawn;
	if (told.refused === 'pixels') {
		const { width, height, most } = told;
		throw problem('picture.too_many_pixels', { name, width, height, most });
	}
	throw problem(told.refused === 'slow' ? 'picture.slow' : 'picture.truncated', { name });
}

const QUALITY = { avif: 50, webp: 76, jpeg: 80 } as const satisfies Record<PictureFormat, number>;

/** The job that draws a picture in its widths and formats; done again it leaves what is there. */
export async function drawPicture(db: Db, data: string, id: string): Promise<void> {
	const { rows } = await sql<{ siteId: string; sha256: string; name: string; width: number; isDrawn: boolean }>`
		select p.site_id as "siteId", f.sha256, f.name, p.width, p.drawn_at is not null as "isDrawn"
		from pictures p join files f on f.id = p.file_id where p.id = ${id}::uuid`.execute(db);
	const [picture] = rows;
	if (!picture || picture.isDrawn) return;
	const wanted = widthsOf(picture).flatMap((width) =>
		PICTURE_FORMATS.map((format) => ({ format, width, quality: QUALITY[format] }))
	);
	const made = await drawn({ name: picture.name, bytes: await read(data, picture.sha256) }, wanted, {
		inBackground: true
	});
	const stored: Rendition[] = [];
	for (const [at, { format, width }] of wanted.entries()) {
		const { bytes, height } = made[at] ?? {};
		if (bytes && height) stored.push({ format, width, height, ...(await store(data, bytes)) });
	}
	await inTransaction(db, async (tx) => {
		for (const each of stored) await keep(tx, id, each);
		await sql`update pictures set drawn_at = now() where id = ${id}::uuid`.execute(tx);
		await tellStale(tx, { siteIds: [picture.siteId], pictureId: id });
	});
}

type Rendition = Stored & { format: PictureFormat; width: number; height: number };

async function keep(tx: Tx, id: string, { format, width, height, ...stored }: Rendition): Promise<void> {
	const name = `${width}.${format}`;
	const file = await enter(tx, { ...stored, name, mediaType: `image/${format}`, createdBy: null });
	await sql`
		insert into picture_renditions (picture_id, format, width, height, file_id)
		values (${id}::uuid, ${format}, ${width}, ${height}, ${file.id}::uuid) on conflict do nothing`.execute(tx);
}

/** One picture; refuses one of a site the actor may not see. */
export async function getPicture(db: Db, actor: Actor, id: string): Promise<Picture> {
	const { rows } = await sql<Picture>`
		select ${COLUMNS} from pictures p join sites s on s.id = p.site_id
		where p.id = ${id}::uuid and ${visibleTo(actor, 'newsroom.read', { unit: 's.unit_id' })}`.execute(db);
	if (!rows[0]) throw problem('picture.not_found', { id });
	return rows[0];
}

/** The pictures of a site, newest first. The caller has checked that the site may be seen. */
export async function listPictures(db: Db, siteId: string, limit = 60): Promise<Picture[]> {
	const { rows } = await sql<Picture>`
		select ${COLUMNS} from pictures p where p.site_id = ${siteId}::uuid order by p.id desc limit ${limit}`.execute(db);
	return rows;
}

/**
 * The bytes of a picture in a width and format (0: the original), for the public where it is public, else for who may see its
 * site. Throws `picture.not_found` for all others, as if there were none.
 */
export async function openPicture(
	db: Db,
	actor: Actor | null,
	wanted: { id: string; width: number; format: PictureFormat; data: string }
): Promise<{ bytes: Uint8Array<ArrayBuffer>; isPublic: boolean }> {
	const { id, width, format, data } = wanted;
	const file =
		width === 0
			? sql`p.file_id`
			: sql`(select r.file_id from picture_renditions r
		where r.picture_id = p.id and r.width = ${width} and r.format = ${format})`;
	const { rows } = await sql<{ sha256: string; isPublic: boolean; isSeen: boolean }>`
		select f.sha256, ${IS_PUBLIC_PICTURE} as "isPublic",
			${actor ? visibleTo(actor, 'newsroom.read', { unit: 's.unit_id' }) : sql`false`} as "isSeen"
		from pictures p join sites s on s.id = p.site_id join files f on f.id = ${file} where p.id = ${id}::uuid`.execute(db);
	const [found] = rows;
	if (!found || !(found.isPublic || found.isSeen)) throw problem('picture.not_found', { id });
	return { bytes: await read(data, found.sha256), isPublic: found.isPublic };
}
