import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { PlaceHit } from './search.server.ts';

/** What tells a found place from others of the name: in what it lies, its code, until when it was called so. */
export function noteOf({ within, code, until }: Pick<PlaceHit, 'within' | 'code' | 'until'>): string {
	return [within, code, until && m.place_ended({ day: formatDay(until) })].filter(Boolean).join(' · ');
}

/** What a former name leads to today: "nay là Phường Ba Đình"; null where it is the name today. */
export function presentOf({ id, name, becomes }: Pick<PlaceHit, 'id' | 'name' | 'becomes'>): string | null {
	const later = becomes.filter((one) => one.id !== id || one.name !== name).map((one) => one.name);
	return later.length > 0 ? m.place_now_is({ names: later.join('; ') }) : null;
}
