import type { FigureProofs } from '#lib/reports/proofs.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Proof } from '#lib/ui/Proofs.svelte';
import { word } from '#lib/ui/word.ts';
import { formatDay, formatNumber, twoDigits } from '#lib/vietnamese/format.ts';

/** Proofs in words: what holds, what fails, and what to know before signing. A late count of none is not told. */
export function proofTexts(found: readonly FigureProofs[]): Proof[] {
	return found.flatMap(({ figure, from, asOf, proofs }) => {
		const of = {
			figure: word('figure', figure),
			period: m.report_period_days({ from: formatDay(from), asOf: formatDay(asOf) })
		};
		return proofs.flatMap((proof): Proof[] => {
			switch (proof.kind) {
				case 'partition': {
					const sum = proof.parts.map((part) => twoDigits(part.value)).join(' + ');
					const partition = inSentence(word('partition', proof.name));
					const total = formatNumber(proof.total);
					if (proof.holds) return [{ state: 'ok', text: m.report_proof_partition({ ...of, partition, sum, total }) }];
					const counts = { none: proof.inNone.length, several: proof.inSeveral.length };
					return [{ state: 'fail', text: m.report_proof_partition_fails({ ...of, partition, sum, total, ...counts }) }];
				}
				case 'children': {
					const given = { ...of, total: formatNumber(proof.total), sum: formatNumber(proof.sum) };
					if (proof.holds) return [{ state: 'ok', text: m.report_proof_children(given) }];
					return [{ state: 'fail', text: m.report_proof_children_fails(given) }];
				}
				case 'late':
					return proof.holds
						? []
						: [{ state: 'warn', text: m.report_proof_late({ ...of, count: formatNumber(proof.count) }) }];
			}
		});
	});
}

function inSentence(label: string): string {
	return label.charAt(0).toLocaleLowerCase('vi') + label.slice(1);
}
