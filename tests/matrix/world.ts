import { sql } from 'kysely';
import { inject } from 'vitest';
import { create } from '#lib/accounts/account.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { actorOf } from '#lib/accounts/role.server.ts';
import { begin } from '#lib/import/import.server.ts';
import { read } from '#lib/import/reading.server.ts';
import { begin as beginReorganisation, carryOut } from '#lib/import/reorganising.server.ts';
import { attach } from '#lib/models/attachment.server.ts';
import { appraised, DECISION, input, registered, scoreSheet } from '#lib/models/office.sample.ts';
import { recognise } from '#lib/models/recognition.server.ts';
import { draft, submit } from '#lib/models/registration.server.ts';
import { send } from '#lib/reports/narrative.server.ts';
import { createFromTemplate } from '#lib/reports/report.server.ts';
import { approve, sign, submit as submitReport } from '#lib/reports/signing.server.ts';
import type { Db } from '#lib/server/db.ts';
import { FOLLOWERS } from '#lib/followers.server.ts';
import { keepDocument } from '#lib/units/document.server.ts';
import { UnitEvent } from '#lib/units/event.schema.ts';
import { record } from '#lib/units/event.server.ts';
import { establish } from '#lib/units/unit.server.ts';
import type { World } from '../database.ts';
import { fillNewsroom, findNewsroom, type NewsroomThings } from './newsroom-world.ts';
import { takeIn } from '../sealed-people.ts';

/**
 * Two trees, and in each unit one of everything that can be read or done. The people of the matrix hold their role on
 * `own`; `child` hangs under it, `sibling` beside it, `parent` above it, `other` stands in another tree.
 */
export const RELATIONS = ['own', 'child', 'sibling', 'parent', 'other'] as const;
export type Relation = (typeof RELATIONS)[number];

const CODES: Readonly<Record<Relation, string>> = {
	own: 'K-1',
	child: 'K-1-1',
	sibling: 'K-2',
	parent: 'K',
	other: 'Q'
};
/** A unit under each, which writes narratives for it. */
const BELOW: Readonly<Record<Relation, string>> = {
	own: 'K-1-2',
	child: 'K-1-1-1',
	sibling: 'K-2-1',
	parent: 'K-3',
	other: 'Q-1'
};

/** The accepted registration of a unit, by a name that no other has. */
export function shelf(code: string): string {
	return `Tủ sách cơ sở (${code})`;
}

const TREE = [
	['K', 'bloc_committee', null],
	['Q', 'bloc_committee', null],
	['K-1', 'base_committee', 'K'],
	['K-2', 'base_committee', 'K'],
	['K-3', 'base_committee', 'K'],
	['Q-1', 'base_committee', 'Q'],
	['K-1-1', 'cell', 'K-1'],
	['K-1-2', 'cell', 'K-1'],
	['K-2-1', 'cell', 'K-2'],
	['K-1-1-1', 'cell', 'K-1-1']
] as const;

/** Whoever fills the world and whoever asks about it share the files. */
export const FOLDER = inject('dataFolder');
const machine = operator('thử nghiệm');
/** The one place of this world. */
export const PLACE = { id: '1cc10f57-ea19-5aee-93fb-8ecbf6b5cbf4', code: '01', name: 'Hà Nội' };
export const PERIOD = { code: 'half-year', beginsOn: '2024-01-01', section: 'obstacles' };

/** Of the event that each unit has, and of those that are asked for. */
export const SAID = { effectiveOn: '2024-02-01', reason: 'Theo đề án sắp xếp' };

export const matrixWorld: World = { name: 'matrix', fill };

async function fill(db: Db): Promise<void> {
	const ids = new Map<string, string>();
	for (const [code, kind, parent] of TREE) {
		const unit = { code, name: `Đơn vị ${code}`, kind, parentId: parent ? idOf(ids, parent) : null };
		ids.set(code, (await establish(db, machine, { units: [unit] }))[0]?.id ?? '');
	}
	await fillPlace(db);
	await scoreSheet(db, 'base');
	for (const relation of RELATIONS) {
		const unitId = idOf(ids, CODES[relation]);
		await fillModels(db, { unitId, code: CODES[relation] });
		await fillReports(db, unitId);
		await fillImport(db, { unitId, code: CODES[relation] });
		await fillNewsroom(db, { unitId, belowId: idOf(ids, BELOW[relation]), code: CODES[relation], data: FOLDER });
		await create(db, machine, {
			name: `Người của ${CODES[relation]}`,
			email: `nguoi@${CODES[relation].toLowerCase()}.example`,
			password: 'mot-cau-de-nho',
			grants: [{ unitId, role: 'officer' }]
		});
		await sealOne(db, { unitId, code: CODES[relation] });
		await reorganise(db, { unitId, code: CODES[relation] });
		await send(db, machine, { ...PERIOD, unitId: idOf(ids, BELOW[relation]), text: 'Kinh phí hạn chế.' });
	}
}

