import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { formatInstant } from '#lib/vietnamese/format.ts';

type Letter = { subject: string; body: string };

/** The letter with which somebody is invited; `{link}` stands where the link belongs. */
export function invitationLetter(
	to: { name: string; inviter: string; unit: string; expiresAt: Date },
	locale: Locale
): Letter {
	const until = formatInstant(to.expiresAt);
	return {
		subject: m.letter_invitation_subject({}, { locale }),
		body: paragraphs(
			m.letter_greeting({ name: to.name }, { locale }),
			m.letter_invitation_what({ inviter: to.inviter, unit: to.unit }, { locale }),
			m.letter_invitation_do({ until }, { locale }),
			'{link}',
			m.letter_secret({}, { locale }),
			m.letter_no_answer({}, { locale })
		)
	};
}

/** The letter with a link to a new password, asked for by the person or given by an administrator. */
export function passwordLetter(to: { name: string; expiresAt: Date }, locale: Locale): Letter {
	const until = formatInstant(to.expiresAt);
	return {
		subject: m.letter_password_subject({}, { locale }),
		body: paragraphs(
			m.letter_greeting({ name: to.name }, { locale }),
			m.letter_password_do({ until }, { locale }),
			'{link}',
			m.letter_password_ignore({}, { locale }),
			m.letter_no_answer({}, { locale })
		)
	};
}

/** Tells that the password was changed, so that who did not do it can say so. */
export function passwordChangedLetter(to: { name: string; at: Date }, locale: Locale): Letter {
	return {
		subject: m.letter_changed_subject({}, { locale }),
		body: paragraphs(
			m.letter_greeting({ name: to.name }, { locale }),
			m.letter_changed_what({ at: formatInstant(to.at) }, { locale }),
			m.letter_no_answer({}, { locale })
		)
	};
}

/** Tells that an administrator removed the second factor. */
export function factorsRemovedLetter(to: { name: string; at: Date }, locale: Locale): Letter {
	return {
		subject: m.letter_factor_subject({}, { locale }),
		body: paragraphs(
			m.letter_greeting({ name: to.name }, { locale }),
			m.letter_factor_what({ at: formatInstant(to.at) }, { locale }),
			m.letter_no_answer({}, { locale })
		)
	};
}

function paragraphs(...texts: string[]): string {
	return `${texts.join('\n\n')}\n`;
}
