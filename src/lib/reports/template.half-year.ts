import { bodyOf, heading, narrative, paragraph, query, type Template } from './template.ts';
import { directions, letterhead, opening, registeredByField, registeredByUnit } from './template.outline.ts';

const BELOW_BLOC = 'base,district,province';

/**
 * Sơ kết 6 tháng, two-sided: results of the half behind, directions for the half ahead. The outline is that of the
 * yearly report (danvan.vn), as a bloc committee uses it: without territory, ethnic and religious parts.
 */
export const HALF_YEAR: Template = {
	code: 'half-year',
	version: 2,
	name: 'Báo cáo sơ kết công tác dân vận 6 tháng',
	family: 'party',
	letterhead: letterhead('sơ kết công tác dân vận {kỳ}'),
	body: bodyOf([
		...opening('Phần thứ nhất: Đánh giá kết quả công tác dân vận {kỳ}'),
		heading('h122', 3, '2. Công tác dân vận của cơ quan, đơn vị, doanh nghiệp'),
		narrative('authorities'),
		heading('h123', 3, '3. Công tác vận động của các đoàn thể'),
		narrative('unions'),
		heading('h124', 3, '4. Phong trào thi đua “Dân vận khéo”'),
		paragraph(
			'p1',
			'Thực hiện phong trào thi đua “Dân vận khéo”, tính đến hết ngày {ngày chốt} đã có ',
			{ slot: 'f1', query: query('models.registered'), format: 'plain' },
			' mô hình đăng ký trong đó: {nếu có Khối}',
			{ slot: 'f2', query: query('models.registered', { where: { level: 'bloc' } }), format: 'two_digits' },
			' mô hình cấp đảng uỷ Khối; {hết}',
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
		registeredByField('t1'),
		registeredByUnit('t2'),
		heading('h13', 2, 'III- Hoạt động của cơ quan tham mưu công tác dân vận'),
		narrative('office'),
		heading('h14', 2, 'IV- Tồn tại, hạn chế; kiến nghị, đề xuất'),
		narrative('obstacles'),
		narrative('proposals'),
		...directions(
			'p3',
			'Tiếp tục quán triệt, thực hiện các chủ trương của Đảng, chính sách, pháp luật của Nhà nước về công tác dân vận; nâng cao chất lượng các mô hình “Dân vận khéo” đã đăng ký, gắn với nhiệm vụ chính trị của từng cơ quan, đơn vị, doanh nghiệp.'
		)
	])
};
