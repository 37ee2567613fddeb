/**
 * Hostile strings, made here by rule. `alone`: what a field should refuse, or whose beginning matters; each is sent by itself.
 * `mixed`: what a field may keep, as text; several stand in one value.
 */
const PAYLOADS = [
	`' or '1'='1`,
	`'; drop table users; --`,
	`" or ""="`,
	`1; select pg_sleep(9)`,
	`\\'; --`,
	`$$; --`,
	`%' like '%`,
	`') union select null--`,
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`"><svg/onload=alert(1)>`,
	`<!--`,
	`]]>`,
	`</textarea><script>`,
	`<a href="javascript:alert(1)">`,
	`&lt;b&gt;`,
	`&#x3c;`,
	`<?xml version="1.0"?>`,
	`{{7*7}}`,
	`\${7*7}`,
	`#{7*7}`,
	`<%= 7*7 %>`,
	`{%raw%}`,
	`%s%n%x`,
	`\`id\``,
	`$(id)`,
	`;id`,
	`| id`,
	`%0d%0a`,
	`%00`,
	`%2e%2e%2f`,
	`\\u0000`,
	`_x0041_`,
	`../../etc/passwd`,
	`..\\..\\boot.ini`,
	`/dev/null`,
	`file:///etc/passwd`,
	`http://169.254.169.254/`,
	`javascript:alert(1)`,
	`data:text/html,x`,
	`__proto__`,
	`constructor`,
	`prototype`,
	`toString`,
	`null`,
	`undefined`,
	`NaN`,
	`-0`,
	`1e309`,
	`0x10`,
	`true`,
	`[]`,
	`{}`,
	`{"$gt":""}`,
	`jndi:ldap://a`,
	`🇻🇳👩‍👩‍👧‍👦`,
	`Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴`,
	`ﷺ`,
	`İıſK`,
	`ß`,
	`Ὀ`,
	`حرف`,
	`שלום`,
	`中文`,
	`uy\u0309`,
	`đ`.normalize('NFD'),
	`tiế\u0323ng`,
	`\u00a0\u2003`,
	`\u200b\u200d`,
	`\ufeff`,
	`\u2028\u2029`,
	`\t tab`
];
const FORMULAS = [
	`=1+1`,
	`+1`,
	`-1+cmd|' /C calc'!A0`,
	`@SUM(1)`,
	`=HYPERLINK("http://a.example","b")`,
	`\t=1+1`,
	`\r=1+1`,
	` =1+1`,
	`＝1+1`,
	`"=1+1`,
	`=DDE("a","b","c")`
];
const AROUND = [
	(text: string) => text,
	(text: string) => `x${text}`,
	(text: string) => `${text}x`,
	(text: string) => `"${text}"`,
	(text: string) => `'${text}'`,
	(text: string) => `${text}${text}`,
	(text: string) => `<${text}>`,
	(text: string) => `\\${text}`,
	(text: string) => text.toUpperCase(),
	(text: string) => encodeURIComponent(text),
	(text: string) => text.normalize('NFD'),
	(text: string) => `Tổ ${text} số 2`,
	(text: string) => Array.from(text).reverse().join('')
];

/** C0 and C1 but for tab and line ends, DEL, the marks of direction, and what is no character. */
const CONTROLS = [...Array(0xa0).keys()]
	.filter((code) => (code < 0x20 || code >= 0x7f) && ![9, 10, 13].includes(code))
	.concat([0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfffe, 0xffff]);

/** What must come back as a field's mistake. */
export const REFUSED: readonly string[] = [
	...CONTROLS.map((code) => `Tên ${String.fromCharCode(code)}mô hình`),
	...['a', 'ế', '🇻🇳', '<b>', '='].map((piece) => piece.repeat(100_000 / piece.length))
];

/** What is kept as it is or refused, by itself. */
export const ALONE: readonly string[] = [
	...FORMULAS,
	'\ud800',
	'a\udc00b',
	'\udbff\udbff',
	'a\r\nset-cookie: x=1',
	'\n\n\n',
	' ',
	'\u200b',
	'0',
	'.'
];

export const MIXED: readonly string[] = [
	...new Set([...PAYLOADS, ...FORMULAS].flatMap((payload) => AROUND.map((around) => around(payload))))
];

/** The mixed ones, several to a value of at most `length`, each value led by another formula. */
export function bundles(length: number): string[] {
	const values: string[] = [];
	let value = '';
	for (const text of MIXED) {
		if (value !== '' && value.length + text.length + 1 > length) {
			values.push(value);
			value = '';
		}
		value = value === '' ? text : `${value} ${text}`;
	}
	return [...values, value];
}
