import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect } from 'vitest';
import type { Actor, Role } from '#lib/accounts/actor.ts';
import { m } from '#lib/paraglide/messages.js';
import { today } from '#lib/server/clock.ts';
import type { Db, Opened } from '#lib/server/db.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { databaseUrl, testOn } from '../../../tests/database.ts';
import { blocWorld } from '../../../tests/worlds.ts';
import { ACTS } from '#lib/acts.ts';
import { anchorText, keptAnchor, parseAnchor, sealAndAnchor, verifyAnchored } from './anchor.server.ts';
import { askVerification, chainState, list, listWhole, recordVerification, type LogFilter } from './audit.server.ts';
import { anchor, seal, verify } from './chain.server.ts';

const test = testOn(blocWorld);
const machine = operator('thử nghiệm');
const ID = '01900000-0000-7000-8000-000000000001';

async function as(db: Db, role: Role, code: string): Promise<Actor> {
	const { id } = await getByCode(db, machine, code);
	return { id: ID, name: 'Đinh Công Tráng', grants: [{ unitId: id, role }], everything: false };
}

async function whole(db: Db, actor: Actor, filter: LogFilter = {}) {
	return db.transaction().execute(async (tx) => (await Array.fromAsync(listWhole(tx, actor, filter))).flat());
}

describe('refusals', () => {
	test('the log is read by auditors and administrators, each of their own units', async ({ db }) => {
		for (const role of ['officer', 'reviewer', 'leader', 'petition_officer', 'newsroom_editor', 'judge'] as const) {
			const actor = await as(db, role, 'YB-DUK');
			await expect(list(db, actor, {}), role).rejects.toMatchObject({ code: 'access.denied' });
			await expect(askVerification(db, actor), role).rejects.toMatchObject({ code: 'access.denied' });
		}
		const below = await list(db, await as(db, 'auditor', 'YB-DUK-14'), {});
		expect(new Set(below.rows.map((row) => row.unitCode))).toEqual(new Set(['YB-DUK-14']));
		expect((await list(db, await as(db, 'administrator', 'YB-DUK'), {})).rows.length).toBe(50);
	});

	test('what belongs to no unit is for who audits the whole installation', async ({ db }) => {
		const unitless = async (actor: Actor) => (await list(db, actor, { noun: 'score_sheet' })).rows.length;
		expect(await unitless(await as(db, 'auditor', 'YB-DUK'))).toBe(0);
		expect(await unitless(await as(db, 'auditor', 'YB'))).toBe(4);
		expect(await unitless(machine)).toBe(4);
	});
});

test('pages follow one another without a gap, forwards and back, and the file holds the same lines', async ({
	clone: { db }
}) => {
	const actor = await as(db, 'auditor', 'YB-DUK');
	const all = await whole(db, actor);
	const seen: string[] = [];
	let page = await list(db, actor, {});
	for (;;) {
		seen.push(...page.rows.map((row) => row.id));
		if (!page.next) break;
		const previous = page;
		page = await list(db, actor, { after: page.next });
		expect((await list(db, actor, { before: page.previous })).rows).toEqual(previous.rows);
	}
	expect(seen).toEqual(all.map((row) => row.id));
	expect(new Set(seen).size).toBe(seen.length);
	expect(seen.length).toBeGreaterThan(300);
	expect((await list(db, actor, { after: "'; drop table actions" })).rows).toEqual((await list(db, actor, {})).rows);
});

test('filters narrow by period, unit, person, noun, verb and words of the reason', async ({ clone: { db } }) => {
	const actor = await as(db, 'auditor', 'YB-DUK');
	const all = await whole(db, actor);
	const unit = await getByCode(db, machine, 'YB-DUK-14');
	const cases: [LogFilter, (row: (typeof all)[number]) => boolean][] = [
		[{ from: today(), to: today() }, () => true],
		[{ to: '2020-01-01' }, () => false],
		[{ from: '2099-01-01' }, () => false],
		[{ unitId: unit.id }, (row) => row.unitCode === 'YB-DUK-14'],
		[{ noun: 'registration', verb: 'recognise' }, (row) => row.noun === 'registration' && row.verb === 'recognise'],
		[{ person: 'minh HOẠ' }, (row) => row.actorName.toLowerCase().includes('minh hoạ')],
		[{ reason: 'làm đường ở đâu' }, (row) => row.reason?.includes('làm đường ở đâu') ?? false],
		[{ reason: '100%_' }, () => false]
	];
	for (const [filter, keeps] of cases)
		expect(
			(await whole(db, actor, filter)).map((row) => row.id),
			JSON.stringify(filter)
		).toEqual(all.filter(keeps).map((row) => row.id));
});

