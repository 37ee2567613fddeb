import { operator } from '#lib/accounts/actor.ts';
import { listPublic } from '#lib/models/public.server.ts';
import { create } from '#lib/newsroom/article.server.ts';
import type { Byline, Kind } from '#lib/newsroom/article.ts';
import { bodySchema, type Body } from '#lib/newsroom/body.ts';
import { addLink, editLinkGroup, listLinks, setMenus } from '#lib/newsroom/menu.server.ts';
import { addPicture, type Picture } from '#lib/newsroom/picture.server.ts';
import { proposeUp, pushDown } from '#lib/newsroom/placement.server.ts';
import { publishEarlier } from '#lib/newsroom/earlier.server.ts';
import { MenuEntryForm, PictureForm, SectionForm, SiteForm } from '#lib/newsroom/site.schema.ts';
import { editSection, openSite } from '#lib/newsroom/site.server.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { landscape } from './drawing.ts';

/** The public site of the demonstration office and one below it: invented articles, pictures drawn by the program. */

const actor = operator('Dữ liệu minh hoạ');

const SECTIONS = {
	'tin-hoat-dong': ['Tin hoạt động', 'News'],
	'dan-van-kheo': ['Dân vận khéo', 'Skilful mobilisation'],
	'dan-chu-co-so': ['Dân chủ cơ sở', 'Grassroots democracy'],
	'van-ban': ['Chỉ đạo, hướng dẫn', 'Guidance']
} as const;
type SectionSlug = keyof typeof SECTIONS;

type Told = {
	headline: string;
	lead: string;
	section: SectionSlug;
	kind?: Kind;
	at: string;
	eventOn?: string;
	paragraphs: readonly string[];
	heading?: string;
	points?: readonly string[];
	quote?: string;
	picture?: { caption: string; alt: string };
	hasFigure?: boolean;
	tags: readonly string[];
	byline?: Byline;
	/** Words of the name of a recognised model that it introduces. */
	model?: string;
};

const OFFICE: Byline = { kind: 'office', name: 'Đảng uỷ Khối cơ quan và doanh nghiệp tỉnh', post: null };

const ARTICLES: readonly Told[] = [
	{
		headline: 'Sơ kết công tác dân vận 6 tháng đầu năm 2024: việc khó được bàn trước với dân',
		lead: 'Hội nghị đánh giá kết quả 6 tháng đầu năm, bàn việc của 6 tháng cuối năm và biểu dương những mô hình có kết quả kiểm chứng được.',
		section: 'tin-hoat-dong',
		at: '2024-06-21T15:00:00+07:00',
		eventOn: '2024-06-20',
		paragraphs: [
			'Dự hội nghị có đại diện các chi bộ, đảng bộ trực thuộc, các ban xây dựng Đảng và đoàn thể Khối.',
			'Các ý kiến tập trung vào ba việc: giao việc có người chịu trách nhiệm và thời hạn; báo cáo bằng số liệu có hồ sơ; nhân rộng mô hình đã được dân công nhận.'
		],
		hasFigure: true,
		heading: 'Việc của 6 tháng cuối năm',
		points: [
			'Mỗi chi bộ, đảng bộ nhận ít nhất một việc dân đang cần.',
			'Đối thoại với nhân dân trước khi quyết định việc liên quan đến đời sống.',
			'Công khai kết quả tại nơi sinh hoạt cộng đồng.'
		],
		picture: {
			caption: 'Một góc địa bàn nơi hội nghị chọn làm điểm',
			alt: 'Tranh vẽ thung lũng với mấy nếp nhà dưới chân núi'
		},
		tags: ['Sơ kết', 'Dân vận khéo'],
		byline: OFFICE
	},
	{
		headline: 'Bếp ăn nghĩa tình ở bệnh viện: ba năm không đỏ lửa một ngày nào cũng là một ngày thiếu',
		lead: 'Từ một nồi cháo buổi sáng, mô hình của đoàn viên ngành y nay phục vụ đều các ngày trong tuần.',
		section: 'dan-van-kheo',
		kind: 'feature',
		model: 'bếp ăn',
		at: '2024-06-14T08:00:00+07:00',
		paragraphs: [
			'Sáng nào cũng vậy, bếp đỏ lửa từ bốn giờ. Người góp gạo, người góp công, sổ ghi từng ngày treo ngay cửa bếp để ai cũng xem được.',
			'Cách làm không có gì bí mật: hỏi người bệnh cần gì trước, rồi mới bàn góp gì.'
		],
		quote: 'Cái gì dân thấy được, đếm được thì dân tin.',
		picture: {
			caption: 'Con đường từ bếp ăn về các xã vùng cao',
			alt: 'Tranh vẽ con đường uốn qua đồi với những mái nhà đỏ'
		},
		tags: ['Dân vận khéo', 'Y tế'],
		byline: { kind: 'person_with_post', name: 'Hà Thị Mây', post: 'Biên tập viên' }
	},
	...[
		['Chín hộ hiến đất mở đường, không ai phải ép', 'dan-van-kheo', '2024-06-10T09:30:00+07:00', 'Nông thôn mới'],
		['Hướng dẫn đăng ký mô hình “Dân vận khéo” năm 2024', 'van-ban', '2024-01-15T10:00:00+07:00', 'Hướng dẫn'],
		[
			'Hộp thư góp ý ở bộ phận một cửa: 15 ngày phải có trả lời',
			'dan-chu-co-so',
			'2024-05-28T14:15:00+07:00',
			'Dân chủ cơ sở'
		],
		[
			'Tổ dân vận giúp người cao tuổi dùng dịch vụ công trực tuyến',
			'dan-van-kheo',
			'2024-05-17T16:00:00+07:00',
			'Chuyển đổi số'
		],
		[
			'Hoà giải thành vụ tranh chấp nguồn nước sau hai buổi đối thoại',
			'dan-chu-co-so',
			'2024-05-06T08:45:00+07:00',
			'Dân chủ cơ sở'
		],
		[
			'Đoàn viên Khối tham gia ngày thứ Bảy tình nguyện cùng dân',
			'tin-hoat-dong',
			'2024-04-22T07:30:00+07:00',
			'Tình nguyện'
		],
		['Lịch tiếp công dân quý II năm 2024', 'van-ban', '2024-04-01T08:00:00+07:00', 'Tiếp công dân'],
		['Kiểm tra việc thực hiện quy chế dân chủ tại năm đơn vị', 'dan-chu-co-so', '2024-03-19T15:20:00+07:00', 'Kiểm tra']
	].map(([headline = '', section = '', at = '', tag = ''], index) => ({
		headline,
		section: isSection(section) ? section : ('tin-hoat-dong' as const),
		at,
		lead: 'Việc được bàn với dân từ đầu, có người chịu trách nhiệm, có thời hạn và có kết quả để dân xem.',
		paragraphs: [
			'Cấp uỷ phân công từng việc cho từng người, mỗi tháng kiểm lại một lần. Việc nào chưa xong thì nói rõ vì sao.',
			'Kết quả được ghi vào hồ sơ của mô hình, để báo cáo và để nơi khác học theo.'
		],
		...(index % 2 === 0 && {
			picture: { caption: 'Địa bàn thực hiện mô hình', alt: 'Tranh vẽ làng dưới chân đồi, mái ngói đỏ' }
		}),
		tags: [tag]
	}))
];

