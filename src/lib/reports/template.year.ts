import { directions, letterhead, opening, registeredByField, registeredByUnit } from './template.outline.ts';
import { bodyOf, figureTable, heading, narrative, paragraph, query, type Template } from './template.ts';

const base = { level: 'base' };

/** Tổng kết năm, by the outline of the yearly report (danvan.vn): what was registered and what share was recognised. */
export const YEAR: Template = {
	code: 'year',
	version: 1,
	name: 'Báo cáo tổng kết công tác dân vận năm',
	family: 'party',
	letterhead: letterhead('tổng kết công tác dân vận năm {năm}'),
	body: bodyOf([
		...opening('Phần thứ nhất: Đánh giá kết quả công tác dân vận năm {năm}'),
		heading('h122', 3, '2. Công tác dân vận của các ngành, chính quyền'),
		narrative('authorities'),
		heading('h123', 3, '3. Công tác dân vận của Mặt trận, đoàn thể, hội quần chúng'),
		narrative('unions'),
		heading('h124', 3, '4. Công tác dân tộc, tôn giáo và các đối tượng khác'),
		narrative('communities'),
		heading('h125', 3, '5. Phong trào thi đua “Dân vận khéo”'),
		paragraph(
			'p1',
			'Năm {năm}, {phạm vi} đăng ký ',
			{ slot: 'f1', query: query('models.registered', { where: base }), format: 'plain' },
			' mô hình cấp cơ sở, ',
			{
				slot: 'f2',
				query: query('models.registered', { where: base, compare: 'previous_year' }),
				format: 'difference'
			},
			' mô hình so với năm {năm trước}. {cơ quan công nhận} đã công nhận ',
			{ slot: 'f3', query: query('models.recognised', { where: base }), format: 'plain' },
			' mô hình đạt cấp cơ sở, chiếm ',
			{ slot: 'f4', query: query('models.recognition_rate', { where: base }), format: 'percent' },
			' so với số đăng ký.'
		),
		registeredByField('t1'),
		figureTable(
			't2',
			'Mô hình “Dân vận khéo” được công nhận theo lĩnh vực',
			query('models.recognised', { by: ['field', 'level'] })
		),
		registeredByUnit('t3'),
		heading('h13', 2, 'III- Hoạt động của Ban Dân vận cấp uỷ'),
		narrative('office'),
		heading('h14', 2, 'IV- Tồn tại, hạn chế, kinh nghiệm; kiến nghị, đề xuất'),
		narrative('obstacles'),
		narrative('proposals'),
		...directions(
			'p2',
			'Tiếp tục đổi mới nội dung, phương thức công tác dân vận; xây dựng mô hình “Dân vận khéo” sát với chức năng, nhiệm vụ được phân công, có kết quả kiểm chứng được.'
		)
	])
};