test('every act has its words', async ({ db }) => {
	const known = new Set(Object.keys(m));
	const wanted = Object.entries(ACTS).flatMap(([noun, verbs]) => [
		`audit_noun_${noun}`,
		...verbs.map((verb) => `did_${noun}_${verb}`)
	]);
	expect(wanted.filter((key) => !known.has(key))).toEqual([]);
	const rows = await db.selectFrom('actions').select(['noun', 'verb']).distinct().execute();
	expect(rows.filter(({ noun, verb }) => !known.has(`did_${noun}_${verb}`))).toEqual([]);
});

describe('the chain', () => {
	async function harm(clone: Opened, statements: string): Promise<void> {
		const name = (await clone.pool.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
		const owner = new pg.Client({ connectionString: databaseUrl('superuser', name) });
		await owner.connect();
		await owner.query(statements).finally(() => owner.end());
	}

	async function withFolder<T>(work: (data: string) => Promise<T>): Promise<T> {
		const data = await mkdtemp(join(tmpdir(), 'kheo-anchor-'));
		return work(data).finally(() => rm(data, { recursive: true }));
	}

	const LAST = '(select max(number) from action_blocks)';
	const CUT = `delete from actions where id in (select action_id from action_seals where block_number = ${LAST});
		delete from action_seals where block_number = ${LAST}; delete from action_blocks where number = ${LAST}`;

	test('tells by an anchor kept elsewhere that its last block was cut off, or sealed anew', async ({ clone }) => {
		await withFolder(async (data) => {
			await seal(clone.db);
			await recordVerification(clone.db, 'thử', await verify(clone.db));
			await sealAndAnchor(clone.db, data);
			const paper = anchorText((await anchor(clone.db)) ?? { number: 0, hash: '' });
			expect(keptAnchor(data)).toEqual(parseAnchor(paper));
			await harm(clone, CUT);
			expect((await verify(clone.db)).broken).toEqual([]);
			expect((await verifyAnchored(clone.db, data)).broken).toEqual([{ number: 2, why: 'anchor' }]);
			expect((await verify(clone.db, [parseAnchor(paper)])).broken).toEqual([{ number: 2, why: 'anchor' }]);
			// Something else takes the place of what was cut off: the anchor in the folder is not replaced by it.
			await recordVerification(clone.db, 'kẻ giả mạo', await verify(clone.db));
			await sealAndAnchor(clone.db, data);
			expect((await verifyAnchored(clone.db, data)).broken).toEqual([{ number: 2, why: 'anchor' }]);
			expect((await readFile(join(data, 'audit-anchor'), 'utf8')).trim()).toBe(paper);
		});
	});

	test('finds a block removed from the middle, one sealed elsewhere, and seals whose action is gone', async ({
		clone
	}) => {
		for (let block = 0; block < 3; block += 1) {
			await seal(clone.db);
			await recordVerification(clone.db, 'thử', await verify(clone.db));
		}
		await seal(clone.db);
		expect((await verify(clone.db)).broken).toEqual([]);
		await harm(clone, "update action_blocks set hash = repeat('0', 64) where number = 3");
		expect((await verify(clone.db)).broken).toEqual([
			{ number: 3, why: 'hash' },
			{ number: 4, why: 'link' }
		]);
		await harm(
			clone,
			`delete from actions where id in (select action_id from action_seals where block_number = 2);
			delete from action_seals where block_number = 2; delete from action_blocks where number = 2`
		);
		expect((await verify(clone.db)).broken).toContainEqual({ number: 3, why: 'link' });
	});

	test('an anchor that is none is refused', async ({ clone }) => {
		for (const text of ['', '12', '12:abc', `x:${'0'.repeat(64)}`])
			expect(() => parseAnchor(text), text).toThrow('audit.anchor_invalid');
		await withFolder(async (data) => {
			await writeFile(join(data, 'audit-anchor'), 'hỏng');
			await expect(verifyAnchored(clone.db, data)).rejects.toMatchObject({ code: 'audit.anchor_invalid' });
		});
	});

	test('says on the page how far it is sealed and what the last check found', async ({ clone: { db } }) => {
		const actor = await as(db, 'auditor', 'YB');
		expect(await chainState(db)).toMatchObject({ blocks: 0, sealedUntil: null, verified: null, asked: false });
		const sealed = await seal(db);
		await askVerification(db, actor);
		expect(await chainState(db)).toMatchObject({ blocks: 1, waiting: 1, verified: null, asked: true });
		await recordVerification(db, 'Khéo', await verify(db));
		expect(await chainState(db)).toMatchObject({ verified: { actions: sealed, broken: 0 }, asked: false });
	});
});