async function fillPlace(db: Db): Promise<void> {
	await sql`insert into places (id) values (${PLACE.id})`.execute(db);
	await sql`
		insert into place_versions (id, place_id, tier, kind, code, name, full_name, name_key, mark_key, valid)
		values (${PLACE.id}, ${PLACE.id}, 'province', 'municipality', ${PLACE.code}, ${PLACE.name}, 'Thành phố Hà Nội',
			'thanh pho ha noi', 'thành phố hà nội', daterange('2000-01-01', null))`.execute(db);
}

function idOf(ids: ReadonlyMap<string, string>, code: string): string {
	const id = ids.get(code);
	if (!id) throw new Error(`no unit ${code}`);
	return id;
}

async function fillModels(db: Db, { unitId, code }: { unitId: string; code: string }): Promise<void> {
	const named = (name: string) => input(unitId, { name });
	await draft(db, machine, named('Bản nháp: sửa đường vào xóm'));
	await submit(db, machine, [(await draft(db, machine, named('Đã gửi: bếp ăn nghĩa tình'))).id]);
	const id = await registered(db, machine, named(shelf(code)));
	const upload = { name: 'ke-hoach.pdf', bytes: new TextEncoder().encode('%PDF-1.4\n%%EOF\n') };
	await attach(db, machine, { id, upload, data: FOLDER });
	await appraised(db, machine, named('Đã chấm: trạm y tế lưu động'));
	await recognise(db, machine, [await appraised(db, machine, named('Đã công nhận: thu gom vỏ chai'))], DECISION);
}

async function fillReports(db: Db, unitId: string): Promise<void> {
	const begin = () => createFromTemplate(db, machine, { unitId, template: 'half-year', asOf: '2024-06-15' });
	await begin();
	const [sent, approved, signed] = [await begin(), await begin(), await begin()];
	for (const { id } of [sent, approved, signed]) await submitReport(db, machine, id);
	for (const { id } of [approved, signed]) await approve(db, machine, id);
	await sign(db, machine, { id: signed.id, number: null, signedOn: '2024-06-20', signerName: 'Người ký' });
}

async function fillImport(db: Db, of: { unitId: string; code: string }): Promise<void> {
	const rows = [
		['STT', 'Tên mô hình', 'Đơn vị thực hiện', 'Lĩnh vực', 'Chủ thể', 'Mới/Tiếp tục', 'Ngày đăng ký'],
		['1', 'Ngày thứ bảy vì dân', `Đơn vị ${of.code}`, 'Kinh tế', 'Tập thể', 'Mới', '5/3/2023']
	];
	const bytes = new TextEncoder().encode(rows.map((cells) => cells.join('\t')).join('\n'));
	const file = { name: `danh-sach-${of.code}.csv`, bytes };
	const { id } = await begin(db, machine, {
		unitId: of.unitId,
		level: 'base',
		year: 2023,
		createUnits: false,
		file,
		data: FOLDER
	});
	await read(db, FOLDER, id);
}

/** An event that can be undone, with the document of its decision, and a sheet that could be recorded. */
async function reorganise(db: Db, { unitId, code }: { unitId: string; code: string }): Promise<void> {
	const upload = { name: 'quyet-dinh.pdf', bytes: new TextEncoder().encode('%PDF-1.4\n%%EOF\n') };
	const { id: fileId } = await keepDocument(db, machine, { upload, data: FOLDER });
	const event = { kind: 'rename', unit: code, name: `Đơn vị ${code}`, place: 'Mù Cang Chải', ...SAID };
	await record(db, machine, { events: [UnitEvent.parse(event)], followers: FOLLOWERS, fileId });
	const rows = ['Mã cũ\tTên cũ\tViệc\tTên mới', `${code}\tĐơn vị ${code}\tđổi tên\tĐơn vị ${code} mới`];
	const sheet = { name: 'sap-xep.csv', bytes: new TextEncoder().encode(rows.join('\n')) };
	const terms = { ...SAID, effectiveOn: '2024-03-01', decisionNumber: null, decidedOn: null, tier: null };
	const { id } = await beginReorganisation(db, machine, { unitId, terms, file: sheet, data: FOLDER });
	await carryOut(db, FOLDER, id);
}

