import { randomUUID } from 'node:crypto';
import type { Asking } from './call.ts';
import type { Row } from './rows.ts';
import { SAID, type Things } from './world.ts';

const inUnit = ({ code }: Things): Asking => ({ search: { unit: code } });
const key = () => ({ key: randomUUID() });
const has = (id: (things: Things) => string) => (data: unknown, things: Things) =>
	JSON.stringify(data).includes(id(things));

/** The form by which a unit gets another territory, as the page of events asks for it. */
const renaming = (code: string): Asking => ({
	search: { kind: 'rename', unit: code },
	form: {
		...key(),
		kind: 'rename',
		unit: code,
		name: `Đơn vị ${code}`,
		place: 'Trạm Tấu',
		...SAID,
		effectiveOn: '1/3/2024'
	}
});

/** Rows of the pages about units and their reorganisation. */
export const UNIT_ROWS: Readonly<Record<string, Row>> = {
	'/(office)/units load': { needs: 'unit.read', ask: () => ({}), shows: has(({ unitId }) => `"id":"${unitId}"`) },
	'/(office)/units/[code] load': { needs: 'unit.read', ask: ({ code }) => ({ params: { code } }) },
	'/(office)/units/[code]/compare load': { needs: 'figure.read', ask: ({ code }) => ({ params: { code } }) },
	'/(office)/units/[code] duty': {
		needs: 'unit.establish',
		ask: ({ code }) => ({ params: { code }, form: { holder: code, from: '01/1/2024' } })
	},
	'/(office)/units/[code] theme': {
		needs: 'model.review',
		ask: ({ code }) => ({ params: { code }, form: { year: '2024', title: 'Chuyển đổi số' } })
	},
	'/(office)/units/events load': { needs: 'unit.read', ask: inUnit },
	'/(office)/units/events undo': {
		needs: 'unit.reorganise',
		ask: ({ eventAction }) => ({ form: { actionId: eventAction, reason: 'Ghi nhầm ngày' } })
	},
	'/(office)/units/events/list.csv GET': { needs: 'unit.read', ask: inUnit },
	'/(office)/units/events/list.xlsx GET': { needs: 'unit.read', ask: inUnit },
	'/(office)/units/events/[id]/document GET': { needs: 'unit.read', ask: ({ event }) => ({ params: { id: event } }) },
	'/(office)/units/events/new load': { needs: 'unit.reorganise', ask: ({ code }) => renaming(code) },
	'/(office)/units/events/new preview': { needs: 'unit.reorganise', ask: ({ code }) => renaming(code) },
	'/(office)/units/events/new record': { needs: 'unit.reorganise', ask: ({ code }) => renaming(code) },
	'/(office)/units/reorganise load': { needs: 'unit.reorganise', ask: inUnit },
	'/(office)/units/reorganise default': {
		needs: 'unit.reorganise',
		ask: (things) => ({
			...inUnit(things),
			form: {
				file: new File(['Mã cũ\tTên cũ\tViệc\nZ\tZ\tnhập'], 'sap-xep.csv'),
				...SAID,
				decisionNumber: '',
				decidedOn: '',
				tier: ''
			}
		})
	},
	'/(office)/units/reorganise/[id] load': { needs: 'unit.reorganise', ask: ({ sheet }) => ({ params: { id: sheet } }) },
	'/(office)/units/reorganise/[id] record': {
		needs: 'unit.reorganise',
		ask: ({ sheet }) => ({ params: { id: sheet }, form: {} })
	},
	'/(office)/units/reorganise/[id] discard': {
		needs: 'unit.reorganise',
		ask: ({ sheet }) => ({ params: { id: sheet }, form: {} })
	},
	'/(office)/units/undivided load': { needs: 'signed_in', ask: () => ({}) },
	'/(office)/units/[code]/children GET': { needs: 'unit.read', ask: ({ code }) => ({ params: { code } }) },
	'/(office)/units/import load': { needs: 'unit.establish', ask: inUnit },
	'/(office)/units/import preview': {
		needs: 'unit.establish',
		ask: (things) => ({ ...inUnit(things), form: { list: new File(['Mã\tTên đơn vị\nZ-1\tĐảng bộ Z'], 'don-vi.csv') } })
	},
	'/(office)/units/import write': {
		needs: 'unit.establish',
		ask: (things) => ({ ...inUnit(things), form: { rows: '[]' } })
	}
};
