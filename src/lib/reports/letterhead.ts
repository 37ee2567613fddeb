import { formatDayLong } from '#lib/vietnamese/format.ts';

/** Party documents follow 36-HD/VPTW (2018), state documents Nghị định 30/2020/NĐ-CP. */
export type DocumentFamily = 'party' | 'state';

/** What stands around the body. `number` and `day` are null until the report is signed. */
export type Letterhead = {
	superior: string | null;
	issuer: string;
	number: number | null;
	/** "BC" of "112-BC/ĐUK". */
	typeCode: string;
	/** "ĐUK" of "112-BC/ĐUK". */
	issuerCode: string;
	place: string;
	day: string | null;
	typeName: string;
	/** Lines of the abstract under the type name. */
	abstract: string[];
	recipients: string[];
	signature: {
		onBehalfOf: string | null;
		/** The title of the head for whom a deputy signs (K/T). */
		deputyFor: string | null;
		title: string;
		name: string | null;
	};
};

export const NATIONAL_TITLE = 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM';
export const NATIONAL_MOTTO = 'Độc lập - Tự do - Hạnh phúc';
export const PARTY_TITLE = 'ĐẢNG CỘNG SẢN VIỆT NAM';

/** "Số 112-BC/ĐUK" for the Party, "Số: 112/BC-UBND" for the State; room for the number while there is none. */
export function numberLine(family: DocumentFamily, head: Letterhead): string {
	const number = head.number === null ? '      ' : String(head.number).padStart(2, '0');
	return family === 'party'
		? `Số ${number}-${head.typeCode}/${head.issuerCode}`
		: `Số: ${number}/${head.typeCode}-${head.issuerCode}`;
}

/** "Yên Bái, ngày 18 tháng 6 năm 2024"; dots while the day is not known. */
export function placeLine(head: Letterhead): string {
	return `${head.place}, ${head.day === null ? 'ngày … tháng … năm …' : formatDayLong(head.day)}`;
}

/** The lines above the name: on whose behalf, for whom a deputy signs, the signer's title. */
export function signatureLines(family: DocumentFamily, head: Letterhead): { text: string; bold: boolean }[] {
	const [behalf, deputy] = family === 'party' ? ['T/M', 'K/T'] : ['TM.', 'KT.'];
	const { onBehalfOf, deputyFor, title } = head.signature;
	// 36-HD prints the signer's title in regular capitals under the bold authority; the decree prints all of it bold.
	return [
		...(onBehalfOf ? [{ text: `${behalf} ${onBehalfOf}`, bold: true }] : []),
		...(deputyFor ? [{ text: `${deputy} ${deputyFor}`, bold: true }] : []),
		{ text: title, bold: family === 'state' || (!onBehalfOf && !deputyFor) }
	];
}
