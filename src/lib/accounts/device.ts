import { m } from '#lib/paraglide/messages.js';

/** Names that browsers call themselves by, the more particular ones first. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
	[/coc_coc_browser|\bcoccoc\b/i, 'Cốc Cốc'],
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\bSamsungBrowser\//, 'Samsung Internet'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
	[/\bSafari\//, 'Safari']
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
	[/\bAndroid\b/, 'Android'],
	[/\b(iPhone|iPad)\b/, 'iOS'],
	[/\bWindows\b/, 'Windows'],
	[/\bMacintosh\b/, 'macOS'],
	[/\bLinux\b/, 'Linux']
];

/** What a person calls the device that a `User-Agent` line stands for: "Chrome trên Windows". */
export function deviceOf(agent: string): string {
	const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
	const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
	return browser && system ? m.account_device({ browser, system }) : m.account_device_unknown();
}
