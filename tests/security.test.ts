import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BODY_LIMITS } from '#lib/server/http.ts';
import { projectFolder } from '#lib/server/settings.ts';

const root = projectFolder();

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; their numbers run without gaps. */
const SECTIONS =
	'1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 ' +
	'6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 ' +
	'10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 ' +
	'14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2';

test('the table of ASVS misses no requirement, gives each a state and a reason, and names files that exist', () => {
	const rows = [...readFileSync(join(root, 'docs/ASVS.md'), 'utf8').matchAll(/^\| (\d+\.\d+\.\d+) \|(.*)\|$/gm)].map(
		([, id = '', rest = '']) => ({ id, cells: rest.split('|').map((cell) => cell.trim()) })
	);
	const ids = SECTIONS.split(' ').flatMap((section) => {
		const [name = '', count = ''] = section.split(':');
		return Array.from({ length: Number(count) }, (_, place) => `${name}.${place + 1}`);
	});
	expect(ids).toHaveLength(253);
	expect(rows.map(({ id }) => id)).toEqual(ids);
	const unclear = rows.filter(
		({ cells: [, state = '', how = ''] }) => !['met', 'n/a', 'not yet'].includes(state) || how === ''
	);
	expect(unclear).toEqual([]);
	const files = rows.flatMap(({ cells }) => [...(cells[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file));
	expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('the door takes large bodies where a page takes files, and nowhere else', () => {
	const routes = join(root, 'src/routes');
	const taking = readdirSync(routes, { recursive: true, encoding: 'utf8' })
		.filter(
			(file) => file.endsWith('+page.svelte') && readFileSync(join(routes, file), 'utf8').includes('FileDrop.svelte')
		)
		.map((file) =>
			`/${file}`
				.replace(/\/\(\w+\)/g, '')
				.replace('/+page.svelte', '')
				.replace(/\[\w+\]/g, 'x')
		);
	expect(taking.length).toBeGreaterThan(3);
	expect(taking.filter((path) => !BODY_LIMITS.upload.at.test(path))).toEqual([]);
	for (const path of ['/', '/sign-in', '/models/new', '/models/x/edit', '/accounts', '/reports/x/return'])
		expect(BODY_LIMITS.upload.at.test(path) || BODY_LIMITS.text.at.test(path), path).toBe(false);
});

test('nothing in a page carries a style of its own, which the pages would refuse', () => {
	const files = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' })
		.split('\n')
		.filter((file) => /\.(svelte|html)$/.test(file) && existsSync(join(root, file)));
	const styled = /\sstyle(:[\w-]+)?=|<style>[^]*<\/style>[^]*<\/head>|\b(transition|in|out|animate):\w/;
	expect(files.filter((file) => styled.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
