import { headingKey } from './columns.ts';

/** A model's name for comparison: all of it, and without the place it names. */
export type ModelKey = { whole: string; withoutPlace: string; place: string | null };

const CAPITAL = '(?:\\p{Lu}[\\p{L}\\p{M}]*|\\d+)';
const PLACE = new RegExp(
	`(?<=\\s)(?:[Tt]ại|TẠI|[Ởở]|[Tt]rên địa bàn)\\s+(?:[Xx]ã|XÃ|[Pp]hường|PHƯỜNG|[Tt]hị trấn|THỊ TRẤN|[Tt]hị xã|[Tt]hành phố|TP\\.?|` +
		`[Hh]uyện|[Qq]uận|[Đđ]ặc khu|[Tt]hôn|[Bb]ản|[Ấấ]p|[Xx]óm|[Ll]àng|[Bb]uôn|[Kk]hu phố|[Kk]hóm|[Tt]ổ dân phố)\\s+` +
		`(${CAPITAL}(?:\\s+${CAPITAL}){0,3})`,
	'u'
);

const PLACE_WORD = /\s(?:tại|ở|trên địa bàn)\s/i;

/** Folds a model's name; "tại xã Minh Xuân" is taken out of `withoutPlace` and kept in `place`. */
export function modelKey(name: string): ModelKey {
	const whole = headingKey(name);
	const found = PLACE_WORD.test(name) ? PLACE.exec(name) : null;
	if (!found) return { whole, withoutPlace: whole, place: null };
	const place = headingKey(found[0]);
	return { whole, withoutPlace: whole.replace(place, '').replace(/ {2,}/, ' ').trim(), place };
}

/** Alike: the same words but for the place, unless both name a place and not the same. */
export function isAlike(a: ModelKey, b: ModelKey): boolean {
	return a.withoutPlace === b.withoutPlace && (a.place === null || b.place === null || a.place === b.place);
}
