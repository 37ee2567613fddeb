import { expect } from 'vitest';
import { ROLES, type Actor } from '#lib/accounts/actor.ts';
import type { Db } from '#lib/server/db.ts';
import { testOn } from '../database.ts';
import { callRoute, type Asking, type Outcome } from '../matrix/call.ts';
import { undone } from '../matrix/cases.ts';
import { listParts, partOf } from '../matrix/parts.ts';
import { ROWS, type Row } from '../matrix/rows.ts';
import { findThings, FOLDER, matrixWorld, type Things } from '../matrix/world.ts';
import { ALONE, bundles, MIXED, REFUSED } from './strings.ts';

const test = testOn(matrixWorld);
process.env['KHEO_DATA'] = FOLDER;

/** Most fields of one line take the shorter, most of several lines the longer. */
const LENGTHS = [190, 1500] as const;

const forms = Object.entries(ROWS).filter(([name]) => !/ (load|GET)(:|$)/.test(name));

type Form = { part: unknown; path: string; asking: Asking; actor: Actor };

async function prepare(db: Db, name: string, row: Row): Promise<Form> {
	const things = await findThings(db, 'own');
	const part = (await listParts()).get(partOf(name));
	return { part, path: partOf(name).split(' ')[0] ?? '', asking: row.ask(things), actor: everyRole(things) };
}

function everyRole({ unitId }: Things): Actor {
	const grants = ROLES.map((role) => ({ unitId, role }));
	return { id: '00000000-0000-7000-8000-000000000001', name: 'Người thử', grants, everything: false };
}

function ask(db: Db, { part, path, actor, asking }: Form, changed: Readonly<Record<string, string>>): Promise<Outcome> {
	const form = { ...asking.form, ...changed };
	return callRoute(part, { db, actor, path, method: 'POST', asking: { ...asking, form } });
}

const send = (db: Db, form: Form, changed: Readonly<Record<string, string>>): Promise<Outcome> =>
	undone(db, (tx) => ask(tx, form, changed));

/** A refusal with a reason the reader can mend; anything thrown that is no refusal comes as an error and fails the test. */
const isRefused = (outcome: Outcome) =>
	outcome.kind === 'refused' || (outcome.kind === 'failed' && /^4\d\d /.test(outcome.why));

const textsOf = ({ asking }: Form) =>
	Object.entries(asking.form ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [name] : []));

/** Those that take a text of this length: the rest are numbers, days, choices and ids, or shorter. */
async function fieldsTaking(db: Db, form: Form, length: number): Promise<string[]> {
	const words = 'Một câu '.repeat(length / 8);
	const taking: string[] = [];
	for (const name of textsOf(form)) if (!isRefused(await send(db, form, { [name]: words }))) taking.push(name);
	return taking;
}

const all = (fields: readonly string[], text: string) => Object.fromEntries(fields.map((field) => [field, text]));

test('there are a thousand strings, and a bundle loses none', () => {
	expect(MIXED.length + ALONE.length + REFUSED.length).toBeGreaterThanOrEqual(1000);
	for (const length of LENGTHS) {
		const bundled = bundles(length);
		expect(MIXED.filter((text) => !bundled.some((bundle) => bundle.includes(text)))).toEqual([]);
	}
});

test.for(forms)('%s takes hostile strings as text, or refuses them', async ([name, row], { db }) => {
	const form = await prepare(db, name, row);
	const [short, long] = LENGTHS;
	const takesLong = await fieldsTaking(db, form, long);
	const takesShort = (await fieldsTaking(db, form, short)).filter((field) => !takesLong.includes(field));
	if (name === '/(office)/models/new default') expect(takesShort).toContain('name');
	if (takesLong.length + takesShort.length === 0) return;
	const sent = ALONE.map((text) => all([...takesLong, ...takesShort], text));
	if (takesLong.length > 0) sent.push(...bundles(long).map((text) => all(takesLong, text)));
	if (takesShort.length > 0) sent.push(...bundles(short).map((text) => all(takesShort, text)));
	// A new account takes its time, for its password is hashed: it gets one in twelve.
	const asked = name === '/(admin)/accounts create' ? sent.filter((_, place) => place % 12 === 0) : sent;
	for (const changed of asked) {
		const outcome = await send(db, form, changed);
		if (outcome.kind === 'failed') expect(outcome.why, JSON.stringify(changed)).toMatch(/^4\d\d /);
	}
});

test.for(forms)('%s refuses controls and endless text in every field', async ([name, row], { db }) => {
	const form = await prepare(db, name, row);
	const fields = textsOf(form);
	// A form of a file alone has nothing to type in; the file's own text is tried where files are read.
	if (fields.length === 0) return;
	const taken = await undone(db, async (tx) => {
		const found: string[] = [];
		for (const text of REFUSED) {
			const outcome = await ask(tx, form, all(fields, text));
			const named = outcome.kind === 'failed' ? outcome.why : '';
			for (const field of fields.filter((each) => !named.includes(`"${each}":"field_`)))
				if (!isRefused(await ask(tx, form, { [field]: text })))
					found.push(`${field}: ${JSON.stringify(text.slice(0, 20))}`);
		}
		return found;
	});
	expect(taken).toEqual([]);
});
