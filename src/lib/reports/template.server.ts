import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { compareText } from '#lib/vietnamese/text.ts';
import type { ReportBody } from './document.ts';
import type { DocumentFamily, Letterhead } from './letterhead.ts';
import { HALF_YEAR } from './template.half-year.ts';
import type { Template } from './template.ts';
import { YEAR } from './template.year.ts';

/** What Khéo brings along; an office changes a copy of its own. */
const SUPPLIED: readonly Template[] = [HALF_YEAR, YEAR];

/** A template as a unit uses it. `unitId` is its owner; null for those supplied with Khéo. */
export type UsedTemplate = Template & { id: string; unitId: string | null; ownerName: string | null };

/** The template of this code for a unit: its own, else that of the nearest office above, else the supplied one. */
export async function inUse(tx: Tx, unitId: string, code: string): Promise<UsedTemplate> {
	const owned = (await listOwned(tx, unitId)).find((template) => template.code === code);
	if (owned) return owned;
	const supplied = SUPPLIED.find((template) => template.code === code);
	if (!supplied) throw problem('template.not_found', { code });
	return { ...supplied, id: await supply(tx, supplied), unitId: null, ownerName: null };
}

/** A supplied template stands in the table from its first use on, so that reports can refer to the very version. */
async function supply(tx: Tx, template: Template): Promise<string> {
	await tx
		.insertInto('report_templates')
		.values({
			id: newId(),
			unit_id: null,
			code: template.code,
			version: template.version,
			name: template.name,
			family: template.family,
			letterhead: JSON.stringify(template.letterhead),
			body: JSON.stringify(template.body)
		})
		.onConflict((conflict) => conflict.constraint('report_templates_version_unique').doNothing())
		.execute();
	const { rows } = await sql<{ id: string }>`
		select id from report_templates where unit_id is null and code = ${template.code} and version = ${template.version}`.execute(
		tx
	);
	const id = rows[0]?.id;
	if (!id) throw new Error(`template ${template.code} was not stored`);
	return id;
}

/** Every template a unit may begin a report from, one a code, by name. */
export async function listFor(db: Db, unitId: string): Promise<Omit<UsedTemplate, 'id'>[]> {
	const owned = await listOwned(db, unitId);
	const supplied = SUPPLIED.filter((template) => !owned.some((own) => own.code === template.code));
	return [...owned, ...supplied.map((template) => ({ ...template, unitId: null, ownerName: null }))].sort(
		(one, other) => compareText(one.name, other.name)
	);
}

/** Latest versions owned by the unit or the nearest office above it. */
async function listOwned(db: Db, unitId: string): Promise<UsedTemplate[]> {
	const { rows } = await sql<UsedTemplate>`
		select distinct on (t.code) t.id, t.unit_id as "unitId", t.code, t.version, t.name, t.family, t.letterhead, t.body,
			v.name as "ownerName"
		from report_templates t
		join unit_paths p on p.ancestor_id = t.unit_id and p.unit_id = ${unitId}::uuid and p.valid @> ${today()}::date and upper_inf(p.known)
		join unit_versions v on v.unit_id = t.unit_id and v.valid @> ${today()}::date
		order by t.code, p.depth, t.version desc`.execute(db);
	return rows;
}

export type EditedTemplate = {
	unitId: string;
	code: string;
	/** The version that was being edited: of the office's own, or the one it starts from. */
	version: number;
	name: string;
	family: DocumentFamily;
	letterhead: Letterhead;
	body: ReportBody;
};

/** Saves a template of the office's own as its next version. Refuses when somebody has saved one meanwhile. */
export async function edit(db: Db, actor: Actor, edited: EditedTemplate): Promise<{ version: number }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'template.write', edited.unitId);
		const current = await inUse(tx, edited.unitId, edited.code);
		if (current.version !== edited.version) throw problem('template.changed_meanwhile', { version: current.version });
		const id = newId();
		const version = current.version + 1;
		await tx
			.insertInto('report_templates')
			.values({
				id,
				unit_id: edited.unitId,
				code: edited.code,
				version,
				name: edited.name,
				family: edited.family,
				letterhead: JSON.stringify(edited.letterhead),
				body: JSON.stringify(edited.body)
			})
			.execute();
		const homeId = await homeOf(tx, edited.unitId, today());
		const details = { code: edited.code, version };
		const action = {
			id: newId(),
			homeId,
			noun: 'report_template',
			recordId: id,
			verb: 'edit',
			unitId: edited.unitId,
			details
		};
		return { result: { version }, actions: [action] };
	});
}
