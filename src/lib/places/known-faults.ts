/**
 * What is known to be wrong or missing in the registry's package of places, each with when it was found and by what.
 * Codes of the 63 provinces: Quyết định 124/2004/QĐ-TTg and its later changes; the package knows them by name only.
 */

export const OLD_PROVINCE_CODES: Readonly<Record<string, string>> = {
	'Hà Nội': '01',
	'Hà Giang': '02',
	'Cao Bằng': '04',
	'Bắc Kạn': '06',
	'Tuyên Quang': '08',
	'Lào Cai': '10',
	'Điện Biên': '11',
	'Lai Châu': '12',
	'Sơn La': '14',
	'Yên Bái': '15',
	'Hoà Bình': '17',
	'Thái Nguyên': '19',
	'Lạng Sơn': '20',
	'Quảng Ninh': '22',
	'Bắc Giang': '24',
	'Phú Thọ': '25',
	'Vĩnh Phúc': '26',
	'Bắc Ninh': '27',
	'Hải Dương': '30',
	'Hải Phòng': '31',
	'Hưng Yên': '33',
	'Thái Bình': '34',
	'Hà Nam': '35',
	'Nam Định': '36',
	'Ninh Bình': '37',
	'Thanh Hóa': '38',
	'Nghệ An': '40',
	'Hà Tĩnh': '42',
	'Quảng Bình': '44',
	'Quảng Trị': '45',
	Huế: '46',
	'Đà Nẵng': '48',
	'Quảng Nam': '49',
	'Quảng Ngãi': '51',
	'Bình Định': '52',
	'Phú Yên': '54',
	'Khánh Hòa': '56',
	'Ninh Thuận': '58',
	'Bình Thuận': '60',
	'Kon Tum': '62',
	'Gia Lai': '64',
	'Đắk Lắk': '66',
	'Đắk Nông': '67',
	'Lâm Đồng': '68',
	'Bình Phước': '70',
	'Tây Ninh': '72',
	'Bình Dương': '74',
	'Đồng Nai': '75',
	'Bà Rịa - Vũng Tàu': '77',
	'Hồ Chí Minh': '79',
	'Long An': '80',
	'Tiền Giang': '82',
	'Bến Tre': '83',
	'Trà Vinh': '84',
	'Vĩnh Long': '86',
	'Đồng Tháp': '87',
	'An Giang': '89',
	'Kiên Giang': '91',
	'Cần Thơ': '92',
	'Hậu Giang': '93',
	'Sóc Trăng': '94',
	'Bạc Liêu': '95',
	'Cà Mau': '96'
};

/** Wards of the package with a wrong code. 2026-11-22, against the list of the General Statistics Office: 23737 was Ia Mơ Nông. */
export const WRONG_CODES: Readonly<Record<string, string>> = { '23737': '23938' };

/** Communes of before 1/7/2025 that the package leaves out, with where they lay and what they became. 2026-11-22, as above. */
export const MISSING_COMMUNES = [
	{ code: '23938', name: 'Xã Ia Mơ', district: 'Huyện Chư Prông', province: 'Gia Lai', becomes: '23938' }
] as const;

/** Two communes of one name in Kiên Giang, each led to the other's successor. 2026-11-22, by where they lie. */
export const WRONG_SUCCESSORS: Readonly<Record<string, string>> = { '30901': '30886', '30913': '30910' };

/** Spellings that are no spelling of the place. 2026-11-22, list of the General Statistics Office. */
export const WRONG_NAMES: Readonly<Record<string, string>> = { '31246': 'Xã Thạnh Quới' };

/** Districts that were joined into another one before the list begins, on 1/12/2024. */
export const JOINED_DISTRICTS: Readonly<Record<string, string>> = { 'Lâm Đồng/Huyện Đạ Tẻh': 'Huyện Đạ Huoai' };

/** Island districts without communes, which the package does not list: each became a special zone of its name on 1/7/2025. */
export const ISLAND_DISTRICTS = [
	{ name: 'Huyện Bạch Long Vĩ', province: 'Hải Phòng', becomes: '11948' },
	{ name: 'Huyện Cồn Cỏ', province: 'Quảng Trị', becomes: '19742' },
	{ name: 'Huyện Hoàng Sa', province: 'Đà Nẵng', becomes: '20333' },
	{ name: 'Huyện Lý Sơn', province: 'Quảng Ngãi', becomes: '21548' },
	{ name: 'Huyện Côn Đảo', province: 'Bà Rịa - Vũng Tàu', becomes: '26732' }
] as const;

/** What was decided after the package was made: code, name and kind until the day, name and kind from it. */
export const LATER_CHANGES = {
	day: '2026-04-30',
	decided: [
		{ law: 'Nghị quyết 30/2026/QH16', was: 'Tỉnh', becomes: 'Thành phố', places: [['75', 'Đồng Nai']] },
		{
			law: 'Nghị quyết 237/NQ-UBTVQH16',
			was: 'Xã',
			becomes: 'Phường',
			places: [
				['25270', 'Lộc Ninh'],
				['25357', 'Tân Khai'],
				['25363', 'Đồng Phú'],
				['26116', 'Tân Phú'],
				['26170', 'Trị An'],
				['26248', 'Trảng Bom'],
				['26326', 'Dầu Giây'],
				['26368', 'Long Thành'],
				['26425', 'Xuân Lộc'],
				['26485', 'Nhơn Trạch']
			]
		}
	]
} as const;
