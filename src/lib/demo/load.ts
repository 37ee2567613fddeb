import { sql, type Kysely } from 'kysely';
import { create, isEmpty, markDemonstration } from '#lib/accounts/account.server.ts';
import { operator, type Role } from '#lib/accounts/actor.ts';
import { addSheet } from '#lib/models/score-sheet.server.ts';
import { draft, giveBack, submit } from '#lib/models/registration.server.ts';
import type { DB } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { setTheme } from '#lib/units/year-theme.server.ts';
import { establishBloc, registerBloc } from './bloc.ts';
import { establishProvince, registerProvince } from './province.ts';
import { openComments } from './comments.ts';
import { openNewsroom } from './newsroom.ts';
import { beginReports } from './reports.ts';

/** An account of the demonstration world, with whom it stands for. */
export type DemonstrationAccount = {
	who: string;
	email: string;
	password: string;
	unit: string | null;
	roles: readonly Role[];
};

const PASSWORD = 'dan-van-kheo-1930';
const actor = operator('Dữ liệu minh hoạ');

export const DEMONSTRATION_ACCOUNTS: readonly DemonstrationAccount[] = [
	{
		who: 'Lê Thị Hạnh – cán bộ tổng hợp, Đảng uỷ Khối Yên Bái',
		email: 'canbo@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['officer', 'reviewer']
	},
	{
		who: 'Hoàng Văn Sơn – lãnh đạo, Đảng uỷ Khối Yên Bái',
		email: 'lanhdao@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['leader']
	},
	{
		who: 'Giàng A Páo – cán bộ dân vận, Đảng bộ Sở Y tế',
		email: 'coso@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK-14',
		roles: ['officer']
	},
	{
		who: 'Nguyễn Minh Quân – quản trị, Đảng uỷ Khối Yên Bái',
		email: 'quantri@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['administrator']
	},
	{
		who: 'Lường Thị Ín – cán bộ tiếp công dân, xử lý đơn, Đảng uỷ Khối Yên Bái',
		email: 'tiepdan@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['petition_officer']
	},
	{
		who: 'Hà Thị Mây – biên tập viên trang thông tin, Đảng uỷ Khối Yên Bái',
		email: 'toasoan@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['newsroom_editor']
	},
	{
		who: 'Đặng Hữu Phúc – kiểm tra, xem nhật ký, Đảng uỷ Khối Yên Bái',
		email: 'kiemtra@yb-duk.example',
		password: PASSWORD,
		unit: 'YB-DUK',
		roles: ['auditor']
	},
	{
		who: 'Danh Thị Ngọc – cán bộ tổng hợp, Tỉnh uỷ Kiên Giang',
		email: 'canbo@kg.example',
		password: PASSWORD,
		unit: 'KG',
		roles: ['officer', 'reviewer', 'leader']
	},
	{
		who: 'Vũ Thu Trang – văn phòng tập huấn, chưa có số liệu',
		email: 'canbo@tap-huan.example',
		password: PASSWORD,
		unit: 'TH-DUK',
		roles: ['officer', 'reviewer', 'leader']
	},
	{
		who: 'Phạm Đức Khách – không có quyền nào',
		email: 'khach@example.example',
		password: PASSWORD,
		unit: null,
		roles: []
	}
];

/** Loads the demonstration world into an empty database and data folder; leaves a loaded one as it is. Answers its accounts. */
export async function loadDemonstration(db: Kysely<DB>, data: string): Promise<readonly DemonstrationAccount[]> {
	const { rows } = await sql`select 1 from unit_versions where code in ('YB-DUK', 'KG') limit 1`.execute(db);
	if (rows.length > 0) return DEMONSTRATION_ACCOUNTS;
	const wasEmpty = await isEmpty(db);
	await db.transaction().execute(async (tx) => {
		await fillBloc(tx);
		await establishBloc(tx, { code: 'TH-DUK', province: 'Tỉnh uỷ (dữ liệu tập huấn)', provinceCode: 'TH' });
		await registerProvince(tx, await establishProvince(tx));
		await beginReports(tx);
		await openNewsroom(tx, data);
		await openComments(tx);
		await makeAccounts(tx, DEMONSTRATION_ACCOUNTS);
		// Never where real people work already: there the second factor stays required.
		if (wasEmpty) await markDemonstration(tx);
		await sql`select refresh_statistics()`.execute(tx);
	});
	return DEMONSTRATION_ACCOUNTS;
}

