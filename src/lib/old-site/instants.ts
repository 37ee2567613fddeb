import { typedDay } from '#lib/vietnamese/day.ts';
import { normalise } from '#lib/vietnamese/text.ts';

/** When a page says that it was published: feeds in their two ways, Vietnamese sites in three, WordPress in local time. Pure. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const SPELLED = ['một', 'hai', 'ba', 'tư', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười', 'mười một', 'mười hai'];
const HERE = '+07:00';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)? ?(Z|[+-]\d{2}:?\d{2})?$/i;
const MAIL =
	/^(?:[a-z]{3},? +)?(\d{1,2}) +([a-z]{3})[a-z]* +(\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)? *([a-z]{1,3}|[+-]\d{4})?$/i;
const WEEKDAY = /^(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|thứ [2-7]),? */;
const TIME = String.raw`(\d{1,2})[:h](\d{2})(?::\d{2})?(?: ?(?:gmt|utc)\+?7)?`;
const DAY = String.raw`(?:ngày )?(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{1,2}) tháng ([\d\p{L} ]{1,9}?)(?:,| năm) ?(\d{4}))`;
const DAY_TIME = new RegExp(`^${DAY}(?:(?:,| -| \\||)? ?(?:lúc )?${TIME})?$`, 'u');
const TIME_DAY = new RegExp(`^${TIME}(?:,| -| \\||)? ?${DAY}$`, 'u');

/** The instant that a text means, and nothing but it; null where it means none. A time without a zone is Viet Nam's. */
export function readInstant(text: string): Date | null {
	const plain = normalise(text);
	const iso = ISO.exec(plain);
	if (iso) {
		const [, day = '', hours = '00', minutes = '00', seconds = '00', zone = HERE] = iso;
		return instant(day, `${hours}:${minutes}:${seconds}`, zone);
	}
	const mail = MAIL.exec(plain);
	if (mail) return fromMail(mail);
	const lower = plain.toLowerCase().replace(WEEKDAY, '');
	const after = DAY_TIME.exec(lower);
	if (after) return local(after.slice(1, 7), after.slice(7, 9));
	const before = TIME_DAY.exec(lower);
	return before ? local(before.slice(3, 9), before.slice(1, 3)) : null;
}

function fromMail([
	,
	date = '',
	name = '',
	year = '',
	hours = '0',
	minutes = '00',
	seconds = '00',
	zone = ''
]: string[]) {
	const month = MONTHS.indexOf(name.toLowerCase().slice(0, 3)) + 1;
	const offset = /^[+-]/.test(zone) ? zone : zone === '' ? HERE : 'Z';
	return instant(`${year}-${two(month)}-${two(date)}`, `${two(hours)}:${minutes}:${seconds}`, offset);
}

function local(days: (string | undefined)[], times: (string | undefined)[]): Date | null {
	const [shortDate, shortMonth, shortYear, longDate = '', longMonth = '', longYear = ''] = days;
	const [hours = '0', minutes = '00'] = times;
	const spelled = SPELLED.indexOf(longMonth) + 1;
	const [date, month, year] = shortYear
		? [shortDate, shortMonth, shortYear]
		: [longDate, spelled > 0 ? String(spelled) : longMonth, longYear];
	return instant(`${year}-${two(month ?? '')}-${two(date ?? '')}`, `${two(hours)}:${minutes}:00`, HERE);
}

function two(number: string | number): string {
	return String(number).padStart(2, '0');
}

function instant(day: string, time: string, zone: string): Date | null {
	if (typedDay(day) === null || !/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time)) return null;
	const at = new Date(`${day}T${time}${zone}`);
	return Number.isNaN(at.getTime()) ? null : at;
}

/** The legal day of an instant, in Viet Nam. */
export function dayOf(at: Date): string {
	return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}

const EVENT =
	/^(?:(?:vào )?(?:sáng|trưa|chiều|tối)?,? ?(?:vào )?(?:ngày )?)(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?(?=[\s,.;:])/iu;

/** "Sáng ngày 24/02/2020, …": the day on which a text says, in its first words, that something happened; whole days only. */
export function eventDay(text: string): string | null {
	const [, date, month, year] = EVENT.exec(normalise(text)) ?? [];
	return year ? typedDay(`${date}/${month}/${year}`) : null;
}
