import { unitsWhere } from '#lib/accounts/actor.ts';
import { signedIn } from '#lib/accounts/guard.ts';
import { peopleOf } from '#lib/accounts/managed.server.ts';
import { LINK, list } from '#lib/mail/outbox.server.ts';
import { m } from '#lib/paraglide/messages.js';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { formatInstant } from '#lib/vietnamese/format.ts';
import type { PageServerLoad } from './$types';

const TONES = { waiting: 'due', sent: 'ok', failed: 'late', held: 'info' } as const;

export const load: PageServerLoad = async ({ locals }) => {
	const { db, site } = locals;
	const actor = signedIn(locals);
	if (unitsWhere(actor, 'account.manage').length === 0) throw problem('access.denied');
	const letters = await list(db, await peopleOf(db, actor));
	return {
		sendsMail: site.sendsMail,
		letters: letters.map(({ id, recipient, subject, body, state, attempts, lastError, createdAt }) => ({
			id,
			recipient,
			subject,
			text: body.replaceAll(LINK, m.mail_link_hidden()),
			state: word('mail_state', state),
			tone: TONES[state],
			trouble: lastError && m.mail_attempts({ count: attempts, error: lastError }),
			at: formatInstant(createdAt)
		}))
	};
};
