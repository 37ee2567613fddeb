import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { controlTag, figureHash, parseControlTag } from './docx-control.ts';
import { SAMPLE_REPORT_ID, sampleFigures, sampleReport } from './docx.sample.ts';
import { writeDocx } from './docx.ts';
import { compare, readControls, type Reading } from './verify.server.ts';

const written = await writeDocx(sampleReport);

function edited(change: (xml: string) => string): Uint8Array {
	const parts = unzipSync(written);
	const main = parts['word/document.xml'];
	if (!main) throw new Error('no main part');
	return zipSync({ ...parts, 'word/document.xml': strToU8(change(strFromU8(main))) });
}

function read(bytes: Uint8Array): Reading {
	const reading = readControls(bytes);
	if ('refused' in reading) throw new Error(reading.refused);
	return reading;
}

function wrong(bytes: Uint8Array) {
	return compare(read(bytes), sampleFigures).filter((each) => each.status !== 'match');
}

/** The whole control of a slot in the XML. */
function controlOf(xml: string, slot: string): string {
	const found = xml.match(/<w:sdt>.*?<\/w:sdt>/gs)?.find((each) => each.includes(`.${slot}.`));
	if (!found) throw new Error(`no control for ${slot}`);
	return found;
}

describe('refusals', () => {
	const refused = (bytes: Uint8Array) => {
		const reading = readControls(bytes);
		return 'refused' in reading ? reading.refused : null;
	};
	test('what is no .docx', () => {
		expect(refused(new Uint8Array())).toBe('not_docx');
		expect(refused(strToU8('%PDF-1.7 and so on, longer than a zip trailer'))).toBe('not_docx');
		expect(refused(zipSync({ 'a.txt': strToU8('x') }))).toBe('not_docx');
	});
	test('a document of somebody else', () => {
		const parts = unzipSync(edited((xml) => xml.replaceAll(/kheo\.[^"]*/g, 'other')));
		expect(refused(zipSync({ ...parts, 'docProps/custom.xml': strToU8('<Properties/>') }))).toBe('no_controls');
	});
	test('XML that is cut off, has a document type or is nested without end', () => {
		expect(refused(edited((xml) => xml.slice(0, -20)))).toBe('damaged');
		expect(refused(edited((xml) => `<!DOCTYPE x [<!ENTITY a "b">]>${xml}`))).toBe('damaged');
		expect(refused(edited(() => '<w:p>'.repeat(100_000)))).toBe('damaged');
	});
	test('a bomb, by its declared size', () => {
		expect(refused(edited((xml) => xml + ' '.repeat(13 * 1024 * 1024)))).toBe('too_large');
		expect(refused(new Uint8Array(21 * 1024 * 1024))).toBe('too_large');
	});
	test('an endless attribute in linear time', () => {
		const before = performance.now();
		expect(refused(edited(() => `<a ${'b'.repeat(4_000_000)}>`))).toBe('damaged');
		expect(performance.now() - before).toBeLessThan(5000);
	});
});

describe('what Word may do to a report', () => {
	test('nothing: every figure and every cell matches', () => {
		const verdicts = compare(read(written), sampleFigures);
		expect(verdicts.map((each) => each.status)).toEqual(Array.from({ length: 11 }, () => 'match'));
		expect(read(written)).toMatchObject({ reportId: SAMPLE_REPORT_ID, hasMacros: false });
	});
	test('one digit changed: exactly that figure, with the true value', () => {
		expect(wrong(edited((xml) => xml.replace('>182<', '>183<')))).toEqual([
			{ slot: 'f1', cell: null, status: 'changed', printed: '182', found: '183' }
		]);
	});
	test('a cell changed', () => {
		expect(wrong(edited((xml) => xml.replace('>61<', '>67<')))).toEqual([
			{ slot: 't1', cell: 'r2c1', status: 'changed', printed: '61', found: '67' }
		]);
	});
	test('text split over runs, and spaces of another kind', () => {
		const split = edited((xml) => xml.replace(/(<w:t[^>]*>)182<\/w:t>/, '$11</w:t></w:r><w:r>$182</w:t>'));
		expect(wrong(split)).toEqual([]);
		expect(wrong(edited((xml) => xml.replace('>tăng 49<', '>tăng&#160;49<')))).toEqual([]);
	});
	test('a tracked change counts as accepted', () => {
		const tracked = edited((xml) =>
			xml.replace(
				/<w:r>(<w:t[^>]*>)182<\/w:t><\/w:r>/,
				'<w:del w:id="91"><w:r><w:delText>182</w:delText></w:r></w:del><w:ins w:id="92"><w:r>$1185</w:t></w:r></w:ins>'
			)
		);
		expect(wrong(tracked)).toEqual([{ slot: 'f1', cell: null, status: 'changed', printed: '182', found: '185' }]);
	});
	test('a control moved with tracking is one control, moved without tracking too', () => {
		const moved = edited((xml) => {
			const control = controlOf(xml, 'f1');
			const run = /<w:r>.*<\/w:r>/s.exec(control)?.[0] ?? '';
			const left = control.replace(run, `<w:moveFrom w:id="91">${run}</w:moveFrom>`);
			return xml.replace(control, left).replace('<w:sectPr', `<w:p>${control}</w:p><w:sectPr`);
		});
		expect(wrong(moved)).toEqual([]);
		const cut = edited((xml) =>
			xml.replace(controlOf(xml, 'f1'), '').replace('<w:sectPr', `<w:p>${controlOf(xml, 'f1')}</w:p><w:sectPr`)
		);
		expect(wrong(cut)).toEqual([]);
	});
	test('a control deleted, with tracking or without, is missing', () => {
		const missing = [{ slot: 'f1', cell: null, status: 'missing', printed: '182', found: null }];
		expect(wrong(edited((xml) => xml.replace(controlOf(xml, 'f1'), '')))).toEqual(missing);
		const tracked = edited((xml) =>
			xml.replace(
				/<w:r>(<w:t[^>]*>)182<\/w:t><\/w:r>/,
				'<w:del w:id="91"><w:r><w:delText>182</w:delText></w:r></w:del>'
			)
		);
		expect(wrong(tracked)).toEqual(missing);
	});
	test('a control copied: a warning, and red when one copy was changed', () => {
		const twice = (change: (control: string) => string) =>
			edited((xml) => xml.replace('<w:sectPr', `<w:p>${change(controlOf(xml, 'f1'))}</w:p><w:sectPr`));
		expect(wrong(twice((control) => control)).map((each) => each.status)).toEqual(['duplicated']);
		expect(wrong(twice((control) => control.replace('>182<', '>1<')))).toMatchObject([
			{ status: 'changed', found: '1' }
		]);
	});
	test('a text box stands twice in the file and once on paper', () => {
		const boxed = edited((xml) => {
			const control = controlOf(xml, 'f1');
			return xml.replace(
				control,
				`<mc:AlternateContent><mc:Choice>${control}</mc:Choice><mc:Fallback>${control}</mc:Fallback></mc:AlternateContent>`
			);
		});
		expect(wrong(boxed)).toEqual([]);
	});
	test('an emptied control that shows its prompt', () => {
		const emptied = edited((xml) =>
			xml
				.replace('<w:lock w:val="sdtLocked"/>', '<w:showingPlcHdr/><w:lock w:val="sdtLocked"/>')
				.replace('>182<', '>Bấm để nhập<')
		);
		expect(wrong(emptied)).toMatchObject([{ slot: 'f1', status: 'changed', found: '' }]);
	});
	test('controls of another report and of an earlier version are unknown', () => {
		const other = controlTag({
			reportId: '0190a2c4-0000-7d10-8f3a-2b6c9d4e1f50',
			slot: 'f1',
			cell: null,
			hash: 'A'.repeat(16)
		});
		const pasted = edited((xml) =>
			xml.replace('<w:sectPr', `<w:p>${controlOf(xml, 'f1').replace(/kheo\.[^"]*/, other)}</w:p><w:sectPr`)
		);
		expect(wrong(pasted)).toEqual([{ slot: 'f1', cell: null, status: 'unknown', printed: null, found: '182' }]);
		const later = sampleFigures.map((each) =>
			each.slot === 'f1' ? { ...each, knownAt: '2024-07-01T00:00:00.000Z' } : each
		);
		expect(compare(read(written), later).filter((each) => each.status !== 'match')).toMatchObject([
			{ slot: 'f1', status: 'unknown' }
		]);
	});
	test('macros are reported and nothing more', () => {
		const parts = unzipSync(written);
		const reading = read(zipSync({ ...parts, 'word/vbaProject.bin': new Uint8Array(8) }));
		expect(reading.hasMacros).toBe(true);
		expect(reading.controls).toHaveLength(11);
	});
});

describe('the tag', () => {
	test('comes back as it went, within the 64 characters of Word', () => {
		const address = { reportId: SAMPLE_REPORT_ID, slot: 'a123456789', cell: 'r999c20', hash: 'x'.repeat(16) };
		expect(controlTag(address).length).toBeLessThanOrEqual(64);
		expect(parseControlTag(controlTag(address))).toEqual(address);
		expect(parseControlTag('kheo.zzz')).toBeNull();
	});
	test('the hash does not depend on the order of keys, and depends on everything else', () => {
		const [first] = sampleFigures;
		if (!first) throw new Error('no figure');
		const reversed = { ...first, query: { ...first.query, where: { b: '1', a: '2' } } };
		const sorted = { ...first, query: { ...first.query, where: { a: '2', b: '1' } } };
		expect(figureHash(SAMPLE_REPORT_ID, reversed)).toBe(figureHash(SAMPLE_REPORT_ID, sorted));
		expect(figureHash(SAMPLE_REPORT_ID, { ...first, value: 183 })).not.toBe(figureHash(SAMPLE_REPORT_ID, first));
	});
});
