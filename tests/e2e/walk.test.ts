import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { act, confirm, enter, figure, fill, open, reads } from './acts.ts';
import { test } from './browser.ts';
import { WIDTHS } from './chromium.ts';
import { officeList } from './lists.ts';

const HALF = 'from=2024-01-01&asOf=2024-06-15';

describe.for(Object.entries(WIDTHS))('the officer of the bloc, %s', ([, width]) => {
	test('sees how the half-year stands, and who has not reported', async ({ browser }) => {
		const page = await enter(browser, 'officer', width);
		expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('182');
		await reads(page, 'cộng đúng 182, không trùng');
		const silent = page.getByRole('region', { name: 'Đơn vị chưa đăng ký' });
		expect(await silent.getByRole('listitem').count()).toBe(6);
		await reads(page, 'Duyệt 2 đăng ký đang chờ');
		await page.context().close();
	});

	test('opens 182: proofs, how it is counted, and the records', async ({ browser }) => {
		const page = await enter(browser, 'officer', width);
		await figure(page, 'Mô hình đăng ký').click();
		const drawer = page.getByRole('dialog');
		await drawer.getByText('02 + 100 + 80 = 182, không trùng, không sót').waitFor();
		await drawer.getByText('Khớp tổng của các đơn vị trực thuộc: 182').waitFor();
		await drawer.getByText(/đến hết ngày .*2024 · như đã biết lúc .* · tổ chức khi đó/).waitFor();
		await drawer.getByText('Cách tính số này').click();
		await drawer.getByText('mỗi mô hình tính một lần ở mỗi cấp trong một năm').waitFor();
		const records = drawer.getByRole('table', { name: 'Danh sách đứng sau con số' });
		expect(await records.getByRole('row').count()).toBe(51);
		await page.keyboard.press('Escape');
		await drawer.waitFor({ state: 'detached' });
		expect(new URL(page.url()).pathname).toBe('/desk');
		await page.context().close();
	});
});

describe('an empty office drops in the list that it keeps', () => {
	test('a list with mistakes is told row by row, and nothing of it is written', async ({ browser }) => {
		const page = await enter(browser, 'trainee');
		await drop(page, 'dang-ky-con-sai.xlsx', officeList({ year: 2024, seed: 30, unknownUnits: 2, twins: 3 }));
		await reads(page, 'Khớp với số ghi trong danh sách (185)');
		const refused = page.getByRole('table', { name: 'Phải sửa' });
		const row = refused.getByRole('row', { name: /Xí nghiệp chưa có tên số 2/ });
		await row.getByText(/Hãy sửa tên cho đúng, hoặc thêm đơn vị trước khi nhập/).waitFor();
		await row.getByText(/^C\d+$/).waitFor();
		await row.getByText('Dang ky').waitFor();
		await page.getByRole('link', { name: /^Nghi trùng 3$/ }).click();
		await reads(page, /Gần giống dòng \d+, trang “Dang ky”/);
		expect(await page.getByRole('button', { name: /^Ghi tất cả/ }).isDisabled()).toBe(true);
		await page.getByText('Huỷ lần nhập này').click();
		await page.getByRole('button', { name: 'Huỷ', exact: true }).click();
		await page.waitForURL(/\/models\/import$/);
		await page.goto(`/desk?${HALF}`);
		await reads(page, 'Kỳ này chưa có mô hình nào');
		await page.context().close();
	});

	test('the list in order is previewed, written with one click and seen at once', async ({ browser }) => {
		const page = await enter(browser, 'trainee');
		await drop(page, 'dang-ky-2024.xlsx', officeList({ year: 2024, seed: 30 }));
		await reads(page, 'Khớp với số ghi trong danh sách (182)');
		await page.getByRole('button', { name: 'Ghi tất cả 182 mô hình' }).click();
		await reads(page, 'Đã ghi 182 mô hình');
		await page.goto(`/desk?${HALF}`);
		expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('182');
		await figure(page, 'Mô hình đăng ký').click();
		await page.getByRole('dialog').getByText('02 + 100 + 80 = 182, không trùng, không sót').waitFor();
		await page.context().close();
	});

	test('a selection is moved in one go, one of it withdrawn', async ({ browser }) => {
		const page = await enter(browser, 'trainee');
		await page.goto('/models?unit=TH-DUK-01&year=2024');
		const boxes = page.getByRole('checkbox', { name: /^Chọn (?!tất cả)/ });
		await boxes.nth(0).check();
		await boxes.nth(1).check();
		await page.getByText('Đã chọn 2').waitFor();
		await page.getByRole('button', { name: 'Bắt đầu thực hiện…' }).click();
		await page.getByRole('button', { name: 'Bắt đầu thực hiện (2)' }).click();
		await reads(page, 'Đã làm với 2 mô hình: Bắt đầu thực hiện.');
		await page.goto('/models?unit=TH-DUK&year=2024&state=in_progress');
		await page.getByRole('table').getByRole('link').first().click();
		await act(page, 'Rút đăng ký', { 'Lý do': 'Gộp vào mô hình khác của đơn vị.' });
		await reads(page, 'Đã rút');
		await page.goto(`/desk?${HALF}`);
		expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('181');
		await page.context().close();
	});
});

