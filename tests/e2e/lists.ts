import { OFFICE_DEEDS, YEN_BAI_PLACES } from '#lib/demo/deeds.ts';
import { dice } from '#lib/demo/dice.ts';
import { BLOC_UNITS } from '#lib/demo/places.ts';
import { writeRegistrationList, type ListedRegistration } from '#lib/import/sample-lists.ts';
import { FIELDS } from '#lib/models/model.ts';

/** `unknownUnits`: so many rows name a unit that nobody has. `twins`: so many rows come twice, once without tone marks. */
type Wanted = { year: number; seed: number; unknownUnits?: number; twins?: number };

const OFFICE = 'Đảng uỷ Khối cơ quan và doanh nghiệp';

/** What the training office drops in: 182 rows by its units, 2 of the office itself, 100 continuing and 80 new. */
export function officeList({ year, seed, unknownUnits = 0, twins = 0 }: Wanted): Buffer {
	const names = dice(seed).shuffle(allNames()).slice(0, 182);
	const rows = names.map(({ name, place, field }, i): ListedRegistration => {
		const isOfOffice = i < 2;
		const isUnknown = i >= 2 && i < 2 + unknownUnits;
		const base = isUnknown
			? `Đảng bộ Xí nghiệp chưa có tên số ${i}`
			: unitName(Math.floor(((i - 2) * BLOC_UNITS.length) / 180));
		return {
			name,
			place,
			field,
			unitName: isOfOffice ? OFFICE : base,
			subject: i % 8 === 7 ? 'individual' : 'collective',
			novelty: i === 0 || (i >= 2 && i % 9 < 5) ? 'continuing' : 'new',
			registeredOn: new Date(Date.UTC(year, 0, 8 + (i % 150))).toISOString().slice(0, 10),
			isOfOffice
		};
	});
	const copies = rows.slice(rows.length - twins).map((row) => ({ ...row, name: withoutMarks(row.name) }));
	const head = { office: OFFICE, superior: 'Tỉnh uỷ', place: 'Yên Bái', year, asOf: `${year}-06-15`, seed };
	return Buffer.from(writeRegistrationList([...rows, ...copies], head));
}

function allNames() {
	return FIELDS.flatMap((field) =>
		OFFICE_DEEDS[field].flatMap((deed) =>
			YEN_BAI_PLACES.map((place) => ({ field, place, name: deed.replace('%', place) }))
		)
	);
}

function withoutMarks(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D');
}

function unitName(index: number): string {
	const entry = BLOC_UNITS[index] ?? '';
	return entry.startsWith('~') ? `Chi bộ ${entry.slice(1)}` : `Đảng bộ ${entry}`;
}
