import type { PrintedReport } from './docx.ts';
import type { FigureFormat, FigureQuery, FrozenFigure, ReportBody } from './document.ts';
import { printFigure } from './document.ts';

/** The half-year report of the bloc as the tests print it: the sentence of 2024 with its four figures, a list, two tables. */

export const SAMPLE_REPORT_ID = '0190a2c4-5b7e-7d10-8f3a-2b6c9d4e1f50';

const stood = { asOf: '2024-06-15', knownAt: '2024-06-18T10:02:00.000Z', structure: 'then' };

function query(figure: string, where: Record<string, string> = {}): FigureQuery {
	return { figure, unit: null, from: null, asOf: null, where, by: [] };
}

function figureNode(slot: string, asked: FigureQuery, format: FigureFormat) {
	return { type: 'figure' as const, attrs: { slot, query: asked, format } };
}

function words(text: string) {
	return { type: 'text' as const, text };
}

function line(id: string, ...content: (ReturnType<typeof words> | ReturnType<typeof figureNode>)[]) {
	return { type: 'paragraph' as const, attrs: { id }, content };
}

function title(id: string, level: 1 | 2 | 3, text: string) {
	return { type: 'heading' as const, attrs: { id, level }, content: [words(text)] };
}

export const sampleBody: ReportBody = {
	type: 'doc',
	content: [
		title('h1', 1, 'I- ĐÁNH GIÁ KẾT QUẢ THỰC HIỆN'),
		title('h2', 2, '1. Phong trào thi đua “Dân vận khéo”'),
		line(
			'p1',
			words('Tính đến hết ngày 15/6/2024 đã có '),
			figureNode('f1', query('models.registered'), 'plain'),
			words(' mô hình đăng ký trong đó: '),
			figureNode('f2', query('models.registered', { level: 'bloc' }), 'two_digits'),
			words(' mô hình cấp đảng ủy Khối; '),
			figureNode('f3', query('models.continuing'), 'plain'),
			words(' mô hình tiếp tục thực hiện; '),
			figureNode('f4', query('models.registered_new'), 'plain'),
			words(' mô hình đăng ký mới.')
		),
		line(
			'p2',
			words('Số mô hình đăng ký '),
			figureNode('f5', { ...query('models.registered'), compare: 'previous_year' }, 'difference'),
			words(' mô hình so với cùng kỳ năm 2023, tỷ lệ công nhận '),
			figureNode('f6', query('models.recognition_rate'), 'percent'),
			words('; hỗ trợ '),
			figureNode('f7', query('welfare.households'), 'plain'),
			words(' hộ.')
		),
		{
			type: 'bulletList',
			content: [
				{ type: 'listItem', content: [line('p3', words('Cấp uỷ cơ sở đăng ký mô hình gắn với nhiệm vụ chính trị;'))] },
				{
					type: 'listItem',
					content: [
						line('p4', words('Các đoàn thể phối hợp:')),
						{
							type: 'orderedList',
							attrs: { start: 1 },
							content: [
								{ type: 'listItem', content: [line('p5', words('Đoàn Thanh niên;'))] },
								{ type: 'listItem', content: [line('p6', words('Công đoàn.'))] }
							]
						}
					]
				}
			]
		},
		{
			type: 'figureTable',
			attrs: {
				slot: 't1',
				title: 'Mô hình đăng ký theo lĩnh vực',
				query: { ...query('models.registered'), by: ['field'] }
			}
		},
		title('h3', 2, '2. Khó khăn, vướng mắc'),
		{ type: 'narrative', attrs: { section: 'obstacles' } },
		{
			type: 'table',
			content: [
				{
					type: 'tableRow',
					content: [
						{ type: 'tableHeader', content: [line('p7', words('Nhiệm vụ'))] },
						{ type: 'tableHeader', content: [line('p8', words('Thời hạn'))] }
					]
				},
				{
					type: 'tableRow',
					content: [
						{ type: 'tableCell', content: [line('p9', words('Thẩm định mô hình cấp Khối'))] },
						{ type: 'tableCell', content: [line('p10', words('Tháng 10/2024'))] }
					]
				}
			]
		}
	]
};

type Answer = { slot: string; label: string; figure: string; format: FigureFormat; value: number | null };

