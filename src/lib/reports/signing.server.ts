import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Actor } from '#lib/accounts/actor.ts';
import { knownNow } from '#lib/ledger/ledger.server.ts';
import { today } from '#lib/server/clock.ts';
import type { Db, Tx } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { normalise } from '#lib/vietnamese/text.ts';
import { compile, type CompiledFigure } from './compile.server.ts';
import { lineOf, listParagraphs } from './document.ts';
import { figureHash } from './docx-control.ts';
import { gathered } from './narrative.server.ts';
import { countLate, proofsOf, refuseUnproved } from './proofs.server.ts';
import type { Report } from './report.ts';
import { change } from './report.server.ts';

/**
 * Hands the report to the leader; what was returned counts as answered. Refuses while a figure is not proved.
 * Answers how many of its records were entered after the cut-off day.
 */
export async function submit(db: Db, actor: Actor, id: string): Promise<{ late: number }> {
	return change(db, actor, {
		id,
		verb: 'submit',
		effect: async (tx, held, actionId) => {
			const proofs = await proofsOf(tx, actor, { ...held, knownAt: new Date() });
			refuseUnproved(proofs);
			const late = countLate(proofs);
			await sql`
				update report_returns set resolved_action_id = ${actionId}::uuid
				where report_id = ${held.id}::uuid and resolved_action_id is null`.execute(tx);
			return { result: { late }, details: { late, version: held.version } };
		}
	});
}

/** The leader gives one paragraph back with a reason, which the writer reads beside it. */
export async function giveBack(
	db: Db,
	actor: Actor,
	returned: { id: string; paragraphId: string; reason: string }
): Promise<{ id: string }> {
	const reason = normalise(returned.reason);
	if (reason === '') throw problem('report.reason_missing');
	return change(db, actor, {
		id: returned.id,
		verb: 'return',
		reason,
		effect: async (tx, held, actionId) => {
			const paragraph = listParagraphs(held.body).find((each) => each.attrs.id === returned.paragraphId);
			if (!paragraph) throw problem('report.paragraph_unknown');
			const figures = await compile(tx, actor, { ...held, knownAt: new Date() });
			const known = new Map(figures.map(({ frozen }) => [frozen.slot, frozen]));
			const excerpt = lineOf(paragraph, known).slice(0, EXCERPT_AT_MOST);
			const id = newId();
			await tx
				.insertInto('report_returns')
				.values({ id, report_id: held.id, paragraph_id: returned.paragraphId, excerpt, reason, action_id: actionId })
				.execute();
			return { result: { id }, details: { paragraphId: returned.paragraphId, excerpt } };
		}
	});
}

/** The paragraph as it read when it was returned is quoted beside the reason; its beginning is enough to know it by. */
const EXCERPT_AT_MOST = 200;

/** The leader agrees with text and figures; only the signature is missing. */
export async function approve(db: Db, actor: Actor, id: string): Promise<void> {
	return change(db, actor, {
		id,
		verb: 'approve',
		effect: async (_tx, held) => ({ result: undefined, details: { version: held.version } })
	});
}

export type Signing = {
	id: string;
	/** Null takes the next of the unit's series in that year. */
	number: number | null;
	typeCode?: string | null;
	issuerCode?: string | null;
	signedOn?: string | undefined;
	signerName?: string | null;
};

/**
 * Signs: freezes every figure with what is known at this instant, its printed text and a hash, the gathered narratives
 * and the letterhead. From here on nothing of it changes; the tables it is kept in grow only.
 */
export async function sign(db: Db, actor: Actor, signing: Signing): Promise<{ number: number; knownAt: Date }> {
	const signedOn = signing.signedOn ?? today();
	if (signedOn > today()) throw problem('report.signed_in_future', { day: signedOn });
	return change(db, actor, {
		id: signing.id,
		verb: 'sign',
		effect: async (tx, held, actionId) => {
			const knownAt = await knownNow(tx);
			const subject = { ...held, knownAt };
			refuseUnproved(await proofsOf(tx, actor, subject));
			const figures = await compile(tx, actor, subject);
			const typeCode = signing.typeCode ?? held.letterhead.typeCode;
			const number = signing.number ?? (await nextNumber(tx, { unitId: held.unitId, typeCode, signedOn }));
			const signerName = signing.signerName || held.letterhead.signature.name || actor.name;
			await insertSignature(tx, held, {
				signer: { name: signerName, id: actor.id },
				letterhead: {
					...held.letterhead,
					number,
					typeCode,
					issuerCode: signing.issuerCode ?? held.letterhead.issuerCode,
					day: signedOn,
					signature: { ...held.letterhead.signature, name: signerName }
				},
				number,
				signedOn,
				knownAt,
				actionId
			});
			await insertFigures(tx, held.id, figures);
			const details = {
				number,
				signedOn,
				knownAt: knownAt.toISOString(),
				figures: figures.length,
				version: held.version
			};
			return { result: { number, knownAt }, details };
		}
	});
}

/** The number a signer is offered: one more than the highest of the unit's papers of this type in that year. */
export async function nextNumber(db: Db, of: { unitId: string; typeCode: string; signedOn: string }): Promise<number> {
	const { rows } = await sql<{ number: number }>`
		select coalesce(max(number), 0) + 1 as number from report_signatures
		where unit_id = ${of.unitId}::uuid and type_code = ${of.typeCode} and year = ${Number(of.signedOn.slice(0, 4))}`.execute(
		db
	);
	return rows[0]?.number ?? 1;
}

type Fixed = {
	signer: { name: string; id: string | null };
	letterhead: Report['letterhead'];
	number: number;
	signedOn: string;
	knownAt: Date;
	actionId: string;
};

async function insertSignature(tx: Tx, held: Report, fixed: Fixed): Promise<void> {
	await tx
		.insertInto('report_signatures')
		.values({
			report_id: held.id,
			unit_id: held.unitId,
			version: held.version,
			letterhead: JSON.stringify(fixed.letterhead),
			narratives: JSON.stringify(await gathered(tx, held)),
			type_code: fixed.letterhead.typeCode,
			number: fixed.number,
			signed_on: fixed.signedOn,
			signer_name: fixed.signer.name,
			signed_by: fixed.signer.id,
			known_at: fixed.knownAt,
			action_id: fixed.actionId
		})
		.execute();
}

async function insertFigures(tx: Tx, reportId: string, figures: readonly CompiledFigure[]): Promise<void> {
	if (figures.length === 0) return;
	const rows = figures.map(({ frozen, doors }, position) => ({
		report_id: reportId,
		position,
		slot: frozen.slot,
		frozen: JSON.stringify(frozen),
		doors: JSON.stringify(doors),
		hash: figureHash(reportId, frozen)
	}));
	await tx.insertInto('report_figures').values(rows).execute();
}

/** The figures of a signed report as they were frozen, in reading order. */
export async function listFrozen(db: Db, reportId: string): Promise<CompiledFigure[]> {
	const { rows } = await sql<CompiledFigure>`
		select frozen, doors from report_figures where report_id = ${reportId}::uuid order by position`.execute(db);
	return rows;
}
