import type { Actor } from '#lib/accounts/actor.ts';
import type { LedgerProof } from '#lib/figures/ledger-panel.ts';
import type { BaseProofs, PartitionProof, Proof } from '#lib/figures/proofs.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatNumber, twoDigits } from '#lib/vietnamese/format.ts';

/** Proofs in plain words; where one fails, with the records that break it. Of several figures each is named. */
export async function proofTexts(
	db: Db,
	actor: Actor,
	of: { proved: readonly BaseProofs[]; asOf: string }
): Promise<LedgerProof[]> {
	const broken = of.proved.flatMap(({ proofs }) => proofs.flatMap(brokenBy));
	const named = await describe(db, actor, broken);
	return of.proved.flatMap(({ figure, proofs }) =>
		proofs.map((proof) => {
			const text = textOf(proof, of.asOf);
			const cases = brokenBy(proof).map((id) => ({ href: `/models/${id}`, label: named.get(id)?.name ?? id }));
			const state = proof.holds ? 'ok' : proof.kind === 'late' ? 'warn' : 'fail';
			return { state, text: of.proved.length > 1 ? `${word('figure', figure)}: ${text}` : text, cases };
		})
	);
}

function brokenBy(proof: Proof): string[] {
	return proof.kind === 'partition' ? [...proof.inNone, ...proof.inSeveral] : [];
}

function textOf(proof: Proof, asOf: string): string {
	switch (proof.kind) {
		case 'partition':
			return partitionText(proof);
		case 'children':
			return childrenText(proof);
		case 'late': {
			const given = { asOf: formatDay(asOf), count: formatNumber(proof.count) };
			return proof.holds ? m.figure_proof_late_none(given) : m.figure_proof_late(given);
		}
	}
}

function partitionText(proof: PartitionProof): string {
	const name = word('partition', proof.name);
	const sum = proof.parts.map((part) => twoDigits(part.value)).join(' + ');
	if (proof.holds) return m.figure_proof_parts({ name, sum, total: formatNumber(proof.total) });
	const none = formatNumber(proof.inNone.length);
	const several = formatNumber(proof.inSeveral.length);
	return m.figure_proof_parts_fail({ name, sum, total: formatNumber(proof.total), none, several });
}

function childrenText({ holds, total, sum }: { holds: boolean; total: number; sum: number }): string {
	if (holds) return m.figure_proof_children({ total: formatNumber(total) });
	return m.figure_proof_children_fail({ total: formatNumber(total), sum: formatNumber(sum) });
}
