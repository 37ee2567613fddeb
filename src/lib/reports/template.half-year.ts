import { bodyOf, figureTable, heading, narrative, paragraph, query, type Template } from './template.ts';

const BELOW_BLOC = 'base,district,province';

/**
 * Sơ kết 6 tháng, two-sided: results of the half behind, directions for the half ahead. The outline is that of the
 * yearly report (danvan.vn), as a bloc committee uses it: without territory, ethnic and religious parts.
 */
export const HALF_YEAR: Template = {
	code: 'half-year',
	version: 1,
	name: 'Báo cáo sơ kết công tác dân vận 6 tháng',
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
		abstract: ['sơ kết công tác dân vận {kỳ},', 'phương hướng, nhiệm vụ {kỳ sau}'],
		recipients: ['{cấp trên}', 'Ban Thường vụ', 'Các đơn vị trực thuộc', 'Lưu Văn phòng'],
		signature: { onBehalfOf: 'BAN THƯỜNG VỤ', deputyFor: null, title: 'BÍ THƯ', name: null }
	},
	body: bodyOf([
		heading('h1', 1, 'Phần thứ nhất: Đánh giá kết quả công tác dân vận {kỳ}'),
		heading('h11', 2, 'I- Khái quát tình hình'),
		narrative('situation'),
		heading('h12', 2, 'II- Công tác dân vận của hệ thống chính trị'),
		heading('h121', 3, '1. Công tác dân vận của cấp uỷ đảng'),
		narrative('party'),
		heading('h122', 3, '2. Công tác dân vận của cơ quan, đơn vị, doanh nghiệp'),
		narrative('authorities'),
		heading('h123', 3, '3. Công tác vận động của các đoàn thể'),
		narrative('unions'),
		heading('h124', 3, '4. Phong trào thi đua “Dân vận khéo”'),
		paragraph(
			'p1',
			'Thực hiện phong trào thi đua “Dân vận khéo”, tính đến hết ngày {ngày chốt} đã có ',
			{ slot: 'f1', query: query('models.registered'), format: 'plain' },
			' mô hình đăng ký trong đó: ',
			{ slot: 'f2', query: query('models.registered', { where: { level: 'bloc' } }), format: 'two_digits' },
			' mô hình cấp đảng uỷ Khối; ',
			{
				slot: 'f3',
				query: query('models.registered', { where: { level: BELOW_BLOC, novelty: 'continuing' } }),
				format: 'two_digits'
			},
			' mô hình tiếp tục thực hiện; ',
			{
				slot: 'f4',
				query: query('models.registered', { where: { level: BELOW_BLOC, novelty: 'new' } }),
				format: 'two_digits'
			},
			' mô hình đăng ký mới.'
		),
		paragraph(
			'p2',
			'So với cùng kỳ năm {năm trước}, số mô hình đăng ký ',
			{ slot: 'f5', query: query('models.registered', { compare: 'previous_year' }), format: 'difference' },
			' mô hình (',
			{ slot: 'f6', query: query('models.registered', { compare: 'previous_year' }), format: 'percent_difference' },
			'). Có ',
			{ slot: 'f7', query: query('models.units_registered'), format: 'two_digits' },
			' đơn vị đăng ký mô hình; ',
			{ slot: 'f8', query: query('models.units_not_registered'), format: 'two_digits' },
			' đơn vị chưa đăng ký.'
		),
		figureTable(
			't1',
			'Mô hình “Dân vận khéo” đăng ký theo lĩnh vực',
			query('models.registered', { by: ['field', 'novelty'] })
		),
		figureTable(
			't2',
			'Mô hình “Dân vận khéo” đăng ký theo đơn vị',
			query('models.registered', { by: ['unit', 'novelty'] })
		),
		heading('h13', 2, 'III- Hoạt động của cơ quan tham mưu công tác dân vận'),
		narrative('office'),
		heading('h14', 2, 'IV- Tồn tại, hạn chế; kiến nghị, đề xuất'),
		narrative('obstacles'),
		narrative('proposals'),
		heading('h2', 1, 'Phần thứ hai: Phương hướng, nhiệm vụ {kỳ sau}'),
		heading('h21', 2, 'I- Định hướng chung'),
		paragraph(
			'p3',
			'Tiếp tục quán triệt, thực hiện các chủ trương của Đảng, chính sách, pháp luật của Nhà nước về công tác dân vận; nâng cao chất lượng các mô hình “Dân vận khéo” đã đăng ký, gắn với nhiệm vụ chính trị của từng cơ quan, đơn vị, doanh nghiệp.'
		),
		heading('h22', 2, 'II- Nhiệm vụ trọng tâm'),
		narrative('tasks')
	])
};
