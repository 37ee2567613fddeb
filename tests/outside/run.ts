import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#lib/server/settings.ts';
import { launch } from '../e2e/chromium.ts';
import { SITE } from '../e2e/prepared.ts';
import { serve } from '../e2e/server.ts';
import { checkData, checkFeeds, checkMaps } from './feeds.ts';
import { checkSpeed } from './lighthouse.ts';
import { publishToday } from './news.ts';
import { checkBarriers, checkMarkup, listPages } from './pages.ts';
import type { Check } from './tools.ts';

/** Lets programs that nobody here wrote judge the public site of the demonstration; started by script/outside. */

const folder = join(projectFolder(), 'outside');
await mkdir(folder, { recursive: true });
const serving = await serve(['--demo'], /Khéo đã sẵn sàng: (\S+)/);
const browser = await launch();
let passed = 0;
let failed = 0;
try {
	const { address } = serving;
	await publishToday(serving.data, folder);
	const pages = await listPages(address);
	const article = pages.find(({ name }) => name === 'site-address-comments')?.path ?? SITE;
	tell(await checkMarkup(address, pages, folder));
	tell(await checkFeeds(address));
	tell(await checkMaps(address, folder));
	tell(await checkData(address, [article, `${SITE}/tin-tuc`, `${SITE}/mo-hinh`]));
	tell(await checkBarriers(browser, address, pages));
	await browser.close();
	const looked = {
		home: SITE,
		article,
		list: `${SITE}/tin-tuc`,
		register: `${SITE}/mo-hinh`,
		map: `${SITE}/mo-hinh?view=map`
	};
	const urls = Object.entries(looked).map(([name, path]) => ({ name, url: address + path }));
	tell(await checkSpeed(urls, { folder, chromium: process.env['KHEO_CHROMIUM'] ?? '' }));
} finally {
	await browser.close();
	await serving.stop();
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(checks: readonly Check[]): void {
	for (const { name, faults } of checks) {
		if (faults.length === 0) passed += 1;
		else failed += 1;
		process.stdout.write(
			`${faults.length === 0 ? '✓' : '✗'} ${name}\n${faults.map((fault) => `    ${fault}\n`).join('')}`
		);
	}
}
