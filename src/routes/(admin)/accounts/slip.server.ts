import type { Issued } from '#lib/accounts/invitation.server.ts';
import { qrCode } from '#lib/ui/qr-code.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';

/** What stands on a printed slip. The link is in no page but this one. */
export type PrintedSlip = {
	kind: 'invitation' | 'password';
	name: string;
	email: string;
	link: string;
	qr: string;
	until: string;
};

/** The slip of a link that was just made, for the page; null where it went by mail. */
export function printed({ slip }: Issued, kind: PrintedSlip['kind']): PrintedSlip | null {
	if (!slip) return null;
	const { name, email, link, expiresAt } = slip;
	return { kind, name, email, link, qr: qrCode(link), until: formatInstant(expiresAt) };
}
