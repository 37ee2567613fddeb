const LEGAL_DAY = new Intl.DateTimeFormat('en-CA', {
	timeZone: 'Asia/Ho_Chi_Minh',
	year: 'numeric',
	month: '2-digit',
	day: '2-digit'
});

/** The legal day in Viet Nam, `YYYY-MM-DD`, at the given moment. */
export function today(now: Date = new Date()): string {
	return LEGAL_DAY.format(now);
}
