import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { projectFolder } from '#lib/server/settings.ts';
import { testOn } from '../database.ts';
import { callRoute, type Outcome } from './call.ts';
import { casesOf, findAll, isAllowed, undone } from './cases.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { ROWS, type Row } from './rows.ts';
import { FOLDER, matrixWorld, type Things } from './world.ts';

const test = testOn(matrixWorld);
const ROUTES = join(projectFolder(), 'src/routes');

process.env['KHEO_DATA'] = FOLDER;
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Every load, form action and machine's endpoint, as the files of the routes have them: '/(office)/models load'. */
async function listParts(): Promise<Map<string, unknown>> {
	const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' }).filter((file) =>
		/(^|\/)\+(page\.server|layout\.server|server)\.ts$/.test(file)
	);
	const parts = new Map<string, unknown>();
	for (const file of files) {
		const route = `/${dirname(file)}`.replace(/^\/\.$/, '/');
		const module: unknown = await import(join(ROUTES, file));
		for (const [name, part] of entriesOf(module)) {
			if (name === 'actions') for (const [action, run] of entriesOf(part)) parts.set(`${route} ${action}`, run);
			else parts.set(`${route} ${name}`, part);
		}
	}
	return parts;
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

const partOf = (row: string) => row.replace(/:.*$/, '');

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
		for (const one of casesOf(things)) {
			const outcome = await outcomeOf(db, part, { name, row, things: things[one.relation], actor: one.actor });
			const expected = isAllowed(row, one) ? 'done' : 'refused';
			if (outcome.kind !== expected)
				wrong.push(
					`${one.role} at ${one.relation}: ${outcome.kind === 'failed' ? outcome.why : outcome.kind}, not ${expected}`
				);
		}
		expect(wrong).toEqual([]);
	});
});
