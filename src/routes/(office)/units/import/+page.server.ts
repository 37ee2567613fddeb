import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { signedIn } from '#lib/accounts/guard.ts';
import { readUnits } from '#lib/import/unit-list.ts';
import { Unreadable } from '#lib/import/unreadable.ts';
import { readWorkbook } from '#lib/import/workbook.server.ts';
import { today } from '#lib/server/clock.ts';
import { attempt } from '#lib/server/form.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import { importUnits, type ListedUnit, type UnitImport } from '#lib/units/import.server.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(locals.db, actor, url);
	await authorise(locals.db, actor, 'unit.establish', unit.id);
	return { unit, today: today() };
};

/** Between preview and writing the list waits in the page itself; what comes back is checked like any other input. */
const Kept = z
	.array(
		z.strictObject({
			sheet: z.string().max(200),
			row: z.number().int(),
			code: z.string().min(1).max(40),
			name: z.string().min(1).max(300),
			kindName: z.string().max(300).nullable(),
			parentCode: z.string().max(60).nullable()
		})
	)
	.max(20_000);

export const actions: Actions = {
	preview: async ({ locals, request, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(locals.db, actor, url);
		const file = (await request.formData()).get('list');
		if (!(file instanceof File) || file.size === 0) return fail(400, { issues: { list: 'field_required' } });
		return attempt(async () => {
			const bytes = new Uint8Array(await file.arrayBuffer());
			const { rows, refused } = readUnits(await readWorkbook(bytes, file.name).catch(refuse));
			const plan = await importUnits(locals.db, actor, { rows, parentId: unit.id, dryRun: true });
			const unread = refused.map((one) => ({ ...one, text: word('import_refused', one.code, one.params) }));
			return { preview: shown(plan, { unread, rows }) };
		});
	},
	write: async ({ locals, request, url }) => {
		const actor = signedIn(locals);
		const unit = await chosenUnit(locals.db, actor, url);
		const rows = Kept.safeParse(fromJson((await request.formData()).get('rows')));
		if (!rows.success) return attempt(() => Promise.reject(problem('input.invalid')));
		return attempt(async () => {
			const plan = await importUnits(locals.db, actor, { rows: rows.data, parentId: unit.id });
			if (plan.committed) return { written: plan.accepted.length };
			return { preview: shown(plan, { unread: [], rows: rows.data }) };
		});
	}
};

function refuse(error: unknown): never {
	throw error instanceof Unreadable ? problem(error.code, error.params, error) : error;
}

function fromJson(text: unknown): unknown {
	if (typeof text !== 'string') return null;
	try {
		return JSON.parse(text);
	} catch {
		// Not what the page sent: the schema says so to the reader.
		return null;
	}
}

type Told = { sheet: string; row: number; value: string; text: string };

function shown(plan: UnitImport, of: { unread: readonly Told[]; rows: readonly ListedUnit[] }) {
	const unfit = plan.refused.map((one) => ({ ...one, text: word('import_refused', one.code, one.params) }));
	const refused = [...of.unread, ...unfit];
	const listed = new Map(plan.accepted.map((unit) => [unit.id, unit.name]));
	return {
		read: of.rows.length + of.unread.length,
		skipped: plan.skipped,
		accepted: plan.accepted.map(({ code, name, kind, parentId }) => ({
			code,
			name,
			kind: word('unit_kind', kind),
			parentName: listed.get(parentId ?? '') ?? ''
		})),
		refused: refused.map(({ sheet, row, value, text }) => ({
			key: `${sheet}:${row}:${text}`,
			sheet,
			row,
			value,
			text
		})),
		rows: refused.length === 0 ? JSON.stringify(of.rows) : ''
	};
}
