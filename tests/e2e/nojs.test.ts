import type { Browser, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { act, confirm, figure, fill, open, reads } from './acts.ts';
import { test } from './browser.ts';
import { reader, WIDTHS } from './chromium.ts';
import { officeList } from './lists.ts';
import { signIn, type Person } from './people.ts';

/** As a browser without JavaScript. */
async function enterPlainly(browser: Browser, person: Person): Promise<Page> {
	const context = await browser.newContext({ ...reader(inject('address'), WIDTHS.phone), javaScriptEnabled: false });
	const page = await context.newPage();
	await signIn(page, person);
	return page;
}

test('desk, figure, records and the list are read', async ({ browser }) => {
	const page = await enterPlainly(browser, 'province');
	await page.goto('/desk?unit=KG&from=2019-01-01&asOf=2019-12-31');
	expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('7.736');
	await figure(page, 'Mô hình đăng ký').click();
	await page.waitForURL('**/figures/models.registered?**');
	await reads(page, /Khớp tổng của các đơn vị trực thuộc: 7\.736/);
	await page.getByRole('link', { name: 'Trang sau' }).click();
	await page.getByRole('table', { name: 'Danh sách đứng sau con số' }).waitFor();
	await page.goto('/models?unit=KG&year=2019&q=nuoc+sach');
	await page
		.getByRole('table')
		.getByRole('link', { name: /Nước sạch/ })
		.first()
		.click();
	await reads(page, 'Quá trình xử lý');
	await page.context().close();
});

test('a model is registered, returned, mended and accepted', async ({ browser }) => {
	const page = await enterPlainly(browser, 'province');
	await page.goto('/models/new?unit=KG-01-01');
	await fill(page, {
		'Tên mô hình': 'Bến đò an toàn đưa học sinh qua kênh ấp Kinh Năm',
		'Đơn vị': 'Đảng uỷ phường Vĩnh Thanh Vân',
		Năm: '2023',
		Cấp: 'Cấp cơ sở',
		'Ngày đăng ký': '5/4/2023',
		'Lĩnh vực': 'Văn hoá - xã hội',
		'Chủ thể': 'Tập thể',
		'Mới hay tiếp tục': 'Đăng ký mới'
	});
	await confirm(page, 'Lưu và trình');
	await act(page, 'Trả lại', { 'Lý do': 'Ghi rõ ai lái đò.' });
	await reads(page, 'Ghi rõ ai lái đò.');
	await open(page, 'Sửa đăng ký');
	await confirm(page, 'Lưu', { 'Lực lượng thực hiện': 'Dân quân ấp, hội viên nông dân.' });
	await act(page, 'Trình');
	await act(page, 'Duyệt đăng ký');
	await reads(page, 'Đã đăng ký');
	await page.context().close();
});

test('a list is read, previewed and written', async ({ browser }) => {
	const page = await enterPlainly(browser, 'trainee');
	await page.goto('/models/import');
	const file = {
		name: 'dang-ky-2021.xlsx',
		mimeType: 'application/octet-stream',
		buffer: officeList({ year: 2021, seed: 4 })
	};
	await page.getByLabel('Tệp danh sách').setInputFiles(file);
	await fill(page, { 'Năm đăng ký': '2021' });
	await confirm(page, 'Đọc và xem trước');
	await page.getByRole('button', { name: 'Ghi tất cả 182 mô hình' }).click({ timeout: 30_000 });
	await reads(page, 'Đã ghi 182 mô hình');
	await page.context().close();
});

test('a report is begun, read and submitted', async ({ browser }) => {
	const page = await enterPlainly(browser, 'province');
	await page.goto('/reports/new?unit=KG');
	await confirm(page, 'Lập báo cáo', { 'Số liệu hết ngày': '30/6/2019' });
	await reads(page, /tính đến hết ngày 30\/6\/2019 đã có \S+ mô hình đăng ký/);
	await act(page, 'Trình lãnh đạo');
	await reads(page, 'Đã trình');
	await page.context().close();
});
