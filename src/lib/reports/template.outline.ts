import type { Letterhead } from './letterhead.ts';
import { figureTable, heading, narrative, paragraph, query } from './template.ts';

/** What the supplied reports have in common, word for word: the letterhead and the outline of the yearly report (danvan.vn). */

/** A report of an office to the one above it; `abstract` says what of, what comes next stands on the second line. */
export function letterhead(abstract: string): Letterhead {
	return {
		superior: '{cấp trên}',
		issuer: '{đơn vị}',
		number: null,
		typeCode: 'BC',
		issuerCode: '{ký hiệu}',
		place: '{địa danh}',
		day: null,
		typeName: 'Báo cáo',
		abstract: [`${abstract},`, 'phương hướng, nhiệm vụ {kỳ sau}'],
		recipients: ['{cấp trên}', 'Ban Thường vụ', 'Các đơn vị trực thuộc', 'Lưu Văn phòng'],
		signature: { onBehalfOf: 'BAN THƯỜNG VỤ', deputyFor: null, title: 'BÍ THƯ', name: null }
	};
}

/** Part one up to what the committee itself did. */
export function opening(title: string) {
	return [
		heading('h1', 1, title),
		heading('h11', 2, 'I- Khái quát tình hình'),
		narrative('situation'),
		heading('h12', 2, 'II- Công tác dân vận của hệ thống chính trị'),
		heading('h121', 3, '1. Công tác dân vận của cấp uỷ đảng'),
		narrative('party')
	];
}

/** Part two: what is next, in one paragraph of the template's own, and the tasks. */
export function directions(id: string, text: string) {
	return [
		heading('h2', 1, 'Phần thứ hai: Phương hướng, nhiệm vụ {kỳ sau}'),
		heading('h21', 2, 'I- Định hướng chung'),
		paragraph(id, text),
		heading('h22', 2, 'II- Nhiệm vụ trọng tâm'),
		narrative('tasks')
	];
}

/** Registered models by field, continuing and new. */
export function registeredByField(slot: string) {
	const asked = query('models.registered', { by: ['field', 'novelty'] });
	return figureTable(slot, 'Mô hình “Dân vận khéo” đăng ký theo lĩnh vực', asked);
}

/** Registered models by unit directly below, continuing and new. */
export function registeredByUnit(slot: string) {
	const asked = query('models.registered', { by: ['unit', 'novelty'] });
	return figureTable(slot, 'Mô hình “Dân vận khéo” đăng ký theo đơn vị', asked);
}
