import { COMMUNE_DEEDS } from '#lib/demo/deeds.ts';
import { dice } from '#lib/demo/dice.ts';
import { HAMLETS, KIEN_GIANG } from '#lib/demo/places.ts';
import { writeRegistrationList, type ListedRegistration } from '#lib/import/sample-lists.ts';
import { FIELDS } from '#lib/models/model.ts';
import { fold } from '#lib/vietnamese/text.ts';

/** A province's yearly list: `count` rows by its communes, in the shape of the demonstration world. Same year, same file. */
export function provinceList(year: number, count: number): Buffer {
	const chance = dice(year);
	const communes = distinctCommunes();
	const rows = Array.from({ length: count }, (_, i): ListedRegistration => {
		const commune = communes[i % communes.length] ?? '';
		const place = `${chance.pick(HAMLETS)}, ${commune}`;
		const field = chance.pick(FIELDS);
		return {
			name: chance.pick(COMMUNE_DEEDS[field]).replace('%', place),
			place,
			field,
			unitName: `Đảng uỷ ${commune}`,
			subject: i % 9 === 0 ? 'individual' : 'collective',
			novelty: 'new',
			registeredOn: new Date(Date.UTC(year, 0, 5 + (i % 330))).toISOString().slice(0, 10),
			isOfOffice: false
		};
	});
	const head = {
		office: 'Tỉnh uỷ Kiên Giang',
		superior: 'Tỉnh uỷ Kiên Giang',
		place: 'Rạch Giá',
		year,
		asOf: `${year}-12-31`,
		seed: year
	};
	return Buffer.from(writeRegistrationList(rows, head));
}

/** Some communes of different districts are called alike; a list of the whole province cannot mean one of them. */
function distinctCommunes(): string[] {
	const all = KIEN_GIANG.flatMap(({ communes }) => communes);
	return all.filter((name) => all.filter((other) => fold(other) === fold(name)).length === 1);
}
