import type { Permission } from '#lib/accounts/actor.ts';
import type { Sent } from '#lib/api/operation.ts';
import { NEWSROOM_API_ROWS } from './newsroom-rows.ts';
import { PERIOD, SAID, PLACE, type Things } from './world.ts';

/** How an operation is asked about what stands in a unit. `needs` where it is not what the token must bring. */
export type ApiRow = {
	ask: (things: Things) => Sent;
	needs?: Permission | readonly Permission[] | 'signed_in' | 'nobody';
	shows?: (answer: unknown, things: Things) => boolean;
};

const HALF = { from: '2024-01-01', asOf: '2024-06-30' };
const BODY = {
	type: 'doc',
	content: [{ type: 'paragraph', attrs: { id: 'p1' }, content: [{ type: 'text', text: 'Kết quả.' }] }]
};
const REASON = { reason: 'Có lý do' };
const MARKS = { points: { effect: 50, spread: 30 } };
/** Files are put to a registration by who writes it or reviews it. */
const FILES: readonly Permission[] = ['model.write', 'model.review'];
const DECISION = { number: '15-QĐ/ĐUK', decidedOn: '2024-11-22', ...REASON };

const byUnit = ({ code }: Things): Sent => ({ query: { unit: code } });
const byCode = ({ code }: Things): Sent => ({ params: { code } });
const figure = ({ code }: Things): Sent => ({ params: { name: 'models.registered' }, query: { unit: code, ...HALF } });
const report = (state: keyof Things['reports']) => (things: Things) => ({ params: { id: things.reports[state] } });
const has = (id: (things: Things) => string) => (answer: unknown, things: Things) =>
	JSON.stringify(answer).includes(id(things));

function registration(things: Things, name: string) {
	const fixed = { year: 2024, level: 'base', field: 'economy', subject: 'collective', novelty: 'new', kind: 'model' };
	return { ...fixed, unit: things.code, name, registeredOn: '2024-03-01' };
}

const renaming = (code: string) => ({
	kind: 'rename',
	unit: code,
	name: `Đơn vị ${code}`,
	place: 'Trạm Tấu',
	...SAID,
	effectiveOn: '2024-03-01'
});

/** Plain acts: from which state, and what their body says. */
const ACTS: Readonly<Record<string, readonly [keyof Things['models'], object]>> = {
	submission: ['draft', {}],
	acceptance: ['submitted', {}],
	return: ['submitted', REASON],
	recognition: ['appraised', DECISION],
	refusal: ['appraised', DECISION],
	start: ['registered', {}],
	typical: ['recognised', DECISION],
	proposal: ['recognised', DECISION],
	reward: ['recognised', DECISION],
	self_assessment: ['registered', MARKS],
	appraisal: ['registered', MARKS],
	continuation: ['recognised', {}],
	revocation: ['recognised', REASON],
	withdrawal: ['registered', REASON],
	end: ['recognised', REASON]
};

function actRows(): Record<string, ApiRow> {
	const rows: Record<string, ApiRow> = {};
	for (const [noun, [state, body]] of Object.entries(ACTS)) {
		rows[`models.${noun}`] = { ask: ({ models }) => ({ params: { id: models[state] }, body }) };
		rows[`models.bulk_${noun}`] = { ask: ({ models }) => ({ body: { ...body, ids: [models[state]] } }) };
	}
	// These are done one at a time.
	for (const noun of ['self_assessment', 'appraisal', 'revocation', 'end']) delete rows[`models.bulk_${noun}`];
	return rows;
}

/** What only a person does, whoever brings the token. */
const BY_PERSONS = ['return', 'approval', 'signature', 'erratum'].map((noun): [string, ApiRow] => [
	`reports.${noun}`,
	{ needs: 'nobody', ask: report('submitted') }
]);

export const API_ROWS: Readonly<Record<string, ApiRow>> = {
	'units.list': { ask: ({ code }) => ({ query: { under: code } }) },
	'units.get': { ask: byCode },
	'units.tree': { ask: byCode },
	// Places belong to no unit: everyone with a token reads them.
	'places.list': { needs: 'signed_in', ask: () => ({}) },
	'places.search': { needs: 'signed_in', ask: () => ({ query: { q: PLACE.name } }) },
	'places.get': { needs: 'signed_in', ask: () => ({ params: { code: PLACE.code } }) },
	'unit_events.list': { ask: byUnit },
	'unit_events.preview': { ask: ({ code }) => ({ body: { events: [renaming(code)] } }) },
	'unit_events.record': { ask: ({ code }) => ({ body: { events: [renaming(code)] } }) },
	'unit_events.undo': { ask: ({ eventAction }) => ({ params: { actionId: eventAction }, body: REASON }) },
	'models.list': { ask: byUnit, shows: has(({ models }) => models.draft) },
	'models.get': { ask: ({ models }) => ({ params: { id: models.registered } }) },
	'models.draft': { ask: (things) => ({ body: registration(things, 'Mái ấm cho hộ nghèo xã Hồ Bốn') }) },
	'models.edit': {
		ask: (things) => ({
			params: { id: things.models.draft },
			body: registration(things, 'Sửa đường vào xóm Đá Trắng')
		})
	},
	'models.correction': {
		ask: (things) => ({
			params: { id: things.models.registered },
			body: { ...registration(things, 'Tủ sách cơ sở xã Nậm Có'), ...REASON }
		})
	},
	...actRows(),
	'models.score_sheet': { ask: ({ models }) => ({ params: { id: models.registered } }) },
	'models.replication': {
		ask: ({ models, belowCode }) => ({
			params: { id: models.recognised },
			body: { unit: belowCode, year: 2025 }
		})
	},
	'models.attachments': {
		ask: ({ models }) => ({ params: { id: models.registered } }),
		shows: has(({ file }) => file)
	},
	'models.attachment': { ask: ({ models, file }) => ({ params: { id: models.registered, file } }) },
	'models.attach': {
		needs: FILES,
		ask: ({ models }) => ({
			params: { id: models.registered },
			query: { filename: 'a.pdf' },
			body: { bytes: new TextEncoder().encode('%PDF-1.4\n%%EOF\n3') }
		})
	},
	'models.detach': {
		needs: FILES,
		ask: ({ models, file }) => ({ params: { id: models.registered, file } })
	},
	'figures.list': { needs: 'signed_in', ask: () => ({}) },
	'figures.value': { ask: figure },
	'figures.records': { ask: figure, shows: has(({ models }) => models.registered) },
	'figures.proofs': { ask: figure },
	'reports.list': { ask: byUnit, shows: has(({ reports }) => reports.draft) },
	'reports.get': { ask: report('signed') },
	'reports.document': { ask: report('signed') },
	'reports.create': { ask: ({ code }) => ({ body: { unit: code, template: PERIOD.code, asOf: '2024-06-15' } }) },
	'reports.text': { ask: report('draft') },
	'reports.edit': { ask: (things) => ({ ...report('draft')(things), body: { body: BODY } }) },
	'reports.submission': { ask: report('draft') },
	...Object.fromEntries(BY_PERSONS),
	...NEWSROOM_API_ROWS,
	'actions.list': { ask: byUnit }
};
