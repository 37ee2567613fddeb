import type { Actor } from '#lib/accounts/actor.ts';
import type { LedgerProof } from '#lib/figures/ledger-panel.ts';
import type { PartitionProof, Proof } from '#lib/figures/proofs.server.ts';
import { describe } from '#lib/models/list.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Db } from '#lib/server/db.ts';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatNumber, twoDigits } from '#lib/vietnamese/format.ts';

/** Proofs in plain words; where one fails, with the records that break it. */
export async function proofTexts(
	db: Db,
	actor: Actor,
	of: { proofs: readonly Proof[]; asOf: string }
): Promise<LedgerProof[]> {
	const broken = of.proofs.flatMap((proof) =>
		proof.kind === 'partition' ? [...proof.inNone, ...proof.inSeveral] : []
	);
	const named = await describe(db, actor, broken);
	return of.proofs.map((proof) => {
		switch (proof.kind) {
			case 'partition': {
				const cases = [...proof.inNone, ...proof.inSeveral].map((id) => ({
					href: `/models/${id}`,
					label: named.get(id)?.name ?? id
				}));
				return { state: proof.holds ? 'ok' : 'fail', text: partitionText(proof), cases };
			}
			case 'children':
				return { state: proof.holds ? 'ok' : 'fail', text: childrenText(proof), cases: [] };
			case 'late': {
				const given = { asOf: formatDay(of.asOf), count: formatNumber(proof.count) };
				const text = proof.holds ? m.figure_proof_late_none(given) : m.figure_proof_late(given);
				return { state: proof.holds ? 'ok' : 'warn', text, cases: [] };
			}
		}
	});
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
