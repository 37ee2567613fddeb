import { sql } from 'kysely';
import { z } from 'zod';
import { Day, NOTHING, operation, pageOf, PAGING, UnitCode, UnitName, type Context } from '#lib/api/operation.ts';
import { inTransaction } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { get as getUnit, getByCode, names } from '#lib/units/unit.server.ts';
import { bodySchema, figureQuerySchema, renderText } from './document.ts';
import { listUnder, REPORT_CURSOR } from './list.server.ts';
import { docxOf, paperOf } from './paper.server.ts';
import { LetterheadForm, NewReportForm, typedLetterhead } from './report.schema.ts';
import { createFromTemplate, edit, get } from './report.server.ts';
import { REPORT_STATES, type Report } from './report.ts';
import { submit } from './signing.server.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const ById = z.strictObject({ id: z.uuid() });

const Line = z.strictObject({
	id: z.uuid(),
	unit: UnitName,
	template: z.string(),
	title: z.string(),
	beginsOn: Day,
	asOf: Day,
	state: z.enum(REPORT_STATES),
	number: z.number().int().nullable(),
	signedOn: Day.nullable()
});

const Cell = z.strictObject({ text: z.string(), value: z.number().nullable(), notApplicable: z.boolean() });
const Figure = z.strictObject({
	slot: z.string(),
	label: z.string(),
	query: figureQuerySchema,
	text: z.string(),
	value: z.number().nullable(),
	notApplicable: z.boolean(),
	about: z.boolean(),
	columns: z.array(z.string()).optional(),
	rows: z.array(z.strictObject({ label: z.string(), cells: z.array(Cell) })).optional()
});
const Sheet = Line.extend({
	version: z.number().int(),
	structure: z.string(),
	/** What was known when it was signed; null while the figures are live. */
	knownAt: z.iso.datetime().nullable(),
	signerName: z.string().nullable(),
	text: z.string(),
	figures: z.array(Figure)
});

/** The part of a letterhead that is typed; number, day and signer come with the signature. */
const Letterhead = z.strictObject({
	superior: z.string().nullable(),
	issuer: z.string(),
	typeCode: z.string(),
	issuerCode: z.string(),
	place: z.string(),
	typeName: z.string(),
	abstract: z.array(z.string()),
	recipients: z.array(z.string()),
	onBehalfOf: z.string().nullable(),
	deputyFor: z.string().nullable(),
	title: z.string()
});
const Text = z.strictObject({ version: z.number().int(), body: bodySchema, letterhead: Letterhead });

function textOf({ version, body, letterhead }: Report): z.input<typeof Text> {
	const { superior, issuer, typeCode, issuerCode, place, typeName, abstract, recipients, signature } = letterhead;
	const { onBehalfOf, deputyFor, title } = signature;
	const typed = { superior, issuer, typeCode, issuerCode, place, typeName, abstract, recipients };
	return { version, body, letterhead: { ...typed, onBehalfOf, deputyFor, title } };
}

async function sheetOf({ db, actor }: Context, report: Report): Promise<z.input<typeof Sheet>> {
	const { id, code, title, beginsOn, asOf, state, version, structure, signature } = report;
	const unit = (await names(db, [report.unitId], asOf)).get(report.unitId) ?? (await getUnit(db, actor, report.unitId));
	const { figures, narratives } = await paperOf(db, actor, report);
	const frozen = figures.map((figure) => figure.frozen);
	return {
		id,
		unit: { code: unit.code, name: unit.name },
		template: code,
		title,
		beginsOn,
		asOf,
		state,
		number: signature?.number ?? null,
		signedOn: signature?.signedOn ?? null,
		version,
		structure,
		knownAt: signature?.knownAt.toISOString() ?? null,
		signerName: signature?.signerName ?? null,
		text: renderText(report.body, frozen, narratives),
		figures: frozen.map(({ asOf: _asOf, knownAt: _knownAt, structure: _structure, ...figure }) => figure)
	};
}

/** What only a person does, signed in: the address says so instead of not being there. */
const BY_PERSONS = ['return', 'approval', 'signature', 'erratum'].map((noun) =>
	operation({
		name: `reports.${noun}`,
		method: 'POST',
		path: `/reports/{id}/${noun}`,
		scope: 'report.read',
		params: ById,
		query: NOTHING,
		body: z.looseObject({}),
		answer: z.never(),
		run: async () => {
			throw problem('api.person_only');
		}
	})
);

export const REPORT_OPERATIONS = [
	operation({
		name: 'reports.list',
		method: 'GET',
		path: '/reports',
		scope: 'report.read',
		isPaged: true,
		params: NOTHING,
		query: z.strictObject({
			unit: UnitCode,
			limit: PAGING.limit,
			cursor: z.string().regex(REPORT_CURSOR).optional()
		}),
		body: NOTHING,
		answer: pageOf(Line),
		run: async ({ db, actor }, { query: { unit, limit, cursor } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			const { rows, next } = await listUnder(db, actor, { unitId, limit, after: cursor });
			const items = rows.map(({ unitCode, unitName, code, ...row }) => ({
				...row,
				unit: { code: unitCode, name: unitName },
				template: code
			}));
			return { items, next };
		}
	}),
	operation({
		name: 'reports.get',
		method: 'GET',
		path: '/reports/{id}',
		scope: 'report.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: Sheet,
		run: async (context, { params }) => sheetOf(context, await get(context.db, context.actor, params.id))
	}),
	operation({
		name: 'reports.document',
		method: 'GET',
		path: '/reports/{id}/document',
		scope: 'report.read',
		file: DOCX,
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: z.never(),
		run: async ({ db, actor }, { params }) => docxOf(db, actor, await get(db, actor, params.id))
	}),
	operation({
		name: 'reports.create',
		method: 'POST',
		path: '/reports',
		scope: 'report.write',
		creates: true,
		params: NOTHING,
		query: NOTHING,
		body: NewReportForm.extend({ unit: UnitCode }),
		answer: z.strictObject({ id: z.uuid() }),
		run: async ({ db, actor }, { body: { unit, ...wanted } }) => {
			const { id: unitId } = await getByCode(db, actor, unit);
			return createFromTemplate(db, actor, { unitId, ...wanted });
		}
	}),
	operation({
		name: 'reports.text',
		method: 'GET',
		path: '/reports/{id}/text',
		scope: 'report.read',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: Text,
		run: async ({ db, actor }, { params }) => textOf(await get(db, actor, params.id))
	}),
	operation({
		name: 'reports.edit',
		method: 'PUT',
		path: '/reports/{id}/text',
		scope: 'report.write',
		matches: true,
		params: ById,
		query: NOTHING,
		body: z.strictObject({ body: bodySchema, letterhead: LetterheadForm.optional() }),
		answer: Text,
		run: async ({ db, actor, match }, { params: { id }, body }) =>
			inTransaction(db, async (tx) => {
				await sql`select 1 from reports where id = ${id}::uuid for update`.execute(tx);
				const held = await get(tx, actor, id);
				match?.(textOf(held));
				const letterhead = body.letterhead && typedLetterhead(body.letterhead, held.letterhead);
				await edit(tx, actor, { id, version: held.version, body: body.body, letterhead });
				return textOf(await get(tx, actor, id));
			})
	}),
	operation({
		name: 'reports.submission',
		method: 'POST',
		path: '/reports/{id}/submission',
		scope: 'report.write',
		params: ById,
		query: NOTHING,
		body: NOTHING,
		answer: z.strictObject({ late: z.number().int() }),
		run: async ({ db, actor }, { params }) => submit(db, actor, params.id)
	}),
	...BY_PERSONS
];
