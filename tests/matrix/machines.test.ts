import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect } from 'vitest';
import { operator, type Actor } from '#lib/accounts/actor.ts';
import type { Operation } from '#lib/api/operation.ts';
import { OPERATIONS } from '#lib/api/operations.ts';
import type { Db } from '#lib/server/db.ts';
import { Problem } from '#lib/server/problem.ts';
import { projectFolder } from '#lib/server/settings.ts';
import { testOn } from '../database.ts';
import { API_ROWS, type ApiRow } from './api-rows.ts';
import type { Outcome } from './call.ts';
import { casesOf, findAll, isAllowed, namesSender, undone, type Case } from './cases.ts';
import { FOLDER, matrixWorld, type Things } from './world.ts';

const test = testOn(matrixWorld);

process.env['KHEO_DATA'] = FOLDER;

/** What the machine's own command line does: with the data folder in hand it is nobody's role, and asks for none. */
const VERBS = [
	'audit anchor',
	'audit verify',
	'db distribute',
	'db start',
	'db status',
	'db stop',
	'demo',
	'export',
	'figure',
	'import archive',
	'import articles',
	'import geometry',
	'import models',
	'import places',
	'import units',
	'ledger check',
	'ledger fold',
	'report docx',
	'report new',
	'report sign',
	'sealed key',
	'sealed rotate',
	'sealed status',
	'unit establish',
	'unit event',
	'unit reorganise',
	'unit undo',
	'verify'
];

describe('machines', () => {
	test('each operation has a row, and there are none for operations that are gone', () => {
		expect(Object.keys(API_ROWS).toSorted()).toEqual(OPERATIONS.map(({ name }) => name).toSorted());
	});

	test('each verb of the command line is known', async () => {
		const program = new Command('kheo');
		const folder = join(projectFolder(), 'src/cli');
		for (const file of readdirSync(folder).filter(
			(name) => name.endsWith('.ts') && !/test|^kheo|^serve|^schema/.test(name)
		)) {
			const module: unknown = await import(join(folder, file));
			const register: unknown = typeof module === 'object' && module ? Reflect.get(module, 'register') : undefined;
			if (typeof register === 'function') Reflect.apply(register, undefined, [program]);
		}
		expect(program.commands.flatMap((command) => leaves(command)).toSorted()).toEqual(VERBS);
		expect(operator('Dòng lệnh').grants).toEqual([]);
	});
});

function leaves(command: Command): string[] {
	if (command.commands.length === 0) return [command.name()];
	return command.commands.flatMap((inner) => leaves(inner).map((name) => `${command.name()} ${name}`));
}

/** A token acts as its owner: visitors have none, and whoever has no role may still read what belongs to nobody. */
function expected(operation: Operation, row: ApiRow, one: Case): 'done' | 'refused' {
	if (row.needs === 'nobody') return 'refused';
	return isAllowed({ needs: row.needs ?? operation.scope }, one) ? 'done' : 'refused';
}

async function outcomeOf(
	db: Db,
	operation: Operation,
	of: { row: ApiRow; things: Things; actor: Actor }
): Promise<Outcome> {
	try {
		const answer = await undone(db, (tx) => operation.run({ db: tx, actor: of.actor }, of.row.ask(of.things)));
		return !of.row.shows || of.row.shows(answer, of.things)
			? { kind: 'done', data: answer }
			: { kind: 'refused', status: 404 };
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const { status, code } = error;
		return [401, 403, 404].includes(status)
			? { kind: 'refused', status }
			: { kind: 'failed', why: `${status} ${code}` };
	}
}

describe.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
	test('does for each role and unit what the table of permissions says', async ({ db }) => {
		const row = API_ROWS[name];
		if (!row) throw new Error(`${name} has no row`);
		const things = await findAll(db);
		const wrong: string[] = [];
		const leaks: string[] = [];
		for (const one of casesOf(things)) {
			if (!one.actor) continue;
			const outcome = await outcomeOf(db, operation, { row, things: things[one.relation], actor: one.actor });
			const wanted = expected(operation, row, one);
			if (namesSender(outcome)) leaks.push(`${one.role} at ${one.relation}`);
			if (outcome.kind !== wanted)
				wrong.push(
					`${one.role} at ${one.relation}: ${outcome.kind === 'failed' ? outcome.why : outcome.kind}, not ${wanted}`
				);
		}
		expect(wrong).toEqual([]);
		expect(leaks).toEqual([]);
	});
});
