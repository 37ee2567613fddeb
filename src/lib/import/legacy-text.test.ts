import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { legacyEncoding, tallyWords } from './legacy-text.ts';

const VECTORS = new URL('../../../../shared/data/legacy/encoding_vectors.csv', import.meta.url);

test.for<[string, string | null]>([
	['Phường Ba Đình', null],
	['Hà Tu', null],
	['Phường Ba Đình'.normalize('NFD'), null],
	['Señor Müller, 30 m², © 2024, Café', null],
	['Ph­êng Ba §×nh', 'TCVN3 (ABC)'],
	['Xaõ Bình Xa', 'VNI'],
	['Phöôøng Ba Ñình', 'VNI']
])('%s: %s', ([text, encoding]) => {
	expect(legacyEncoding(tallyWords(text))).toBe(encoding);
});

test('names of places, written in each encoding: none sound is suspected, and of two words or more nearly all are found', ({
	skip
}) => {
	if (!existsSync(VECTORS)) skip('encoding_vectors.csv is not beside the project (../shared/data/legacy)');
	const lines = readFileSync(VECTORS, 'utf8').trim().split('\n').slice(1);
	const vectors = lines.map((line) => line.split(',')).filter(([kind]) => kind === 'commune');
	let missed = 0;
	for (const [, sound = '', decomposed = '', , tcvn3 = '', vni = ''] of vectors) {
		expect(legacyEncoding(tallyWords(sound))).toBeNull();
		expect(legacyEncoding(tallyWords(Buffer.from(decomposed, 'hex').toString()))).toBeNull();
		if (tcvn3 !== sound && legacyEncoding(tallyWords(tcvn3)) !== 'TCVN3 (ABC)') missed++;
		if (vni !== sound && legacyEncoding(tallyWords(vni)) !== 'VNI') missed++;
	}
	expect(vectors.length).toBeGreaterThan(300);
	expect(missed).toBeLessThan(vectors.length * 0.02);
});