/** The small world that most tests stand on: the bloc of Yên Bái 2023–2024, its score sheets, and a little work in hand. */
export async function fillBloc(db: Kysely<DB>): Promise<void> {
	for (const level of ['base', 'district', 'bloc', 'province'] as const) await addSheet(db, actor, sheetOf(level));
	const world = await establishBloc(db, { code: 'YB-DUK', province: 'Tỉnh uỷ Yên Bái', provinceCode: 'YB' });
	await registerBloc(db, world);
	await setTheme(db, actor, { unitId: world.bloc, year: 2024, title: 'Dân vận khéo gắn với chuyển đổi số' });
	await workInHand(db);
}

async function makeAccounts(db: Kysely<DB>, accounts: readonly DemonstrationAccount[]): Promise<void> {
	for (const { who, email, password, unit, roles } of accounts) {
		const unitId = unit ? (await getByCode(db, actor, unit)).id : null;
		const grants = unitId ? roles.map((role) => ({ unitId, role })) : [];
		await create(db, actor, { name: who.split(' – ')[0] ?? who, email, password, grants });
	}
}

/** After the cut-off of 15/6/2024: two waiting for review, one returned, one still a draft. None of them counts yet. */
async function workInHand(db: Kysely<DB>): Promise<void> {
	const inHand = [
		{ unit: 'YB-DUK-14', name: 'Trạm y tế lưu động cuối tuần giúp nhân dân xã Bản Mù', registeredOn: '2024-06-18' },
		{
			unit: 'YB-DUK-42',
			name: 'Quầy giao dịch thân thiện giúp người cao tuổi phường Yên Thịnh',
			registeredOn: '2024-06-19'
		},
		{ unit: 'YB-DUK-06', name: 'Chung tay làm đường', registeredOn: '2024-06-20' },
		{ unit: 'YB-DUK-14', name: 'Bữa sáng không đồng cho người bệnh nghèo xã Mồ Dề', registeredOn: null }
	];
	const ids: string[] = [];
	for (const { unit, ...rest } of inHand) {
		const { id: unitId } = await getByCode(db, actor, unit);
		const { id } = await draft(db, actor, {
			...rest,
			unitId,
			year: 2024,
			level: 'base',
			field: 'culture_society',
			subject: 'collective',
			novelty: 'new'
		});
		if (rest.registeredOn) ids.push(id);
	}
	await submit(db, actor, ids);
	await giveBack(db, actor, {
		ids: ids.slice(2),
		reason: 'Tên chưa nói rõ làm đường ở đâu, cho ai; ghi thêm địa bàn và kết quả đầu ra.'
	});
}

function sheetOf(level: 'base' | 'district' | 'bloc' | 'province') {
	return {
		level,
		name: 'Thang điểm 100 xét công nhận mô hình “Dân vận khéo”',
		passMark: 75,
		law: 'Dữ liệu minh hoạ; cấp uỷ mỗi nơi ban hành thang điểm của mình',
		from: '2009-01-01',
		criteria: [
			{ code: 'name', name: 'Tên gọi, địa chỉ cụ thể; đăng ký đúng hạn, có kế hoạch', points: 10 },
			{ code: 'fit', name: 'Nội dung gắn với chức năng, nhiệm vụ, giải quyết việc dân cần', points: 20 },
			{ code: 'forces', name: 'Huy động nhiều lực lượng tham gia, nhân dân đồng thuận', points: 20 },
			{ code: 'outcome', name: 'Kết quả đầu ra kiểm chứng được, có số liệu', points: 30 },
			{ code: 'spread', name: 'Duy trì, lan toả, nhân rộng được', points: 20 },
			{ code: 'veto_law', name: 'Vi phạm pháp luật hoặc huy động trái tự nguyện', points: null },
			{ code: 'veto_report', name: 'Báo cáo không trung thực', points: null }
		]
	};
}
