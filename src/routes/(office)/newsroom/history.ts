import { word } from '#lib/ui/word.ts';

type Logged = { id: string; verb: string; actorName: string; actedAt: Date; reason: string | null };

/** What was done to a thing of the newsroom, in words. */
export function inWords(noun: 'article' | 'comment', history: readonly Logged[]) {
	return history.map(({ id, verb, actorName, actedAt, reason }) => ({
		id,
		what: word('did', `${noun}_${verb}`),
		who: actorName,
		at: actedAt,
		reason
	}));
}
