import { operator } from '#lib/accounts/actor.ts';
import { savePeriod } from '#lib/reports/calendar.server.ts';
import { accept, send } from '#lib/reports/narrative.server.ts';
import { createFromTemplate } from '#lib/reports/report.server.ts';
import type { Db } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';

const actor = operator('Dữ liệu minh hoạ');

/** What three units wrote for the bloc's half-year report; the office has taken over the first. */
const NARRATIVES = [
	{
		unit: 'YB-DUK-14',
		section: 'authorities',
		text: 'Đảng bộ Sở Y tế duy trì bếp ăn nghĩa tình và tổ chức khám, chữa bệnh lưu động tại các xã vùng cao; cán bộ, đảng viên góp ngày công làm vệ sinh trạm y tế cùng nhân dân.'
	},
	{
		unit: 'YB-DUK-31',
		section: 'authorities',
		text: 'Chi bộ Hội Cựu chiến binh tỉnh vận động hội viên góp công xoá nhà tạm cho hội viên nghèo, gắn với chỉnh trang tuyến đường tự quản.'
	},
	{
		unit: 'YB-DUK-42',
		section: 'obstacles',
		text: 'Một số chi bộ trực thuộc chọn tên mô hình còn dài, chưa nêu rõ kết quả đầu ra; kinh phí chủ yếu do đoàn viên đóng góp.'
	}
] as const;

/** The bloc's calendar of 2023 and 2024, what units wrote, and the half-year report of 2024 begun as a draft. */
export async function beginReports(db: Db): Promise<void> {
	const { id: unitId } = await getByCode(db, actor, 'YB-DUK');
	for (const year of ['2023', '2024']) {
		await savePeriod(db, actor, {
			unitId,
			code: 'half-year',
			name: `6 tháng đầu năm ${year}`,
			beginsOn: `${year}-01-01`,
			cutOffOn: `${year}-06-15`,
			endsOn: `${year}-06-30`,
			dueOn: `${year}-06-25`
		});
		await savePeriod(db, actor, {
			unitId,
			code: 'year',
			name: `Năm ${year}`,
			beginsOn: `${year}-01-01`,
			cutOffOn: `${year}-12-15`,
			endsOn: `${year}-12-31`,
			dueOn: `${year}-12-25`
		});
	}
	for (const [index, { unit, section, text }] of NARRATIVES.entries()) {
		const { id } = await getByCode(db, actor, unit);
		const sent = await send(db, actor, { unitId: id, code: 'half-year', beginsOn: '2024-01-01', section, text });
		if (index === 0) await accept(db, actor, sent.id);
	}
	await createFromTemplate(db, actor, { unitId, template: 'half-year', asOf: '2024-06-15' });
}