function isSection(text: string): text is SectionSlug {
	return text in SECTIONS;
}

/** Opens the two sites and fills them. `data`: the folder for the pictures. */
export async function openNewsroom(db: Db, data: string): Promise<void> {
	const [office, base] = [(await getByCode(db, actor, 'YB-DUK')).id, (await getByCode(db, actor, 'YB-DUK-14')).id];
	const site = await openSite(db, actor, {
		unitId: office,
		form: SiteForm.parse({
			slug: 'khoi-yen-bai',
			nameVi: 'Công tác dân vận Khối cơ quan và doanh nghiệp tỉnh Yên Bái',
			nameEn: 'People’s mobilisation in the bloc of agencies and enterprises of Yên Bái',
			ownerVi: 'Đảng uỷ Khối cơ quan và doanh nghiệp tỉnh (dữ liệu minh hoạ)',
			contactVi: 'Đường Điện Biên, thành phố Yên Bái\nThư điện tử: toasoan@yb-duk.example',
			commentsOpen: true,
			isOpen: true
		})
	});
	const subsite = await openSite(db, actor, {
		unitId: base,
		form: SiteForm.parse({
			slug: 'so-y-te',
			nameVi: 'Đảng bộ Sở Y tế',
			parentId: site.id,
			palette: 'jade',
			isOpen: true
		})
	});
	const sections = await openSections(db, site.id);
	const pictures = await drawPictures(db, site.id, data);
	const ids: string[] = [];
	for (const told of ARTICLES) ids.push(await tell(db, { siteId: site.id, unitId: office, told, sections, pictures }));
	const [first] = ids;
	if (first) await pushDown(db, actor, { id: first, siteIds: [subsite.id] });
	const own = await tell(db, { siteId: subsite.id, unitId: base, told: HEALTH, sections: new Map(), pictures: [] });
	await proposeUp(db, actor, { id: own, siteId: site.id });
	await draft(db, site.id);
	await furnish(db, site.id, sections);
}

const HEALTH: Told = {
	headline: 'Trạm y tế lưu động cuối tuần về xã Bản Mù',
	lead: 'Bác sĩ đi cùng cán bộ dân vận, khám cho người già và trẻ em ngay tại nhà văn hoá thôn.',
	section: 'tin-hoat-dong',
	at: '2024-06-18T09:00:00+07:00',
	paragraphs: ['Buổi khám bắt đầu từ sáng sớm để bà con kịp đi nương.'],
	tags: ['Y tế']
};

async function openSections(db: Db, siteId: string): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	for (const [at, [slug, [nameVi, nameEn]]] of Object.entries(SECTIONS).entries()) {
		const form = SectionForm.parse({ slug, nameVi, nameEn, position: at + 1 });
		found.set(slug, (await editSection(db, actor, { siteId, form })).id);
	}
	return found;
}

