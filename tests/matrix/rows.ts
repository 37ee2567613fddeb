import { randomUUID } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import type { Permission } from '#lib/accounts/actor.ts';
import type { Asking } from './call.ts';
import { NEWSROOM_ROWS } from './newsroom-rows.ts';
import { UNIT_ROWS } from './unit-rows.ts';
import { PERIOD, PLACE, shelf, type Things } from './world.ts';

/**
 * One part of a route: who may, and how it is asked about what stands in a unit. `needs`: a permission on the unit (one of several),
 * `signed_in` for whoever signed in, `anyone` for visitors too. `shows`: does the answer tell anything of the unit?
 * Lists answer everyone, with what they may see.
 */
export type Row = {
	needs: Permission | readonly Permission[] | 'signed_in' | 'anyone';
	ask: (things: Things) => Asking;
	/** Totals are open to the whole tree; everything else to the unit of the role and what hangs under it. */
	reaches?: 'tree';
	shows?: (data: unknown, things: Things) => boolean;
};

const HALF = { from: '2024-01-01', asOf: '2024-06-30' };
const inUnit = ({ code }: Things): Asking => ({ search: { unit: code } });
const model = (state: keyof Things['models']) => (things: Things) => ({ params: { id: things.models[state] } });
const report = (state: keyof Things['reports']) => (things: Things) => ({ params: { id: things.reports[state] } });
const key = () => ({ key: randomUUID() });
const decision = () => ({ ...key(), number: '15-QĐ/ĐUK', decidedOn: '2024-11-22', reason: 'Đủ điều kiện' });
const has = (id: (things: Things) => string) => (data: unknown, things: Things) =>
	JSON.stringify(data).includes(id(things));

function registration(things: Things, name: string) {
	const fixed = { year: '2024', level: 'base', field: 'economy', subject: 'collective', novelty: 'new', kind: 'model' };
	return { ...key(), ...fixed, unitId: things.unitId, name, registeredOn: '01/3/2024' };
}

/** The text of a file that was answered: of a workbook or a document, whatever part it stands in. */
export function fileText(data: unknown): string {
	if (!Buffer.isBuffer(data)) return '';
	if (!data.subarray(0, 2).equals(Buffer.from('PK'))) return data.toString('utf8');
	return Object.values(unzipSync(data))
		.map((part) => strFromU8(part))
		.join('\n');
}

/** Files are put to a registration by who writes it or reviews it. */
const FILES: readonly Permission[] = ['model.write', 'model.review'];
const BODY = {
	type: 'doc',
	content: [{ type: 'paragraph', attrs: { id: 'p1' }, content: [{ type: 'text', text: 'Kết quả.' }] }]
};

const points = () => ({ ...key(), 'points.effect': '50', 'points.spread': '30', remark: '' });

/** Acts on one registration, by the noun in the address: from which state, with what form. */
const ACT_FORMS: Readonly<Record<string, readonly [keyof Things['models'], Permission, () => Record<string, string>]>> =
	{
		submission: ['draft', 'model.write', key],
		acceptance: ['submitted', 'model.review', key],
		return: ['submitted', 'model.review', () => ({ ...key(), reason: 'Chưa rõ địa bàn' })],
		recognition: ['appraised', 'model.review', decision],
		refusal: ['appraised', 'model.review', decision],
		start: ['registered', 'model.write', key],
		'self-assessment': ['registered', 'model.write', points],
		appraisal: ['registered', 'model.review', points],
		typical: ['recognised', 'model.review', decision],
		proposal: ['recognised', 'model.review', decision],
		reward: ['recognised', 'model.review', decision],
		continuation: ['recognised', 'model.write', key],
		revocation: ['recognised', 'model.review', () => ({ ...key(), reason: 'Sai thẩm quyền' })],
		withdrawal: ['registered', 'model.write', () => ({ ...key(), reason: 'Trùng' })],
		end: ['recognised', 'model.write', () => ({ ...key(), reason: 'Xong việc' })]
	};

function actRows(): Record<string, Row> {
	const rows: Record<string, Row> = {};
	for (const [noun, [state, needs, form]] of Object.entries(ACT_FORMS)) {
		rows[`/(office)/models/[id]/[act] default:${noun}`] = {
			needs,
			ask: (things) => ({ params: { id: things.models[state], act: noun }, form: form() })
		};
	}
	return rows;
}