async function drop(page: Page, name: string, buffer: Buffer): Promise<void> {
	await page.goto('/models/import');
	await page.getByLabel('Tệp danh sách').setInputFiles({ name, buffer, mimeType: 'application/octet-stream' });
	await fill(page, { 'Năm đăng ký': '2024' });
	await page.getByRole('button', { name: 'Đọc và xem trước' }).click();
	await page.waitForURL(/\/models\/import\/[0-9a-f-]{36}/);
}

const MARKS = {
	'Tên gọi, địa chỉ': '9',
	'Nội dung gắn với': '18',
	'Huy động nhiều lực lượng': '17,5',
	'Kết quả đầu ra': '26',
	'Duy trì, lan toả': '18'
};

test('a model goes through its life: returned, accepted, marked, recognised, honoured, replicated', async ({
	browser
}) => {
	const page = await enter(browser, 'officer');
	await page.goto('/models/new?unit=YB-DUK-31');
	await fill(page, {
		'Tên mô hình': 'Phòng truyền thống kể chuyện cho học sinh xã Y Can',
		'Đơn vị': 'Chi bộ Hội Cựu chiến binh tỉnh',
		'Địa điểm': 'xã Y Can',
		Năm: '2024',
		Cấp: 'Cấp cơ sở',
		'Ngày đăng ký': '5/8/2024',
		'Lĩnh vực': 'Văn hoá - xã hội',
		'Chủ thể': 'Tập thể',
		'Mới hay tiếp tục': 'Đăng ký mới',
		'Mục tiêu, tiêu chí': 'Mỗi tháng một buổi cho 120 học sinh.'
	});
	await page.getByRole('button', { name: 'Lưu và trình' }).click();
	await page.waitForURL(/\/models\/[0-9a-f-]{36}/);

	await act(page, 'Trả lại', { 'Lý do': 'Ghi rõ kinh phí và ai phối hợp.' });
	await reads(page, 'Ghi rõ kinh phí và ai phối hợp.');
	await open(page, 'Sửa đăng ký');
	await confirm(page, 'Lưu', { 'Nguồn lực': 'Hội viên đóng góp 12 triệu đồng.' });
	await act(page, 'Trình');
	await act(page, 'Duyệt đăng ký');
	await act(page, 'Bắt đầu thực hiện');
	await act(page, 'Tự chấm điểm', MARKS);
	await act(page, 'Thẩm định', { ...MARKS, 'Kết quả đầu ra': '23' });
	await reads(page, '85,5');
	await act(page, 'Công nhận', { 'Số quyết định': '125-QĐ/ĐUK', 'Ngày quyết định': '20/12/2024' });
	await reads(page, '125-QĐ/ĐUK');
	await act(page, 'Chọn tiêu biểu', { 'Số quyết định': '126-QĐ/ĐUK', 'Ngày quyết định': '22/12/2024' });
	await act(page, 'Đề nghị khen thưởng', { 'Số quyết định': '31-TTr/ĐUK', 'Ngày quyết định': '23/12/2024' });
	const recognised = page.url();

	await act(page, 'Nhân rộng', { 'Đơn vị nhân rộng': 'Đảng bộ Sở Y tế', Năm: '2025' });
	await reads(page, 'Nhân rộng từ mô hình của Chi bộ Hội Cựu chiến binh tỉnh');
	await page.goto(recognised);
	await reads(page, 'Đảng bộ Sở Y tế làm theo');
	await act(page, 'Chuyển tiếp sang năm sau');
	await reads(page, '2025, Cấp cơ sở');

	await page.goto('/figures?from=2024-07-01&asOf=2024-12-31');
	expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('1');
	expect(await figure(page, 'Tỷ lệ công nhận').innerText()).toBe('100,0%');
	expect(await figure(page, 'Mô hình tiêu biểu').innerText()).toBe('1');
	await page.context().close();
});

