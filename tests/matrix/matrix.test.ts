import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { projectFolder } from '#lib/server/settings.ts';
import { testOn } from '../database.ts';
import { callRoute, type Outcome } from './call.ts';
import { casesOf, findAll, isAllowed, namesSender, undone } from './cases.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { listParts, partOf } from './parts.ts';
import { ROWS, type Row } from './rows.ts';
import { FOLDER, matrixWorld, type Things } from './world.ts';

const test = testOn(matrixWorld);

process.env['KHEO_DATA'] = FOLDER;

describe('the matrix', () => {
	test('has a row for every part of every route, and none for parts that are gone', async () => {
		const parts = new Set((await listParts()).keys());
		const known = new Set([...Object.keys(ROWS).map(partOf), ...Object.keys(ELSEWHERE)]);
		expect([...parts].filter((part) => !known.has(part))).toEqual([]);
		expect([...known].filter((part) => !parts.has(part))).toEqual([]);
		expect(Object.values(ELSEWHERE).filter((path) => !existsSync(join(projectFolder(), path)))).toEqual([]);
	});
});

async function outcomeOf(
	db: Db,
	part: unknown,
	of: { name: string; row: Row; things: Things; actor: Actor | undefined }
): Promise<Outcome> {
	const [route = '', action = ''] = partOf(of.name).split(' ');
	const method = ['load', 'GET'].includes(action) ? 'GET' : 'POST';
	const asking = of.row.ask(of.things);
	const outcome = await undone(db, (tx) => callRoute(part, { db: tx, actor: of.actor, path: route, method, asking }));
	if (outcome.kind !== 'done' || !of.row.shows || of.row.shows(outcome.data, of.things)) return outcome;
	return { kind: 'refused', status: 404 };
}

describe.each(Object.entries(ROWS))('%s', (name, row) => {
	test('does for each role and unit what the table of permissions says', async ({ db }) => {
		const part = (await listParts()).get(partOf(name));
		const things = await findAll(db);
		const wrong: string[] = [];
		const leaks: string[] = [];
		for (const one of casesOf(things)) {
			const outcome = await outcomeOf(db, part, { name, row, things: things[one.relation], actor: one.actor });
			const expected = isAllowed(row, one) ? 'done' : 'refused';
			if (namesSender(outcome)) leaks.push(`${one.role} at ${one.relation}`);
			if (outcome.kind !== expected)
				wrong.push(
					`${one.role} at ${one.relation}: ${outcome.kind === 'failed' ? outcome.why : outcome.kind}, not ${expected}`
				);
		}
		expect(wrong).toEqual([]);
		expect(leaks).toEqual([]);
	});
});
