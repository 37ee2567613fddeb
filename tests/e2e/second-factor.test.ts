import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { codeOf, stepAt } from '#lib/accounts/totp.ts';
import { confirm, enter, fill, reads } from './acts.ts';
import { test } from './browser.ts';
import { reader, WIDTHS } from './chromium.ts';

const PASSWORD = 'đèo Khau Phạ mùa lúa';

/** The administrator prints a slip for a new leader; answers the link on it. */
async function slipFor(browser: Browser, email: string): Promise<string> {
	const page = await enter(browser, 'administrator');
	await page.goto('/accounts/invitations?unit=YB-DUK');
	await fill(page, { 'Họ và tên': 'Lò Văn Thuận', 'Địa chỉ đăng nhập': email });
	await page.getByLabel('Lãnh đạo').check();
	await page.getByLabel('In phiếu trao tay').check();
	await page.getByRole('button', { name: 'Mời', exact: true }).click();
	const link = await page.getByText(/\/invitation\//).innerText();
	await page.goto('/accounts/invitations?unit=YB-DUK');
	await reads(page, email);
	await page.context().close();
	return link;
}

async function visitor(browser: Browser, more: BrowserContextOptions = {}): Promise<Page> {
	const context = await browser.newContext({ ...reader(inject('address'), WIDTHS.phone), ...more });
	return context.newPage();
}

/** Takes the invitation up and turns the authenticator app on; answers its secret and the recovery codes. */
async function begin(page: Page, link: string): Promise<{ secret: string; codes: string[] }> {
	await page.goto(link);
	await fill(page, { 'Mật khẩu mới': 'matkhau12345' });
	await page.getByRole('button', { name: 'Bắt đầu' }).click();
	await reads(page, 'Mật khẩu này dễ đoán');
	await confirm(page, 'Bắt đầu', { 'Mật khẩu mới': PASSWORD });
	await page.goto('/account/second-factor');
	const secret = (await page.locator('code').first().innerText()).replaceAll(' ', '');
	await fill(page, { 'Mã 6 chữ số': codeOf(secret, stepAt(new Date())) });
	await page.getByRole('button', { name: 'Bật', exact: true }).click();
	await reads(page, 'Mã dự phòng – chỉ hiện một lần');
	return { secret, codes: await page.getByRole('main').locator('li code').allInnerTexts() };
}

async function signInAgain(page: Page, email: string): Promise<void> {
	await page.goto('/sign-in');
	await fill(page, { 'Thư điện tử': email, 'Mật khẩu': PASSWORD });
	await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
	await page.waitForURL('**/sign-in/second-factor**');
}

describe('without JavaScript', () => {
	test('an invited leader sets a password and the app, signs in with both, and a code works once', async ({
		browser
	}) => {
		const email = 'thuan@yb-duk.example';
		const link = await slipFor(browser, email);
		const page = await visitor(browser, { javaScriptEnabled: false });
		const { secret, codes } = await begin(page, link);
		expect(codes).toHaveLength(10);
		expect((await page.goto(link))?.status()).toBe(410);
		await page.context().clearCookies();
		await signInAgain(page, email);
		// Half a minute ahead is within what is taken, and later than the code that turned the app on.
		const code = codeOf(secret, stepAt(new Date()) + 1);
		await fill(page, { 'Mã xác thực': '000000' });
		await page.getByRole('button', { name: 'Xác nhận' }).click();
		await reads(page, 'Mã không đúng hoặc đã dùng');
		await confirm(page, 'Xác nhận', { 'Mã xác thực': code });
		expect(new URL(page.url()).pathname).toBe('/desk');
		await page.context().clearCookies();
		await signInAgain(page, email);
		await fill(page, { 'Mã xác thực': code });
		await page.getByRole('button', { name: 'Xác nhận' }).click();
		await reads(page, 'Mã không đúng hoặc đã dùng');
		await confirm(page, 'Xác nhận', { 'Mã xác thực': codes[0] ?? '' });
		await page.goto('/account');
		await reads(page, 'Nơi đang đăng nhập');
		await page.getByRole('button', { name: 'Kết thúc mọi phiên khác' }).click();
		await reads(page, 'phiên này');
		await page.context().close();
	});

	test('the demonstration world lets a leader put the second factor off', async ({ browser }) => {
		const page = await enter(browser, 'leader');
		await reads(page, 'Vai trò này cần xác thực hai lớp');
		await page.getByRole('button', { name: 'Để sau' }).click();
		await page.getByText('Vai trò này cần xác thực hai lớp').waitFor({ state: 'detached' });
		await page.context().close();
	});
});

test('a passkey is made, signs in alone, and is taken away', async ({ browser }) => {
	const email = 'khoa@yb-duk.example';
	const link = await slipFor(browser, email);
	// Passkeys belong to names, never to numbers: the same server by its name.
	const address = inject('address').replace('127.0.0.1', 'localhost');
	const page = await visitor(browser, { baseURL: address });
	const devices = await page.context().newCDPSession(page);
	await devices.send('WebAuthn.enable');
	await devices.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true
		}
	});
	await begin(page, link.replace('127.0.0.1', 'localhost'));
	await page.goto('/account/second-factor');
	await fill(page, { 'Tên để nhận ra': 'Máy phòng Tổng hợp' });
	await page.getByRole('button', { name: 'Thêm khoá truy cập' }).click();
	await page.getByRole('main').getByText('Máy phòng Tổng hợp').waitFor();
	await page.context().clearCookies();
	await page.goto('/sign-in');
	await page.getByRole('button', { name: 'Đăng nhập bằng khoá truy cập' }).click();
	await page.waitForURL('**/desk');
	await page.context().clearCookies();
	await signInAgain(page, email);
	await page.getByRole('button', { name: 'Dùng khoá truy cập' }).click();
	await page.waitForURL('**/desk');
	await page.goto('/account/second-factor');
	await page.getByRole('main').locator('.passkey summary').click();
	await page.getByRole('button', { name: 'Gỡ: Máy phòng Tổng hợp' }).click();
	await reads(page, 'Đã gỡ.');
	await page.context().close();
});

test('who signs in gets another session, whatever cookie somebody planted', async ({ page }) => {
	const planted = 'A'.repeat(32);
	await page.context().addCookies([{ name: 'kheo.session', value: planted, url: inject('address') }]);
	await page.goto('/sign-in');
	await fill(page, { 'Thư điện tử': 'canbo@yb-duk.example', 'Mật khẩu': 'dan-van-kheo-1930' });
	await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
	await page.waitForURL('**/desk');
	const session = (await page.context().cookies()).find(({ name }) => name === 'kheo.session');
	expect(session?.value).not.toBe(planted);
	expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
});

test('a dozen tries on one account are slowed down, and the page says so without telling whether it exists', async ({
	page
}) => {
	const form = (email: string) => ({ form: { email, password: 'đoán' }, headers: { origin: inject('address') } });
	for (const email of ['ai-do@yb-duk.example', 'coso2@yb-duk.example']) {
		const statuses = new Set<string>();
		for (let i = 0; i < 12; i += 1) statuses.add(await (await page.request.post('/sign-in', form(email))).text());
		expect([...statuses].filter((text) => text.includes('429'))).toHaveLength(1);
	}
});
