const LEGAL_DAY = new Intl.DateTimeFormat('en-CA', {
	timeZone: 'Asia/Ho_Chi_Minh',
	year: 'numeric',
	month: '2-digit',
	day: '2-digit'
});

/** The whole country is seven hours ahead, summer and winter, since June 1975. */
const ONE_TIME_SINCE = Date.UTC(1976, 0, 1);
const AHEAD_MS = 7 * 3_600_000;

/** The legal day in Viet Nam, `YYYY-MM-DD`, at the given moment. A calendar is asked only for days that need one: it is slow. */
export function today(now: Date = new Date()): string {
	const at = now.getTime();
	return at >= ONE_TIME_SINCE ? new Date(at + AHEAD_MS).toISOString().slice(0, 10) : LEGAL_DAY.format(now);
}
