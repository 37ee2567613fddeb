import { describe, expect, inject } from 'vitest';
import { confirm, enter, fill, reads } from './acts.ts';
import { test } from './browser.ts';
import { reader, WIDTHS } from './chromium.ts';
import { officeList } from './lists.ts';
import { pageRoutes } from './pages.ts';
import { PEOPLE, signIn } from './people.ts';
import { serve } from './server.ts';

const SOME_ID = '01900000-0000-7000-8000-000000000000';

describe('without signing in', () => {
	const inside = pageRoutes().filter((route) => /^\/\((office|admin)\)/.test(route));
	test('every page inside asks to sign in first', async ({ page }) => {
		for (const route of inside) {
			const path = route.replace(/\/\((office|admin)\)/, '').replace(/\[\w+\]/g, SOME_ID);
			const response = await page.request.get(path, { maxRedirects: 0 });
			expect(response.status(), path).toBe(303);
			expect(response.headers()['location']).toBe(`/sign-in?to=${encodeURIComponent(path)}`);
		}
	});

	test('a wrong password and an unknown address are refused in the same words', async ({ page }) => {
		for (const email of [PEOPLE.officer, 'khong-co@yb-duk.example']) {
			await page.goto('/sign-in');
			await fill(page, { 'Thư điện tử': email, 'Mật khẩu': 'mat-khau-khong-dung' });
			await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
			await page.getByRole('alert').getByText('Địa chỉ hoặc mật khẩu không đúng').waitFor();
			expect(await page.getByLabel('Thư điện tử').inputValue()).toBe(email);
		}
	});
});

describe('who has no right', () => {
	test('sees nothing: neither desk nor models nor figures nor units', async ({ browser }) => {
		const page = await enter(browser, 'stranger');
		for (const path of [
			'/desk',
			'/models',
			'/figures',
			'/reports',
			'/units',
			'/accounts',
			'/figures/models.registered?unit=YB-DUK'
		]) {
			await page.goto(path);
			expect(await page.getByRole('main').innerText(), path).not.toMatch(/Đảng bộ Sở|182|133/);
		}
		await page.context().close();
	});

	test('the officer of a base unit cannot open another unit, the list behind the figure of the bloc, or accounts', async ({
		browser
	}) => {
		const [page, other] = [await enter(browser, 'base'), await enter(browser, 'officer')];
		await other.goto('/models?unit=YB-DUK-01');
		const model = await other.getByRole('table').getByRole('link').first().getAttribute('href');
		for (const path of [
			model ?? '',
			'/models?unit=YB-DUK-01',
			'/figures/models.registered?unit=TH-DUK',
			'/desk?unit=YB-DUK',
			'/accounts'
		]) {
			const response = await page.goto(path);
			expect([403, 404], path).toContain(response?.status());
		}
		// The total of the bloc is told, for it is of many; whose they are is not.
		await page.goto('/figures/models.registered?unit=YB-DUK&from=2024-01-01&asOf=2024-06-15');
		await page
			.getByText(/^18\d$/)
			.first()
			.waitFor();
		await page.getByText(/không thuộc phạm vi được xem/).waitFor();
		expect(await page.getByRole('main').getByRole('row').count()).toBeLessThan(10);
		await Promise.all([page.context().close(), other.context().close()]);
	});
});

test('an empty installation makes its first administrator by a link that works once', async ({ browser }) => {
	const serving = await serve([], /(https?:\/\/\S+\/setup\/\S+)/);
	const address = new URL(serving.address);
	const context = await browser.newContext(reader(address.origin, WIDTHS.desk));
	try {
		const page = await context.newPage();
		await page.goto(address.pathname);
		await fill(page, {
			'Tên đơn vị': 'Đảng uỷ xã Mồ Dề',
			'Mã đơn vị': 'MD',
			'Loại đơn vị': 'Đảng uỷ xã, phường, thị trấn',
			'Họ và tên': 'Lý A Sùng',
			'Địa chỉ đăng nhập': 'quantri@mo-de.example',
			'Mật khẩu': 'suoi-giang-1945'
		});
		await page.getByRole('button', { name: 'Khởi tạo' }).click();
		await page.waitForURL('**/sign-in');
		await fill(page, { 'Thư điện tử': 'quantri@mo-de.example', 'Mật khẩu': 'suoi-giang-1945' });
		await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
		// Whoever lets others in needs a second factor before anything else, wherever they wanted to go.
		await page.waitForURL('**/account/second-factor');
		await page.goto('/accounts');
		await page.waitForURL('**/account/second-factor');
		expect((await page.goto(address.pathname))?.status()).toBe(410);
		await reads(page, 'Liên kết khởi tạo này đã dùng hoặc hết hạn');
	} finally {
		await context.close();
		await serving.stop();
	}
});

describe('a list that cannot be taken', () => {
	const choose = async (browser: Parameters<typeof enter>[0], file: { name: string; buffer: Buffer }) => {
		const page = await enter(browser, 'province');
		await page.goto('/models/import');
		await page.getByLabel('Tệp danh sách').setInputFiles({ ...file, mimeType: 'application/octet-stream' });
		await fill(page, { 'Năm đăng ký': '2023' });
		await page.getByRole('button', { name: 'Đọc và xem trước' }).click();
		return page;
	};

	test('a Word file renamed .xlsx is told for what it is', async ({ browser }) => {
		const page = await enter(browser, 'province');
		await page.goto('/reports/new?unit=KG');
		await confirm(page, 'Lập báo cáo', { 'Số liệu hết ngày': '30/6/2018' });
		const word = await (await page.request.get(`${new URL(page.url()).pathname}/docx`)).body();
		await page.context().close();
		const importing = await choose(browser, { name: 'bao-cao.xlsx', buffer: word });
		await reads(importing, /Đây không phải là bảng tính/);
		await reads(importing, 'Chưa có gì được ghi.');
		await importing.context().close();
	});

	test('the same file sent twice leads to the first', async ({ browser }) => {
		const file = { name: 'dang-ky-2023.xlsx', buffer: officeList({ year: 2023, seed: 2 }) };
		const first = await choose(browser, file);
		await first.waitForURL(/\/models\/import\/[0-9a-f-]{36}/);
		const address = new URL(first.url()).pathname;
		await first.context().close();
		const second = await choose(browser, file);
		await reads(second, 'Tệp này đã được gửi cho đơn vị và năm này');
		await second.getByRole('link', { name: 'Mở lần gửi trước' }).click();
		await second.waitForURL(`**${address}`);
		await second.context().close();
	});

	test('a browser closed in the middle loses nothing: the reading is there on return', async ({ browser }) => {
		const gone = await choose(browser, { name: 'dang-ky-som.xlsx', buffer: officeList({ year: 2023, seed: 3 }) });
		await gone.waitForURL(/\/models\/import\/[0-9a-f-]{36}/, { waitUntil: 'commit' });
		const address = new URL(gone.url()).pathname;
		await gone.context().close();
		const context = await browser.newContext(reader(inject('address'), WIDTHS.phone));
		const back = await context.newPage();
		await signIn(back, 'province', '/models/import');
		await back.getByRole('link', { name: 'dang-ky-som.xlsx' }).click();
		await back.waitForURL(`**${address}`);
		await reads(back, /Chờ ghi/);
		await context.close();
	});
});
