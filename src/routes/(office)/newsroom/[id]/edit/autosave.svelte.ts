import { deserialize } from '$app/forms';
import { dropCopy, findCopy, keepCopy, type LocalCopy } from '#lib/newsroom/local-copy.ts';

/** How saving stands: nothing to save, waiting, under way, taken by the server, kept here without network, or refused. */
export type Standing =
	| { at: 'rest' | 'waiting' | 'sending' }
	| { at: 'saved'; when: Date }
	| { at: 'offline'; when: Date; isKept: boolean }
	| { at: 'changed'; theirs: number; kept: number; text: string }
	| { at: 'refused'; text: string | undefined; issues: Record<string, string> | undefined };

type Refused = { problem?: string; issues?: Record<string, string>; theirs?: number; kept?: number };

const WAIT_MS = 4_000;
const RETRY_MS = 15_000;

/**
 * Saves an article by itself: every change is kept in this browser at once and sent a little later; without network it stays
 * here, which is told, and is sent when there is one. `form` has the fields, `body` answers the text.
 */
export function autosave(
	id: string,
	{ version, form, body }: { version: number; form: () => HTMLFormElement | undefined; body: () => string }
) {
	let standing = $state<Standing>({ at: 'rest' });
	let based = version;
	let isDirty = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const keep = () =>
		keepCopy(id, { version: based, fields: textsOf(form()), body: body(), at: new Date().toISOString() });

	function plan(after: number) {
		clearTimeout(timer);
		timer = setTimeout(() => void send(true), after);
	}

	function changed() {
		isDirty = true;
		keep();
		if (standing.at === 'changed' || standing.at === 'sending') return;
		if (standing.at !== 'offline') standing = { at: 'waiting' };
		plan(WAIT_MS);
	}

	async function send(isAutomatic: boolean): Promise<boolean> {
		if (standing.at === 'sending') return false;
		clearTimeout(timer);
		isDirty = false;
		standing = { at: 'sending' };
		const answer = await post({
			...textsOf(form()),
			body: body(),
			version: String(based),
			automatic: isAutomatic ? 'on' : ''
		});
		if (answer && 'saved' in answer) return taken(answer.saved);
		isDirty = true;
		if (answer) standing = standingOf(answer);
		else {
			standing = { at: 'offline', when: new Date(), isKept: keep() };
			plan(RETRY_MS);
		}
		return false;
	}

	function taken(saved: number): boolean {
		based = saved;
		standing = { at: 'saved', when: new Date() };
		if (isDirty) changed();
		else dropCopy(id);
		return true;
	}

	return {
		get standing() {
			return standing;
		},
		changed,
		send,
		/** The other text has been looked at: from now on this one replaces it. */
		replace(theirs: number) {
			based = theirs;
			standing = { at: 'waiting' };
			return send(false);
		},
		unsent: (current: Current) => unsentOf(id, current),
		forget: () => dropCopy(id),
		online: () => standing.at === 'offline' && void send(true),
		hasUnsent: () => isDirty || standing.at === 'sending',
		stop: () => clearTimeout(timer)
	};
}

type Current = { headline: string; lead: string; body: string };

/** What was kept here and never sent, if it is not what the server has. */
function unsentOf(id: string, current: Current): LocalCopy | null {
	const copy = findCopy(id);
	if (!copy) return null;
	const { body, fields } = copy;
	const isSame = body === current.body && fields['headline'] === current.headline && fields['lead'] === current.lead;
	return isSame ? null : copy;
}

/** What stands in the fields, without the plain text that is there for pages without script. */
function textsOf(form: HTMLFormElement | undefined): Record<string, string> {
	const texts = [...new FormData(form)].flatMap(([name, value]) =>
		typeof value === 'string' ? [[name, value] as const] : []
	);
	return Object.fromEntries(texts.filter(([name]) => name !== 'markup'));
}

/** What the server says; null where it cannot be reached, the sign-in has ended, or it is in trouble. */
async function post(said: Record<string, string>): Promise<{ saved: number } | Refused | null> {
	const body = new FormData();
	for (const [name, value] of Object.entries(said)) body.set(name, value);
	try {
		const response = await fetch('?/save', { method: 'POST', body, headers: { 'x-sveltekit-action': 'true' } });
		const result = deserialize<{ saved: number }, Refused>(await response.text());
		const isInTrouble = result.type === 'failure' && result.status >= 500;
		return (result.type === 'success' || result.type === 'failure') && !isInTrouble ? (result.data ?? null) : null;
	} catch {
		// No network, or an answer that is none of ours: nothing is lost here meanwhile.
		return null;
	}
}

function standingOf({ problem, issues, theirs, kept }: Refused): Standing {
	return theirs !== undefined && kept !== undefined
		? { at: 'changed', theirs, kept, text: problem ?? '' }
		: { at: 'refused', text: problem, issues };
}