/** A petition whose sender no answer of any route may name; only its handler, who is nobody of the matrix, could open it. */
async function sealOne(db: Db, { unitId, code }: { unitId: string; code: string }): Promise<void> {
	const name = `Tiếp dân ${code}`;
	const email = `tiep-dan@${code.toLowerCase()}.example`;
	const grants = [{ unitId, role: 'petition_officer' as const }];
	const { id } = await create(db, machine, { name, email, password: 'mot-cau-de-nho', grants });
	await takeIn(db, await actorOf(db, { id, name }), { data: FOLDER, masterKey: null }, { unitId });
}

/** What stands in one unit, by what it is. */
export type Things = {
	unitId: string;
	code: string;
	/** A unit that hangs under this one. */
	belowId: string;
	belowCode: string;
	models: Readonly<Record<'draft' | 'submitted' | 'registered' | 'appraised' | 'recognised', string>>;
	file: string;
	reports: Readonly<Record<'draft' | 'submitted' | 'approved' | 'signed', string>>;
	importId: string;
	narrative: string;
	person: string;
	role: string;
	/** The event's id, and that of the action by which it is undone. */
	event: string;
	eventAction: string;
	/** A reorganisation's sheet, read and in order. */
	sheet: string;
	paragraph: string;
	newsroom: NewsroomThings;
};

/** Finds them again in a copy of the world. */
export async function findThings(db: Db, relation: Relation): Promise<Things> {
	const code = CODES[relation];
	const one = async (query: ReturnType<typeof sql<{ id: string }>>) => {
		const { rows } = await query.execute(db);
		if (!rows[0]) throw new Error(`${code} lacks something`);
		return rows[0].id;
	};
	const unit = (wanted: string) => one(sql`select unit_id as id from unit_versions where code = ${wanted} limit 1`);
	const unitId = await unit(code);
	const model = (state: string) =>
		one(sql`select id from registrations where unit_id = ${unitId} and state = ${state}`);
	const report = (state: string) => one(sql`select id from reports where unit_id = ${unitId} and state = ${state}`);
	const renamed = sql`from unit_events e join unit_changes c on c.event_id = e.id and c.unit_id = ${unitId}
		where e.kind = 'rename'`;
	const [below, registeredId, submittedId] = [BELOW[relation], await model('registered'), await report('submitted')];
	return {
		unitId,
		code,
		belowId: await unit(below),
		belowCode: below,
		models: {
			draft: await model('draft'),
			submitted: await model('submitted'),
			registered: registeredId,
			appraised: await model('appraised'),
			recognised: await model('recognised')
		},
		file: await one(sql`select file_id as id from attachments where record_id = ${registeredId}`),
		reports: {
			draft: await report('draft'),
			submitted: submittedId,
			approved: await report('approved'),
			signed: await report('signed')
		},
		newsroom: await findNewsroom(unitId, one),
		importId: await one(sql`select id from imports where unit_id = ${unitId}`),
		narrative: await one(sql`select id from report_narratives where unit_id = ${await unit(below)}`),
		person: await one(sql`select user_id as id from role_grants where unit_id = ${unitId} and role = 'officer'`),
		role: await one(sql`select id from role_grants where unit_id = ${unitId} and role = 'officer'`),
		event: await one(sql`select e.id ${renamed}`),
		eventAction: await one(sql`select e.action_id as id ${renamed}`),
		sheet: await one(sql`select id from reorganisations where unit_id = ${unitId} and state = 'ready'`),
		paragraph: await one(sql`
			select b.block -> 'attrs' ->> 'id' as id from report_versions v
			cross join lateral jsonb_array_elements(v.body -> 'content') b (block)
			where v.report_id = ${submittedId} and b.block ->> 'type' in ('paragraph', 'heading') limit 1`)
	};
}
