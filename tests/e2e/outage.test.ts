import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { create } from '#lib/accounts/account.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { fillBloc } from '#lib/demo/load.ts';
import { connect } from '#lib/server/db.ts';
import { migrate } from '#lib/server/migrate.ts';
import { joinCluster } from '#lib/server/postgres.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { fill, reads } from './acts.ts';
import { test as base } from './browser.ts';
import { reader, WIDTHS } from './chromium.ts';
import { passwordOf, PEOPLE, signIn } from './people.ts';
import { serve } from './server.ts';

/** The way between the server and its database, which can be cut and mended. */
type Line = { port: number; cut: () => Promise<void>; mend: () => Promise<void> };

const test = base.extend('office', { scope: 'file' }, async ({}, { onCleanup }) => {
	const folder = await mkdtemp(join(tmpdir(), 'kheo-outage-'));
	const { access, leave } = await joinCluster(folder);
	await migrate(access.migrator);
	const { db, close } = connect(access.migrator);
	await fillBloc(db);
	const actor = operator('Dữ liệu minh hoạ');
	const { id: unitId } = await getByCode(db, actor, 'YB-DUK');
	const grants = [{ unitId, role: 'officer' as const }];
	await create(db, actor, { name: 'Lê Thị Hạnh', email: PEOPLE.officer, password: passwordOf('officer'), grants });
	await close();
	const url = new URL(access.superuser);
	const line = await layLine(Number(url.port));
	url.port = String(line.port);
	url.pathname = '/kheo';
	const serving = await serve([], /Khéo đã sẵn sàng: (\S+)/, { KHEO_DATABASE_URL: url.href });
	onCleanup(async () => {
		await line.mend();
		await serving.stop();
		await line.cut();
		await leave();
		await rm(folder, { recursive: true });
	});
	return { address: serving.address, line };
});

async function layLine(target: number): Promise<Line> {
	const sockets = new Set<Socket>();
	let server: Server | undefined;
	const join = (near: Socket): void => {
		const far = connectTo(target, '127.0.0.1');
		for (const [one, other] of [
			[near, far],
			[far, near]
		] as const) {
			sockets.add(one);
			one.on('error', () => other.destroy());
			one.on('close', () => sockets.delete(one) && other.destroy());
			one.pipe(other);
		}
	};
	const listen = async (port: number): Promise<number> => {
		const opened = createServer(join);
		server = opened;
		await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
		const address = opened.address();
		return typeof address === 'object' && address ? address.port : 0;
	};
	const cut = async (): Promise<void> => {
		const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
		for (const socket of sockets) socket.destroy();
		await closed;
		server = undefined;
	};
	const port = await listen(0);
	return { port, cut, mend: async () => void (server ?? (await listen(port))) };
}

const TYPED = { 'Tên mô hình': 'Bếp ăn nghĩa tình "Sở Y tế" & bạn bè xã Bản Mù', 'Địa điểm': 'xã Bản Mù', Năm: '2024' };
const REST = {
	'Đơn vị': 'Đảng bộ Sở Y tế',
	Cấp: 'Cấp cơ sở',
	'Ngày đăng ký': '20/6/2024',
	'Lĩnh vực': 'Văn hoá - xã hội',
	'Chủ thể': 'Tập thể',
	'Mới hay tiếp tục': 'Đăng ký mới'
};
const OUTAGE = 'Cơ sở dữ liệu tạm thời không kết nối được. Chưa có gì được ghi';

describe('the database is gone in mid-request', () => {
	test('a page says so with 503, and is there again when the database is back', async ({ browser, office }) => {
		const page = await enter(browser, office.address, true);
		await office.line.cut();
		for (const path of ['/desk', '/models', '/reports']) {
			const response = await page.goto(path);
			expect(response?.status(), path).toBe(503);
			await reads(page, 'Hệ thống tạm gián đoạn');
			await reads(page, OUTAGE);
		}
		await office.line.mend();
		await page.getByRole('link', { name: 'Thử lại' }).click();
		await page.getByRole('heading', { name: 'Báo cáo', exact: true }).waitFor();
		await page.context().close();
	});

	test('following a link says so too, and going on works when it is back', async ({ browser, office }) => {
		const page = await enter(browser, office.address, true);
		await office.line.cut();
		await page.getByRole('link', { name: 'Số liệu', exact: true }).click();
		await reads(page, OUTAGE);
		await office.line.mend();
		await page.getByRole('link', { name: 'Thử lại' }).click();
		await page.getByRole('heading', { name: 'Số liệu', exact: true }).waitFor();
		await page.context().close();
	});

	test('a form keeps what was typed and is sent again when it is back', async ({ browser, office }) => {
		const page = await enter(browser, office.address, true);
		await page.goto('/models/new?unit=YB-DUK-14');
		await fill(page, { ...TYPED, ...REST });
		await office.line.cut();
		const [response] = await Promise.all([
			page.waitForResponse((answer) => answer.request().method() === 'POST'),
			page.getByRole('button', { name: 'Lưu nháp' }).click()
		]);
		expect(response.status()).toBe(503);
		await reads(page, OUTAGE);
		expect(await page.getByLabel('Tên mô hình').first().inputValue()).toBe(TYPED['Tên mô hình']);
		expect(await page.getByLabel('Địa điểm').first().inputValue()).toBe(TYPED['Địa điểm']);
		await office.line.mend();
		await page.getByRole('button', { name: 'Lưu nháp' }).click();
		await page.waitForURL(/\/models\/[0-9a-f-]{36}/);
		await reads(page, TYPED['Tên mô hình']);
		await page.context().close();
	});

	test('a form sent without script comes back as a page that sends it once more', async ({ browser, office }) => {
		const page = await enter(browser, office.address, false);
		const name = 'Tủ thuốc lưu động "Sở Y tế" & bạn bè xã Mồ Dề';
		await page.goto('/models/new?unit=YB-DUK-14');
		await fill(page, { ...TYPED, ...REST, 'Tên mô hình': name });
		await office.line.cut();
		await page.getByRole('button', { name: 'Lưu nháp' }).click();
		await reads(page, 'Những gì đồng chí vừa nhập vẫn giữ ở trang này');
		await reads(page, OUTAGE);
		await office.line.mend();
		await page.getByRole('button', { name: 'Gửi lại' }).click();
		await page.waitForURL(/\/models\/[0-9a-f-]{36}/);
		await reads(page, name);
		await page.context().close();
	});

	test('signing in says it is not the password', async ({ browser, office }) => {
		const context = await browser.newContext(reader(office.address, WIDTHS.phone));
		const page = await context.newPage();
		await page.goto('/sign-in');
		await office.line.cut();
		await fill(page, { 'Thư điện tử': PEOPLE.officer, 'Mật khẩu': passwordOf('officer') });
		await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
		await reads(page, OUTAGE);
		await office.line.mend();
		await signIn(page, 'officer');
		await context.close();
	});
});

async function enter(browser: Browser, address: string, javaScriptEnabled: boolean): Promise<Page> {
	const context = await browser.newContext({ ...reader(address, WIDTHS.desk), javaScriptEnabled });
	const page = await context.newPage();
	await signIn(page, 'officer');
	return page;
}