/** Route and part → row. A part asked in several ways has several rows: what follows the colon tells them apart. */
export const ROWS: Readonly<Record<string, Row>> = {
	'/ load': { needs: 'anyone', ask: () => ({}) },
	'/(office) load': { needs: 'signed_in', ask: () => ({}) },
	'/(admin) load': { needs: 'signed_in', ask: () => ({}) },
	'/(admin)/accounts/roles load': { needs: 'signed_in', ask: () => ({}) },
	'/(admin)/accounts load': { needs: 'account.manage', ask: inUnit },
	'/(admin)/accounts/invitations load': { needs: 'account.manage', ask: inUnit },
	'/(admin)/accounts/invitations invite': {
		needs: 'account.manage',
		ask: ({ unitId, code }) => ({
			search: { unit: code },
			form: {
				name: 'Đỗ An',
				email: 'do.an@example.vn',
				unitId,
				'roles[]': 'officer',
				from: '01/1/2099',
				lastDay: '',
				delivery: 'slip'
			}
		})
	},
	'/(admin)/accounts/[user]/access load': {
		needs: 'account.manage',
		ask: ({ person }) => ({ params: { user: person } })
	},
	'/(admin)/accounts/[user]/access link': {
		needs: 'account.manage',
		ask: ({ person }) => ({ params: { user: person }, form: { delivery: 'slip' } })
	},
	'/(admin)/accounts/[user]/access removeFactors': {
		needs: 'account.manage',
		ask: ({ person }) => ({ params: { user: person }, form: { reason: 'Mất điện thoại' } })
	},
	'/(admin)/accounts end': { needs: 'account.manage', ask: ({ role }) => ({ form: { grantId: role } }) },
	'/(admin)/accounts/[user] load': {
		needs: 'account.manage',
		ask: ({ code, person }) => ({ params: { user: person }, search: { unit: code } })
	},
	'/(admin)/accounts/[user] grant': {
		needs: 'account.manage',
		ask: ({ unitId, person }) => ({
			params: { user: person },
			form: { unitId, role: 'reviewer', from: '01/1/2099', lastDay: '' }
		})
	},
	'/(admin)/accounts/[user] end': {
		needs: 'account.manage',
		ask: ({ role, person }) => ({ params: { user: person }, form: { grantId: role } })
	},
	'/(office)/account load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/account/password load': { needs: 'signed_in', ask: () => ({}) },
	'/(admin)/audit load': { needs: 'audit.read', ask: inUnit },
	'/(admin)/audit/log.csv GET': { needs: 'audit.read', ask: inUnit },
	'/(admin)/audit/log.xlsx GET': { needs: 'audit.read', ask: inUnit },
	'/[x+2e]well-known/security.txt GET': { needs: 'anyone', ask: () => ({}) },
	'/privacy load': { needs: 'anyone', ask: () => ({}) },
	'/privacy/register.xlsx GET': { needs: 'anyone', ask: () => ({}) },
	'/(office)/account/data load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/account/delegation load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/account/tokens load': { needs: 'signed_in', ask: () => ({}) },
	'/api/v1 load': { needs: 'anyone', ask: () => ({}) },
	'/(office)/desk load': { needs: 'model.read', ask: inUnit, shows: (data) => typeof data !== 'string' },
	'/(office)/figures load': { needs: 'figure.read', reaches: 'tree', ask: inUnit },
	'/(office)/figures/[name] load': {
		needs: 'model.read',
		ask: ({ code }) => ({ params: { name: 'models.registered' }, search: { unit: code, ...HALF } }),
		shows: has(({ models }) => models.registered)
	},
	'/(office)/figures/[name]/records.xlsx GET': {
		needs: 'model.read',
		ask: ({ code }) => ({ params: { name: 'models.registered' }, search: { unit: code, ...HALF } }),
		shows: (data, { code }) => fileText(data).includes(shelf(code))
	},
	'/(office)/models load': { needs: 'model.read', ask: inUnit, shows: has(({ models }) => models.draft) },
	'/(office)/models/list.csv GET': {
		needs: 'model.read',
		ask: inUnit,
		shows: (data, { code }) => Buffer.isBuffer(data) && data.toString('utf8').includes(shelf(code))
	},
	'/(office)/models/list.xlsx GET': {
		needs: 'model.read',
		ask: inUnit,
		shows: (data, { code }) => fileText(data).includes(shelf(code))
	},
	'/(office)/models/score-sheets load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/models/bulk GET': { needs: 'signed_in', ask: () => ({ search: { act: 'submission' } }) },
	'/(office)/models/bulk/[act] load': {
		needs: 'model.read',
		ask: ({ models }) => ({ params: { act: 'submission' }, search: { id: models.draft } }),
		shows: has(({ models }) => models.draft)
	},
	'/(office)/models/bulk/[act] default': {
		needs: 'model.write',
		ask: ({ models }) => ({ params: { act: 'submission' }, search: { id: models.draft }, form: key() })
	},
	'/(office)/models/new load': { needs: 'model.write', ask: inUnit },
	'/(office)/models/new default': {
		needs: 'model.write',
		ask: (things) => ({ form: registration(things, 'Mái ấm cho hộ nghèo xã Hồ Bốn') })
	},
	'/(office)/models/[id] load': { needs: 'model.read', ask: model('registered') },
	'/(office)/models/[id]/[act] load': {
		needs: 'model.read',
		ask: ({ models }) => ({ params: { id: models.draft, act: 'submission' } })
	},
	...actRows(),
	'/(office)/models/[id]/[act] default:replication': {
		needs: 'model.write',
		ask: ({ models, belowId }) => ({
			params: { id: models.recognised, act: 'replication' },
			form: { ...key(), unitId: belowId, year: '2025' }
		})
	},
	'/(office)/models/[id]/edit load': { needs: 'model.read', ask: model('draft') },
	'/(office)/models/[id]/edit default': {
		needs: 'model.write',
		ask: (things) => ({ ...model('draft')(things), form: registration(things, 'Sửa đường vào xóm Đá Trắng') })
	},
	'/(office)/models/[id]/correction load': { needs: 'model.read', ask: model('registered') },
	'/(office)/models/[id]/correction default': {
		needs: 'model.review',
		ask: (things) => ({
			...model('registered')(things),
			form: { ...registration(things, 'Tủ sách cơ sở xã Nậm Có'), reason: 'Ghi thiếu địa bàn' }
		})
	},
	'/(office)/models/[id]/attachments load': { needs: 'model.read', ask: model('registered') },
	'/(office)/models/[id]/attachments attach': {
		needs: FILES,
		ask: (things) => ({
			...model('registered')(things),
			form: { file: new File(['%PDF-1.4\n%%EOF\n2'], 'a.pdf', { type: 'application/pdf' }), caption: '' }
		})
	},
	'/(office)/models/[id]/attachments detach': {
		needs: FILES,
		ask: (things) => ({ ...model('registered')(things), form: { fileId: things.file } })
	},
	'/(office)/models/[id]/attachments/[file] GET': {
		needs: 'model.read',
		ask: ({ models, file }) => ({ params: { id: models.registered, file } })
	},
	'/(office)/models/import load': { needs: 'model.import', ask: inUnit, shows: has(({ importId }) => importId) },
	'/(office)/models/import default': {
		needs: 'model.import',
		ask: ({ code }) => ({
			form: { unit: code, year: '2022', level: 'base', file: new File(['STT\tTên mô hình\n1\tA'], 'moi.csv') }
		})
	},
	'/(office)/models/import/form.xlsx GET': { needs: 'unit.read', ask: inUnit },
	'/(office)/models/import/[id] load': { needs: 'model.import', ask: ({ importId }) => ({ params: { id: importId } }) },
	'/(office)/models/import/[id] accept': {
		needs: 'model.import',
		ask: ({ importId }) => ({ params: { id: importId }, form: { acceptDoubtful: 'on', acceptTotal: 'on' } })
	},
	'/(office)/models/import/[id] columns': {
		needs: 'model.import',
		ask: ({ importId }) => ({ params: { id: importId }, form: { 'column-0-1': 'name' } })
	},
	'/(office)/models/import/[id] again': {
		needs: 'model.import',
		ask: ({ importId }) => ({ params: { id: importId }, form: {} })
	},
	'/(office)/models/import/[id] discard': {
		needs: 'model.import',
		ask: ({ importId }) => ({ params: { id: importId }, form: {} })
	},
	'/(office)/models/import/[id]/refused.xlsx GET': {
		needs: 'model.import',
		ask: ({ importId }) => ({ params: { id: importId } })
	},
	'/(office)/reports load': { needs: 'report.read', ask: inUnit, shows: has(({ reports }) => reports.draft) },
	'/(office)/reports/new load': { needs: 'report.write', ask: inUnit },
	'/(office)/reports/new default': {
		needs: 'report.write',
		ask: (things) => ({
			...inUnit(things),
			form: { template: 'half-year', asOf: '15/6/2024', from: '', structure: 'then' }
		})
	},
	'/(office)/reports/[id] load': { needs: 'report.read', ask: report('signed') },
	'/(office)/reports/[id]/docx GET': { needs: 'report.read', ask: report('signed') },
	'/(office)/reports/[id]/edit load': { needs: 'report.read', ask: report('draft') },
	'/(office)/reports/[id]/edit default': {
		needs: 'report.write',
		ask: (things) => ({
			...report('draft')(things),
			form: { version: '1', body: JSON.stringify(BODY) }
		})
	},
	'/(office)/reports/[id]/submission load': { needs: 'report.read', ask: report('draft') },
	'/(office)/reports/[id]/submission default': { needs: 'report.write', ask: report('draft') },
	'/(office)/reports/[id]/return load': { needs: 'report.read', ask: report('submitted') },
	'/(office)/reports/[id]/return default': {
		needs: 'report.sign',
		ask: (things) => ({
			...report('submitted')(things),
			form: { paragraphId: things.paragraph, reason: 'Viết rõ hơn' }
		})
	},
	'/(office)/reports/[id]/approval load': { needs: 'report.read', ask: report('submitted') },
	'/(office)/reports/[id]/approval default': { needs: 'report.sign', ask: report('submitted') },
	'/(office)/reports/[id]/signature load': { needs: 'report.read', ask: report('approved') },
	'/(office)/reports/[id]/signature default': {
		needs: 'report.sign',
		ask: (things) => ({
			...report('approved')(things),
			form: { number: '77', signedOn: '21/6/2024', signerName: 'Hà Văn Bình' }
		})
	},
	'/(office)/reports/[id]/erratum load': { needs: 'report.read', ask: report('signed') },
	'/(office)/reports/calendar load': { needs: 'report.read', ask: inUnit },
	'/(office)/reports/calendar default': {
		needs: 'template.write',
		ask: (things) => ({
			...inUnit(things),
			form: {
				code: 'half-year',
				name: 'Sơ kết 6 tháng',
				beginsOn: '01/1/2024',
				cutOffOn: '15/6/2024',
				endsOn: '30/6/2024',
				dueOn: '25/6/2024'
			}
		})
	},
	'/(office)/reports/narratives load': { needs: 'report.read', ask: inUnit },
	'/(office)/reports/narratives sending': {
		needs: 'report.write',
		ask: (things) => ({ ...inUnit(things), form: { ...PERIOD, text: 'Khó bố trí thời gian.' } })
	},
	'/(office)/reports/narratives acceptance': {
		needs: 'report.write',
		ask: ({ narrative }) => ({ form: { id: narrative } })
	},
	'/(office)/reports/narratives return': {
		needs: 'report.write',
		ask: ({ narrative }) => ({ form: { id: narrative, reason: 'Nêu ví dụ' } })
	},
	'/(office)/reports/templates load': { needs: 'report.read', ask: inUnit },
	'/(office)/reports/templates/[code]/edit load': {
		needs: 'template.write',
		ask: (things) => ({ ...inUnit(things), params: { code: 'half-year' } })
	},
	'/(office)/search load': {
		needs: 'model.read',
		ask: () => ({ search: { q: 'tu sach co so' } }),
		shows: has(({ models }) => models.registered)
	},
	'/(office)/map load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/map/outlines.json GET': { needs: 'signed_in', ask: () => ({ search: { day: '2026-05-01' } }) },
	'/(office)/places load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/places/[id] load': { needs: 'signed_in', ask: () => ({ params: { id: PLACE.id } }) },
	...NEWSROOM_ROWS,
	...UNIT_ROWS
};