function frozen({ slot, label, figure, format, value }: Answer, about = false): FrozenFigure {
	const notApplicable = value === null;
	const text = printFigure({ value, notApplicable, about }, format);
	return { slot, label, query: query(figure), text, value, notApplicable, about, ...stood };
}

export const sampleFigures: FrozenFigure[] = [
	frozen({ slot: 'f1', label: 'Mô hình đăng ký', figure: 'models.registered', format: 'plain', value: 182 }),
	frozen({ slot: 'f2', label: 'Mô hình cấp Khối', figure: 'models.registered', format: 'two_digits', value: 2 }),
	frozen({ slot: 'f3', label: 'Mô hình tiếp tục', figure: 'models.continuing', format: 'plain', value: 100 }),
	frozen({ slot: 'f4', label: 'Mô hình đăng ký mới', figure: 'models.registered_new', format: 'plain', value: 80 }),
	frozen({
		slot: 'f5',
		label: 'Tăng, giảm so với cùng kỳ',
		figure: 'models.registered',
		format: 'difference',
		value: 49
	}),
	frozen({ slot: 'f6', label: 'Tỷ lệ công nhận', figure: 'models.recognition_rate', format: 'percent', value: 0.849 }),
	frozen({ slot: 'f7', label: 'Hộ được hỗ trợ', figure: 'welfare.households', format: 'plain', value: 7736 }, true),
	{
		...frozen({ slot: 't1', label: 'Mô hình đăng ký', figure: 'models.registered', format: 'plain', value: 182 }),
		columns: ['Lĩnh vực', 'Số mô hình'],
		rows: [
			{ label: 'Kinh tế', cells: [{ text: '45', value: 45, notApplicable: false }] },
			{ label: 'Văn hoá – xã hội', cells: [{ text: '61', value: 61, notApplicable: false }] },
			{ label: 'Quốc phòng – an ninh', cells: [{ text: '–', value: null, notApplicable: true }] },
			{ label: 'Hệ thống chính trị', cells: [{ text: '76', value: 76, notApplicable: false }] }
		]
	}
];

export const sampleReport: PrintedReport = {
	reportId: SAMPLE_REPORT_ID,
	family: 'party',
	letterhead: {
		superior: 'Tỉnh uỷ Yên Bái',
		issuer: 'Đảng uỷ Khối cơ quan và doanh nghiệp',
		number: 112,
		typeCode: 'BC',
		issuerCode: 'ĐUK',
		place: 'Yên Bái',
		day: '2024-06-18',
		typeName: 'Báo cáo',
		abstract: ['sơ kết công tác dân vận 6 tháng đầu năm,', 'phương hướng, nhiệm vụ 6 tháng cuối năm 2024'],
		recipients: ['Ban Dân vận Tỉnh uỷ', 'Các chi, đảng bộ cơ sở', 'Lưu Văn phòng'],
		signature: { onBehalfOf: 'BAN THƯỜNG VỤ', deputyFor: 'BÍ THƯ', title: 'PHÓ BÍ THƯ', name: 'Nguyễn Thị Mẫu' }
	},
	body: sampleBody,
	figures: sampleFigures,
	narratives: {
		obstacles: {
			title: 'Khó khăn, vướng mắc',
			paragraphs: ['Một số chi bộ doanh nghiệp hoạt động phân tán, khó bố trí thời gian sinh hoạt chung.'],
			awaiting: 0
		}
	},
	footnote: 'Số liệu hết ngày 15/6/2024; như đã biết lúc 17:02 ngày 18/6/2024; cấu trúc tổ chức khi đó.'
};

/** The same report as a people's committee would send it. */
export const sampleStateReport: PrintedReport = {
	...sampleReport,
	family: 'state',
	letterhead: {
		...sampleReport.letterhead,
		superior: 'Uỷ ban nhân dân tỉnh Yên Bái',
		issuer: 'Sở Nội vụ',
		issuerCode: 'SNV',
		number: 7,
		day: '2024-02-06',
		signature: { onBehalfOf: null, deputyFor: 'GIÁM ĐỐC', title: 'PHÓ GIÁM ĐỐC', name: 'Trần Văn Mẫu' }
	}
};
