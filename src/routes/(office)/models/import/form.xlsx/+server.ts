import { signedIn } from '#lib/accounts/guard.ts';
import { writeRegistrationList } from '#lib/import/sample-lists.ts';
import { today } from '#lib/server/clock.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { listAbove } from '#lib/units/unit.server.ts';
import type { RequestHandler } from './$types';

/** A blank list with this office's letterhead, as the reader understands it best. */
export const GET: RequestHandler = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	const above = (await listAbove(db, unit.id)).at(-2);
	const day = today();
	const asked = Number(url.searchParams.get('year'));
	const year = Number.isSafeInteger(asked) && asked >= 1990 && asked <= 2200 ? asked : Number(day.slice(0, 4));
	const bytes = writeRegistrationList([], {
		office: unit.name,
		superior: above?.name ?? '',
		place: '…',
		year,
		asOf: day,
		seed: 1
	});
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			'content-disposition': `attachment; filename="mau-danh-sach-dang-ky-${year}.xlsx"`
		}
	});
};
