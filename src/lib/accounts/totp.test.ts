import { expect, test } from 'vitest';
import { codeOf, matchingStep, newSecret, stepAt } from './totp.ts';

/** The secret "12345678901234567890" of RFC 6238, appendix B, and its codes, of which apps show the last six digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
	[59, '287082'],
	[1_111_111_109, '081804'],
	[1_111_111_111, '050471'],
	[1_234_567_890, '005924'],
	[2_000_000_000, '279037'],
	[20_000_000_000, '353130']
])('the code of RFC 6238 at second %i', (second, code) => {
	expect(codeOf(RFC_SECRET, stepAt(new Date(second * 1000)))).toBe(code);
});

test('a code of the neighbouring half minutes is taken, older and odd ones are not', () => {
	const secret = newSecret();
	const now = new Date('2026-11-21T08:00:10Z');
	const here = stepAt(now);
	for (const step of [here - 1, here, here + 1]) expect(matchingStep(secret, codeOf(secret, step), now)).toBe(step);
	for (const code of [codeOf(secret, here - 3), codeOf(secret, here + 3), '', '12345', 'abcdef', '１２３４５６'])
		expect(matchingStep(secret, code, now)).toBeNull();
});