test('the report: written with a figure more, returned, signed, frozen, put right, verified', async ({ browser }) => {
	const [officer, leader] = [await enter(browser, 'officer'), await enter(browser, 'leader')];
	await officer.goto('/reports/new');
	await fill(officer, { Mẫu: 'Báo cáo sơ kết công tác dân vận 6 tháng', 'Số liệu hết ngày': '15/6/2024' });
	await officer.getByRole('button', { name: 'Lập báo cáo' }).click();
	await officer.waitForURL(/\/reports\/[0-9a-f-]{36}$/);
	const address = new URL(officer.url()).pathname;
	await reads(
		officer,
		/đã có 182 mô hình đăng ký trong đó: 02 mô hình cấp đảng uỷ Khối; 100 mô hình tiếp tục thực hiện; 80 mô hình đăng ký mới/
	);

	await insertFigure(officer, address);
	await act(officer, 'Trình lãnh đạo');

	await leader.goto(address);
	await open(leader, 'Trả lại một đoạn');
	await leader.getByRole('radio', { name: /^Tiếp tục quán triệt/ }).check();
	await confirm(leader, 'Trả lại một đoạn', { 'Lý do': 'Nêu thêm việc chuyển đổi số.' });

	await officer.goto(address);
	await reads(officer, 'Nêu thêm việc chuyển đổi số.');
	await officer.goto(`${address}/edit`);
	const paragraph = officer.getByRole('textbox', { name: 'Soạn báo cáo' }).getByText('Tiếp tục quán triệt');
	await paragraph.click();
	await officer.keyboard.press('End');
	await officer.keyboard.type(' Gắn với chuyển đổi số.');
	await save(officer);
	await officer.goto(address);
	await act(officer, 'Trình lãnh đạo');

	await leader.goto(address);
	await act(leader, 'Duyệt');
	await open(leader, 'Ký');
	await confirm(leader, 'Ký và giữ nguyên số liệu', { 'Số, ký hiệu': '112-BC/ĐUK', 'Ngày ký': '20/6/2024' });
	await reads(leader, /Đã ký ngày 20\/6\/2024: Hoàng Văn Sơn/);
	const signed = await download(leader);

	await registerLate(officer);
	await officer.goto(`/figures?${HALF}`);
	expect(await figure(officer, 'Mô hình đăng ký').innerText()).toBe('183');
	await leader.goto(address);
	await reads(leader, /đã có 182 mô hình đăng ký/);
	await leader.goto(`${address}/erratum`);
	const row = leader.getByRole('row', { name: /182 183/ }).first();
	await row.getByText(/Bữa trưa nghĩa tình/).waitFor();
	await leader.getByRole('button', { name: 'Ra đính chính' }).click();
	await leader.waitForURL(`**${address}`);
	await reads(leader, 'Đính chính số 1');

	await verify(leader, 'ban-da-ky.docx', signed);
	await reads(leader, 'Mọi số liệu khớp với bản đã ký');
	await verify(leader, 'ban-bi-sua.docx', withOneDigitChanged(signed));
	await reads(leader, '1 số liệu không khớp với bản đã ký');
	await reads(leader, 'Đã bị sửa: đúng là 182, trong tệp là 782');
	await Promise.all([officer.context().close(), leader.context().close()]);
});

async function insertFigure(page: Page, address: string): Promise<void> {
	await page.goto(`${address}/edit`);
	await page.getByRole('textbox', { name: 'Soạn báo cáo' }).getByText('Tiếp tục quán triệt').click();
	await page.keyboard.press('End');
	await page.keyboard.type(' Đã có đơn vị tham gia: ');
	await page.getByRole('button', { name: 'Chèn số liệu' }).click();
	const picker = page.getByRole('dialog', { name: 'Chèn số liệu vào báo cáo' });
	await picker.getByLabel('Tìm số liệu').fill('don vi co dang ky');
	await picker.getByRole('radio', { name: /^Đơn vị có đăng ký/ }).check();
	await picker.getByRole('button', { name: 'Chèn', exact: true }).click();
	await save(page);
	await page.goto(address);
	await reads(page, /Đã có đơn vị tham gia: 71/);
}

async function save(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Lưu' }).click();
	await reads(page, /Đã lưu bản \d/);
}

async function registerLate(page: Page): Promise<void> {
	await page.goto('/models/new?unit=YB-DUK-33');
	await fill(page, {
		'Tên mô hình': 'Bữa trưa nghĩa tình của hội viên với học sinh nội trú xã Nậm Có',
		'Đơn vị': 'Chi bộ Hội Liên hiệp Phụ nữ tỉnh',
		Năm: '2024',
		Cấp: 'Cấp cơ sở',
		'Ngày đăng ký': '10/6/2024',
		'Lĩnh vực': 'Văn hoá - xã hội',
		'Chủ thể': 'Tập thể',
		'Mới hay tiếp tục': 'Đăng ký mới'
	});
	await page.getByRole('button', { name: 'Lưu và trình' }).click();
	await page.waitForURL(/\/models\/[0-9a-f-]{36}/);
	await act(page, 'Duyệt đăng ký');
}

async function download(page: Page): Promise<Buffer> {
	const [file] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: 'Tải .docx' }).click()
	]);
	expect(file.suggestedFilename()).toMatch(/\.docx$/);
	return readFile(await file.path());
}

async function verify(page: Page, name: string, buffer: Buffer): Promise<void> {
	await page.goto('/verify');
	await page.getByLabel('Tệp .docx').setInputFiles({ name, buffer, mimeType: 'application/octet-stream' });
	await page.getByRole('button', { name: 'Kiểm tra' }).click();
	await reads(page, name);
}

/** 182 becomes 782, as somebody might do it in Word. */
function withOneDigitChanged(docx: Buffer): Buffer {
	const files = unzipSync(docx);
	const text = strFromU8(files['word/document.xml'] ?? new Uint8Array());
	const changed = text.replace(/>182</, '>782<');
	expect(changed).not.toBe(text);
	return Buffer.from(zipSync({ ...files, 'word/document.xml': strToU8(changed) }));
}
