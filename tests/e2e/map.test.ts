import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { layoutOf } from '#lib/maps/tiles.ts';
import { enter, reads } from './acts.ts';
import { test } from './browser.ts';

const SHOWN = '/map?figure=models.registered&from=2019-01-01&asOf=2019-12-31&structure=now&view=shapes';
/** An Giang, which the reader is of, stands in the middle of these invented outlines. */
const MIDDLE = '91';

function square(lon: number, lat: number, side: number) {
	const [east, north] = [lon + side, lat + side];
	return [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]]; // prettier-ignore
}

function invented(): string {
	const rocks: Readonly<Record<string, number>> = { 48: 16, 56: 9 };
	const features = layoutOf('since').tiles.map(({ code }, at) => {
		const land = code === MIDDLE ? square(106.2, 14.5, 3) : square(103, 8 + at * 0.5, 0.4);
		const rock = rocks[code];
		const coordinates = rock === undefined ? [land] : [land, square(112, rock, 0.1)];
		return { type: 'Feature', properties: { code }, geometry: { type: 'MultiPolygon', coordinates } };
	});
	return JSON.stringify({ type: 'FeatureCollection', features });
}

test('the map zooms when asked to, leads where the drawing leads, and the page refuses nothing of it', async ({
	browser
}) => {
	const folder = mkdtempSync(join(tmpdir(), 'kheo-map-'));
	try {
		writeFileSync(join(folder, 'provinces.json'), invented());
		const told = ['src/cli/kheo.ts', 'import', 'geometry', join(folder, 'provinces.json')];
		execFileSync(process.execPath, told, { env: { ...process.env, KHEO_DATA: inject('data') } });
	} finally {
		rmSync(folder, { recursive: true });
	}
	const page = await enter(browser, 'province');
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
	const asked: string[] = [];
	page.on('request', (request) => asked.push(request.url()));

	// Drawn without a graphics card, each frame of a movement costs what the last one does.
	await page.emulateMedia({ reducedMotion: 'reduce' });
	await page.goto(SHOWN, { waitUntil: 'networkidle' });
	const drawn = await page.getByRole('link', { name: /^Tỉnh An Giang: 7\.736$/ }).getAttribute('href');
	expect(asked.filter((url) => /maplibre|outlines/.test(url))).toEqual([]);
	await page.getByRole('button', { name: 'Mở bản đồ phóng to được' }).click();
	const map = page.getByRole('region', { name: /^Mô hình đăng ký, năm/ });
	await page.locator('.map[aria-busy="false"]').waitFor({ timeout: 45_000 });
	await map.focus();
	await page.keyboard.press('+');
	await reads(page, 'Tỉnh An Giang: 7.736');
	await page.getByRole('button', { name: 'Trường Sa' }).click();
	await reads(page, 'Tỉnh Khánh Hòa: không thuộc phạm vi');
	await page.getByRole('button', { name: 'Toàn bộ' }).click();
	await page.getByRole('button', { name: 'Phóng to', exact: true }).click();
	await reads(page, 'Tỉnh An Giang: 7.736');
	await map.focus();
	await page.keyboard.press('Enter');
	await page.waitForURL((url) => url.pathname + url.search === drawn);
	expect(complaints).toEqual([]);
	expect(asked.filter((url) => !url.startsWith(inject('address')))).toEqual([]);
});
