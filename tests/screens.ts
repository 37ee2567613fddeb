import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#lib/server/settings.ts';
import { launch, reader, WIDTHS } from './e2e/chromium.ts';
import { visits } from './e2e/pages.ts';
import { serve } from './e2e/server.ts';
import { openSessions } from './e2e/sessions.ts';

/** Photographs every page of the demonstration world, whole, at both widths; `script/screens NAME…` only those. */
const only = process.argv.slice(2);
const folder = join(projectFolder(), 'screens');
await mkdir(folder, { recursive: true });
const serving = await serve(['--demo'], /Khéo đã sẵn sàng: (\S+)/);
const browser = await launch();
try {
	const { of, prepared } = await openSessions(browser, serving.address);
	for (const { name, as, path } of visits(prepared).filter((visit) => only.length === 0 || only.includes(visit.name))) {
		const storageState = await of(as).storageState();
		for (const [width, px] of Object.entries(WIDTHS)) {
			const context = await browser.newContext({ ...reader(serving.address, px), storageState });
			const page = await context.newPage();
			await page.goto(path, { waitUntil: 'networkidle' });
			await page.screenshot({ path: join(folder, `${name}.${width}.png`), fullPage: true });
			await context.close();
		}
		process.stdout.write(`screens/${name}.*.png  ${path}\n`);
	}
} finally {
	await browser.close();
	await serving.stop();
}
