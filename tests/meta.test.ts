import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { PERMISSIONS, ROLES } from '#lib/accounts/actor.ts';
import { FIGURES } from '#lib/catalogue.ts';
import { KINDS, FIELDS, LEVELS, NOVELTIES, STATES, SUBJECTS } from '#lib/models/model.ts';
import { HOLE_KINDS } from '#lib/old-site/holes.ts';
import { REASONS } from '#lib/old-site/make.ts';
import { LEFT_KINDS } from '#lib/old-site/piece.ts';
import { m } from '#lib/paraglide/messages.js';
import { PROBLEMS } from '#lib/server/problem.ts';
import { EVENT_KINDS, LINK_KINDS } from '#lib/units/event.ts';
import { UNIT_KINDS } from '#lib/units/unit.ts';
import { test } from './database.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
	.split('\n')
	.filter((file) => file !== '' && existsSync(file));
const sources = files.filter((file) =>
	/^(src|tests|script|db\/migrations)\/.*\.(ts|svelte|css|sql)$|^script\//.test(file)
);
const read = (file: string) => readFileSync(file, 'utf8');

describe('the tree', () => {
	test('names the business, not the technique', () => {
		const nameless =
			/(^|\/)(utils?|helpers?|common|misc|services?|repositor(y|ies)|managers?|dtos?|v2|types)(\/|\.ts$|\.svelte$)/;
		expect(files.filter((file) => nameless.test(file) && file !== 'db/types.ts')).toEqual([]);
	});
	test('has no file over 400 lines', () => {
		const generated = new Set(['db/types.ts', 'db/schema.sql']);
		expect(sources.filter((file) => !generated.has(file) && read(file).split('\n').length > 401)).toEqual([]);
	});
	test('silences no compiler and no linter', () => {
		const silenced = /:\s*any\b|\bas any\b|@ts-(ignore|expect-error|nocheck)|(eslint|oxlint)-disable/;
		const code = sources.filter((file) => /\.(ts|svelte)$/.test(file) && file !== 'tests/meta.test.ts');
		expect(code.filter((file) => silenced.test(read(file)))).toEqual([]);
	});
	test('imports run one way', () => {
		const ranks: readonly (readonly [RegExp, number])[] = [
			[/^src\/lib\/api\/operation\.ts/, 1],
			[/^src\/lib\/[a-z]+\/[a-z]+\.api\.ts/, 6],
			[/^src\/lib\/api\//, 7],
			[/^src\/lib\/(server|vietnamese|ui)\//, 0],
			[/^src\/lib\/(accounts|actions|places|units|ledger|sealed|privacy)\//, 1],
			[/^src\/lib\/figures\//, 2],
			[/^src\/lib\/(models|import|maps)\//, 3],
			[/^src\/lib\/(acts|catalogue)\.ts/, 4],
			[/^src\/lib\/(reports|demo|newsroom|old-site|comments)\//, 5],
			[/^src\/(routes|cli|bench|hooks)/, 8]
		];
		const rank = (file: string) => ranks.find(([path]) => path.test(file))?.[1];
		const wrong = sources
			.filter((file) => /^src\/.*\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts') && rank(file) !== undefined)
			.flatMap((file) =>
				[...read(file).matchAll(/from '#lib\/([^']+)'/g)]
					.map((match) => `src/lib/${match[1]}`)
					.filter((imported) => (rank(imported) ?? 0) > (rank(file) ?? 0))
					.map((imported) => `${file} → ${imported}`)
			);
		expect(wrong).toEqual([]);
	});
	test('documents name paths that exist', () => {
		const documents = files.filter((file) => file.endsWith('.md'));
		const missing = documents.flatMap((document) =>
			[...read(document).matchAll(/`((?:src|script|tests|db|docs)\/[\w./()+-]+)`/g)]
				.map((match) => match[1] ?? '')
				.filter((path) => !existsSync(path))
				.map((path) => `${document}: ${path}`)
		);
		expect(missing).toEqual([]);
	});
});

describe('guards', () => {
	test('stand on every page inside', () => {
		const inside = files.filter((file) =>
			/^src\/routes\/\((office|admin)\)\/.*\+(page\.server|server|layout\.server)\.ts$/.test(file)
		);
		expect(inside.length).toBeGreaterThan(5);
		// A page takes the actor itself, or through a guard beside it that does.
		const guarded = (file: string): boolean =>
			/\bsignedIn\(/.test(read(file)) ||
			[...read(file).matchAll(/from '(\.{1,2}\/[^']+\.server\.ts)'/g)].some((match) =>
				/\bsignedIn\(/.test(read(join(dirname(file), match[1] ?? '')))
			);
		expect(inside.filter((file) => !guarded(file))).toEqual([]);
	});
	test('and only the door parses forms', () => {
		const doors = files.filter((file) => /^src\/(routes|lib)\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'));
		expect(doors.filter((file) => /request\.json\(\)/.test(read(file)))).toEqual([]);
	});
});

describe('texts', () => {
	const known = new Set(Object.keys(m));
	test('are the same in both languages', () => {
		for (const file of files.filter((name) => name.startsWith('messages/vi/'))) {
			const other = file.replace('/vi/', '/en/');
			expect(Object.keys(JSON.parse(read(other))), other).toEqual(
				expect.arrayContaining(Object.keys(JSON.parse(read(file))))
			);
		}
	});
	test('exist for every refusal, figure and coded value', () => {
		const wanted = [
			...Object.keys(PROBLEMS).map((code) => `problem_${code.replaceAll('.', '_')}`),
			...FIGURES.flatMap(({ name }) => [
				`figure_${name.replace('.', '_')}`,
				`figure_${name.replace('.', '_')}_definition`
			]),
			...HOLE_KINDS.map((kind) => `old_site_hole_${kind}`),
			...REASONS.map((reason) => `old_site_reason_${reason}`),
			...LEFT_KINDS.map((kind) => `old_site_left_${kind}`),
			...Object.keys(PERMISSIONS).map((permission) => `permission_${permission.replace('.', '_')}`),
			...ROLES.flatMap((role) => [`role_${role}`, `role_hint_${role}`]),
			...EVENT_KINDS.flatMap((kind) => [`event_kind_${kind}`, `event_help_${kind}`]),
			...LINK_KINDS.map((kind) => `unit_link_${kind}`),
			...UNIT_KINDS.map((kind) => `unit_kind_${kind}`),
			...STATES.map((state) => `state_${state}`),
			...LEVELS.map((level) => `level_${level}`),
			...FIELDS.map((field) => `field_${field}`),
			...SUBJECTS.map((subject) => `subject_${subject}`),
			...NOVELTIES.map((novelty) => `novelty_${novelty}`),
			...KINDS.map((kind) => `kind_${kind}`)
		];
		expect(wanted.filter((key) => !known.has(key))).toEqual([]);
	});
});

describe('the database', () => {
	test('says of every table what it is', async ({ clone }) => {
		const { rows } = await clone.pool.query<{ name: string }>(`
			select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where n.nspname = 'public' and c.relkind in ('r', 'p') and obj_description(c.oid) is null order by 1`);
		expect(rows).toEqual([]);
	});
	test('lets each permission be given by some role', () => {
		expect(Object.values(PERMISSIONS).every((roles) => roles.length > 0)).toBe(true);
	});
});
