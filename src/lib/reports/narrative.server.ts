import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { command } from '#lib/actions/action.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { authorise } from '#lib/units/authority.server.ts';
import { homeOf } from '#lib/units/unit.server.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import type { Narratives } from './document.ts';
import { officialWord } from './label.ts';
import { SECTIONS } from './template.ts';

export type NarrativeState = 'sent' | 'accepted' | 'returned';

/** Which section of which period's report a text is for. */
export type Place = { unitId: string; code: string; beginsOn: string; section: string };

/** What one unit wrote, with its origin. */
export type Narrative = {
	id: string;
	unitId: string;
	unitName: string;
	section: string;
	text: string;
	state: NarrativeState;
	reason: string | null;
	writerName: string;
	sentAt: Date;
};

/** A unit writes a section for the report above it; until it is taken over it may write it anew. */
export async function send(
	db: Db,
	actor: Actor,
	{ text, ...place }: Place & { text: string }
): Promise<{ id: string }> {
	return command(db, actor, async (tx) => {
		await authorise(tx, actor, 'report.write', place.unitId);
		const homeId = await homeOf(tx, place.unitId, today());
		const actionId = newId();
		const { rows } = await sql<{ id: string }>`
			insert into report_narratives as n (id, home_id, unit_id, code, begins_on, section, text, state, action_id)
			values (${newId()}::uuid, ${homeId}::uuid, ${place.unitId}::uuid, ${place.code}, ${place.beginsOn}::date, ${place.section},
				${clean(text)}, 'sent', ${actionId}::uuid)
			on conflict on constraint report_narratives_once_unique do update
				set text = excluded.text, state = 'sent', reason = null, action_id = excluded.action_id, changed_at = excluded.changed_at
				where n.state <> 'accepted'
			returning id`.execute(tx);
		const id = rows[0]?.id;
		if (!id) throw problem('narrative.accepted_already');
		const details = { code: place.code, beginsOn: place.beginsOn, section: place.section };
		return {
			result: { id },
			actions: [{ id: actionId, homeId, noun: 'narrative', recordId: id, verb: 'send', unitId: place.unitId, details }]
		};
	});
}

/** Paragraphs are kept, everything else is one line of words. */
function clean(text: string): string {
	const lines = text
		.split(/\r?\n/)
		.map(normalise)
		.filter((line) => line !== '');
	if (lines.length === 0) throw problem('narrative.empty');
	return lines.join('\n');
}

/** The office takes a text over into its report. */
export async function accept(db: Db, actor: Actor, id: string): Promise<void> {
	return judge(db, actor, { id, state: 'accepted', reason: null });
}

/** The office gives a text back with a reason that the unit reads; one taken over leaves the report again. */
export async function giveBack(db: Db, actor: Actor, returned: { id: string; reason: string }): Promise<void> {
	const why = normalise(returned.reason);
	if (why === '') throw problem('report.reason_missing');
	return judge(db, actor, { id: returned.id, state: 'returned', reason: why });
}

async function judge(
	db: Db,
	actor: Actor,
	judged: { id: string; state: 'accepted' | 'returned'; reason: string | null }
): Promise<void> {
	return command(db, actor, async (tx) => {
		const held = await hold(tx, judged.id);
		await authorise(tx, actor, 'report.write', held.officeId);
		if (held.state === judged.state) throw problem('narrative.state_conflict');
		await sql`
			update report_narratives set state = ${judged.state}, reason = ${judged.reason}, changed_at = now()
			where id = ${judged.id}::uuid`.execute(tx);
		const verb = judged.state === 'accepted' ? 'accept' : 'return';
		const action = {
			id: newId(),
			homeId: held.homeId,
			noun: 'narrative',
			recordId: judged.id,
			verb,
			unitId: held.unitId,
			reason: judged.reason
		};
		return { result: undefined, actions: [action] };
	});
}

/** The text, locked, with the office that judges it: the one directly above the writer, or the writer where nobody is. */
async function hold(
	tx: Tx,
	id: string
): Promise<{ homeId: string; unitId: string; officeId: string; state: NarrativeState }> {
	const { rows } = await sql<{ homeId: string; unitId: string; officeId: string; state: NarrativeState }>`
		select n.home_id as "homeId", n.unit_id as "unitId", n.state, coalesce(v.parent_id, n.unit_id) as "officeId"
		from report_narratives n join unit_versions v on v.unit_id = n.unit_id and v.valid @> ${today()}::date
		where n.id = ${id}::uuid for update of n`.execute(tx);
	if (!rows[0]) throw problem('input.not_found');
	return rows[0];
}

type OfPeriod = { unitId: string; code: string; beginsOn: string };

/** Texts of the units directly under an office for one period, by unit. */
export async function listUnderOffice(db: Db, actor: Actor, of: OfPeriod): Promise<Narrative[]> {
	await authorise(db, actor, 'report.read', of.unitId);
	return listed(db, sql`v.parent_id = ${of.unitId}::uuid`, of);
}

/** A unit's own texts for one period. */
export async function listOwn(db: Db, actor: Actor, of: OfPeriod): Promise<Narrative[]> {
	await authorise(db, actor, 'report.read', of.unitId);
	return listed(db, sql`n.unit_id = ${of.unitId}::uuid`, of);
}

async function listed(db: Db, condition: ReturnType<typeof sql>, of: OfPeriod): Promise<Narrative[]> {
	const { rows } = await sql<Narrative>`
		select n.id, n.unit_id as "unitId", v.name as "unitName", n.section, n.text, n.state, n.reason,
			a.actor_name as "writerName", a.acted_at as "sentAt"
		from report_narratives n
		join unit_versions v on v.unit_id = n.unit_id and v.valid @> ${today()}::date
		join actions a on a.id = n.action_id and a.home_id = n.home_id
		where n.code = ${of.code} and n.begins_on = ${of.beginsOn}::date and ${condition}
		order by v.code, n.section`.execute(db);
	return rows;
}

/** By section: its title, the paragraphs taken over, and how many texts still wait to be read. */
export async function gathered(db: Db, of: OfPeriod): Promise<Narratives> {
	const texts = await listed(db, sql`v.parent_id = ${of.unitId}::uuid`, of);
	const bySection = Map.groupBy(texts, (text) => text.section);
	return Object.fromEntries(
		[...new Set([...SECTIONS, ...bySection.keys()])].map((section) => {
			const each = bySection.get(section) ?? [];
			const paragraphs = each.filter((text) => text.state === 'accepted').flatMap((text) => text.text.split('\n'));
			const awaiting = each.filter((text) => text.state === 'sent').length;
			return [section, { title: officialWord('report_section', section), paragraphs, awaiting }];
		})
	);
}