const PICTURES = 4;

async function drawPictures(db: Db, siteId: string, data: string): Promise<Picture[]> {
	const drawn: Picture[] = [];
	for (let number = 0; number < PICTURES; number += 1) {
		const upload = { name: `phong-canh-${number + 1}.jpg`, bytes: await landscape(number) };
		const form = PictureForm.parse({
			alt: 'Tranh vẽ làng dưới chân đồi, mái ngói đỏ',
			caption: 'Tranh minh hoạ',
			credit: 'tranh do chương trình vẽ',
			focalX: 50,
			focalY: 70
		});
		drawn.push(await addPicture(db, actor, { siteId, upload, form, data }));
	}
	return drawn;
}

type Telling = {
	siteId: string;
	unitId: string;
	told: Told;
	sections: ReadonlyMap<string, string>;
	pictures: readonly Picture[];
};

async function tell(db: Db, { siteId, unitId, told, sections, pictures }: Telling): Promise<string> {
	const [model] = told.model ? (await listPublic(db, { unitId, search: told.model })).rows : [];
	const picture = told.picture && pictures[told.headline.length % Math.max(1, pictures.length)];
	const { id } = await create(db, actor, {
		siteId,
		text: {
			headline: told.headline,
			lead: told.lead,
			body: bodyOf(told, picture?.id),
			eventOn: told.eventOn ?? null,
			byline: told.byline ?? { kind: 'person', name: 'Hà Thị Mây', post: null },
			source: null,
			coverId: picture?.id ?? null
		},
		filing: {
			kind: told.kind ?? 'news',
			sectionId: sections.get(told.section) ?? null,
			tags: told.tags,
			slug: null,
			commentsOpen: true
		},
		introduces: model?.id
	});
	await publishEarlier(db, actor, { id, at: new Date(told.at) });
	return id;
}

const FIGURE = { figure: 'models.registered', unit: null, from: '2024-01-01', asOf: '2024-06-15', where: {}, by: [] };

function bodyOf(told: Told, picture: string | undefined): Body {
	const words = (text: string) => ({ type: 'text', text });
	const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
	return bodySchema.parse({
		type: 'doc',
		content: [
			...(picture && told.picture
				? [{ type: 'picture', attrs: { picture, ...told.picture, credit: 'tranh do chương trình vẽ' } }]
				: []),
			...told.paragraphs.map((text) => paragraph(words(text))),
			...(told.hasFigure
				? [
						paragraph(
							words('Tính đến hết ngày 15/6/2024 đã có '),
							{ type: 'figure', attrs: { slot: 'f1', query: FIGURE, format: 'plain' } },
							words(' mô hình đăng ký.')
						)
					]
				: []),
			...(told.heading ? [{ type: 'heading', attrs: { level: 2 }, content: [words(told.heading)] }] : []),
			...(told.points
				? [
						{
							type: 'bulletList',
							content: told.points.map((text) => ({ type: 'listItem', content: [paragraph(words(text))] }))
						}
					]
				: []),
			...(told.quote ? [{ type: 'blockquote', content: [paragraph(words(told.quote))] }] : [])
		]
	});
}

/** One in hand, so that the newsroom has work. */
async function draft(db: Db, siteId: string): Promise<void> {
	const paragraphs = ['Bà con thôn đã họp hai lần, thống nhất vị trí và cách góp công.'];
	const told: Told = { ...HEALTH, headline: 'Cầu mới qua suối: dân bàn, dân làm', lead: '', paragraphs, tags: [] };
	await create(db, actor, {
		siteId,
		text: {
			headline: told.headline,
			lead: '',
			body: bodyOf(told, undefined),
			eventOn: null,
			byline: OFFICE,
			source: null,
			coverId: null
		},
		filing: { kind: 'news', sectionId: null, tags: [], slug: null, commentsOpen: true }
	});
}

async function furnish(db: Db, siteId: string, sections: ReadonlyMap<string, string>): Promise<void> {
	const entry = (labelVi: string, labelEn: string, target: string, menu = 'head') =>
		MenuEntryForm.parse({ menu, labelVi, labelEn, target });
	const heads = [...sections].map(([slug, id]) => {
		const [labelVi, labelEn] = isSection(slug) ? SECTIONS[slug] : ['', ''];
		return entry(labelVi, labelEn, `section:${id}`);
	});
	const entries = [
		entry('Trang chủ', 'Home', 'page:home'),
		...heads,
		entry('Mô hình', 'Models', 'page:register'),
		entry('Tin theo ngày', 'By day', 'page:archive', 'foot')
	];
	await setMenus(db, actor, { siteId, entries });
	await editLinkGroup(db, actor, { siteId, form: { nameVi: 'Trung ương', nameEn: 'Central', position: 1 } });
	const [group] = await listLinks(db, siteId);
	if (group)
		await addLink(db, actor, {
			siteId,
			form: { groupId: group.id, label: 'Báo điện tử minh hoạ', url: 'https://bao.example/' }
		});
}
