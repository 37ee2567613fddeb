import { bodyOf, figureTable, heading, narrative, paragraph, query, type Template } from './template.ts';

const base = { level: 'base' };

/** Tổng kết năm, by the outline of the yearly report (danvan.vn): what was registered and what share was recognised. */
export const YEAR: Template = {
	code: 'year',
	version: 1,
	name: 'Báo cáo tổng kết công tác dân vận năm',
	family: 'party',
	letterhead: {
		superior: '{cấp trên}',
		issuer: '{đơn vị}',
		number: null,
		typeCode: 'BC',
		issuerCode: '{ký hiệu}',
		place: '{địa danh}',
		day: null,
		typeName: 'Báo cáo',
		abstract: ['tổng kết công tác dân vận năm {năm},', 'phương hướng, nhiệm vụ {kỳ sau}'],
		recipients: ['{cấp trên}', 'Ban Thường vụ', 'Các đơn vị trực thuộc', 'Lưu Văn phòng'],
		signature: { onBehalfOf: 'BAN THƯỜNG VỤ', deputyFor: null, title: 'BÍ THƯ', name: null }
	},
	body: bodyOf([
		heading('h1', 1, 'Phần thứ nhất: Đánh giá kết quả công tác dân vận năm {năm}'),
		heading('h11', 2, 'I- Khái quát tình hình'),
		narrative('situation'),
		heading('h12', 2, 'II- Công tác dân vận của hệ thống chính trị'),
		heading('h121', 3, '1. Công tác dân vận của cấp uỷ đảng'),
		narrative('party'),
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
		figureTable(
			't1',
			'Mô hình “Dân vận khéo” đăng ký theo lĩnh vực',
			query('models.registered', { by: ['field', 'novelty'] })
		),
		figureTable(
			't2',
			'Mô hình “Dân vận khéo” được công nhận theo lĩnh vực',
			query('models.recognised', { by: ['field', 'level'] })
		),
		figureTable(
			't3',
			'Mô hình “Dân vận khéo” đăng ký theo đơn vị',
			query('models.registered', { by: ['unit', 'novelty'] })
		),
		heading('h13', 2, 'III- Hoạt động của Ban Dân vận cấp uỷ'),
		narrative('office'),
		heading('h14', 2, 'IV- Tồn tại, hạn chế, kinh nghiệm; kiến nghị, đề xuất'),
		narrative('obstacles'),
		narrative('proposals'),
		heading('h2', 1, 'Phần thứ hai: Phương hướng, nhiệm vụ {kỳ sau}'),
		heading('h21', 2, 'I- Định hướng chung'),
		paragraph(
			'p2',
			'Tiếp tục đổi mới nội dung, phương thức công tác dân vận; xây dựng mô hình “Dân vận khéo” sát với chức năng, nhiệm vụ được phân công, có kết quả kiểm chứng được.'
		),
		heading('h22', 2, 'II- Nhiệm vụ trọng tâm'),
		narrative('tasks')
	])
};
