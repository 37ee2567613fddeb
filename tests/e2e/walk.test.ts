import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { act, confirm, enter, figure, fill, open, reads } from './acts.ts';
import { test } from './browser.ts';
import { WIDTHS } from './chromium.ts';
import { officeList } from './lists.ts';

/** The same walk at both widths through one world: each in years of its own, so that neither finds the other's work. */
const WALKS = [
	{
		name: 'at a desk',
		width: WIDTHS.desk,
		list: { year: 2024, seed: 30 },
		life: { year: 2024, place: 'xã Y Can', replicatedBy: 'Đảng bộ Sở Y tế' },
		report: { year: 2024, registered: 182, continuing: 100, added: 80, units: 71, forged: 782, number: '112-BC/ĐUK' }
	},
	{
		name: 'on a phone',
		width: WIDTHS.phone,
		list: { year: 2019, seed: 31 },
		life: { year: 2022, place: 'xã Báo Đáp', replicatedBy: 'Đảng bộ Sở Tư pháp' },
		report: { year: 2023, registered: 133, continuing: 71, added: 60, units: 77, forged: 733, number: '98-BC/ĐUK' }
	}
] as const;
type Walk = (typeof WALKS)[number];

/** Two people at work on one report from its first word to its erratum. */
const LONG_MS = 150_000;

const halfOf = (year: number) => `from=${year}-01-01&asOf=${year}-06-15`;

describe.for(WALKS)('the officer of the bloc, $name', ({ width }) => {
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

describe.for(WALKS)('an empty office drops in the list that it keeps, $name', ({ width, list }) => {
	const half = halfOf(list.year);

	test('a list with mistakes is told row by row, and nothing of it is written', async ({ browser }) => {
		const page = await enter(browser, 'trainee', width);
		await drop(page, 'dang-ky-con-sai.xlsx', { ...list, unknownUnits: 2, twins: 3 });
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
		await page.goto(`/desk?${half}`);
		await reads(page, 'Kỳ này chưa có mô hình nào');
		await page.context().close();
	});

	test('the list in order is previewed, written with one click and seen at once', async ({ browser }) => {
		const page = await enter(browser, 'trainee', width);
		await drop(page, 'dang-ky-dung.xlsx', list);
		await reads(page, 'Khớp với số ghi trong danh sách (182)');
		await page.getByRole('button', { name: 'Ghi tất cả 182 mô hình' }).click();
		await reads(page, 'Đã ghi 182 mô hình');
		await page.goto(`/desk?${half}`);
		expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('182');
		await figure(page, 'Mô hình đăng ký').click();
		await page.getByRole('dialog').getByText('02 + 100 + 80 = 182, không trùng, không sót').waitFor();
		await page.context().close();
	});

	test('a selection is moved in one go, one of it withdrawn', async ({ browser }) => {
		const page = await enter(browser, 'trainee', width);
		await page.goto(`/models?unit=TH-DUK-01&year=${list.year}`);
		const boxes = page.getByRole('checkbox', { name: /^Chọn (?!tất cả)/ });
		await boxes.nth(0).check();
		await boxes.nth(1).check();
		await page.getByText('Đã chọn 2').waitFor();
		await page.getByRole('button', { name: 'Bắt đầu thực hiện…' }).click();
		await page.getByRole('button', { name: 'Bắt đầu thực hiện (2)' }).click();
		await reads(page, 'Đã làm với 2 mô hình: Bắt đầu thực hiện.');
		await page.goto(`/models?unit=TH-DUK&year=${list.year}&state=in_progress`);
		await page.getByRole('table').getByRole('link').first().click();
		await act(page, 'Rút đăng ký', { 'Lý do': 'Gộp vào mô hình khác của đơn vị.' });
		await reads(page, 'Đã rút');
		await page.goto(`/desk?${half}`);
		expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('181');
		await page.context().close();
	});
});

async function drop(page: Page, name: string, list: Parameters<typeof officeList>[0]): Promise<void> {
	await page.goto('/models/import');
	const file = { name, buffer: officeList(list), mimeType: 'application/octet-stream' };
	await page.getByLabel('Tệp danh sách').setInputFiles(file);
	await fill(page, { 'Năm đăng ký': String(list.year) });
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

test.for(WALKS)('a model goes through its life, $name', async ({ width, life }, { browser }) => {
	const page = await enter(browser, 'officer', width);
	await page.goto('/models/new?unit=YB-DUK-31');
	await fill(page, {
		'Tên mô hình': `Phòng truyền thống kể chuyện cho học sinh ${life.place}`,
		'Đơn vị': 'Chi bộ Hội Cựu chiến binh tỉnh',
		'Địa điểm': life.place,
		Năm: String(life.year),
		Cấp: 'Cấp cơ sở',
		'Ngày đăng ký': `5/8/${life.year}`,
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
	await act(page, 'Công nhận', { 'Số quyết định': '125-QĐ/ĐUK', 'Ngày quyết định': `20/12/${life.year}` });
	await reads(page, '125-QĐ/ĐUK');
	await act(page, 'Chọn tiêu biểu', { 'Số quyết định': '126-QĐ/ĐUK', 'Ngày quyết định': `22/12/${life.year}` });
	await act(page, 'Đề nghị khen thưởng', { 'Số quyết định': '31-TTr/ĐUK', 'Ngày quyết định': `23/12/${life.year}` });
	const recognised = page.url();

	await act(page, 'Nhân rộng', { 'Đơn vị nhân rộng': life.replicatedBy, Năm: String(life.year + 1) });
	await reads(page, 'Nhân rộng từ mô hình của Chi bộ Hội Cựu chiến binh tỉnh');
	await page.goto(recognised);
	await reads(page, `${life.replicatedBy} làm theo`);
	await act(page, 'Chuyển tiếp sang năm sau');
	await reads(page, `Đã chuyển tiếp sang năm ${life.year + 1}`);
	await reads(page, `${life.year}, Cấp cơ sở`);

	await page.goto(`/figures?from=${life.year}-07-01&asOf=${life.year}-12-31`);
	expect(await figure(page, 'Mô hình đăng ký').innerText()).toBe('1');
	expect(await figure(page, 'Tỷ lệ công nhận').innerText()).toBe('100,0%');
	expect(await figure(page, 'Mô hình tiêu biểu').innerText()).toBe('1');
	await page.context().close();
});

test.for(WALKS)(
	'the report: a figure more, returned, signed, put right, verified, $name',
	{ timeout: LONG_MS },
	async (walk, { browser }) => {
		const { width, report } = walk;
		const { year, registered } = report;
		const [officer, leader] = [await enter(browser, 'officer', width), await enter(browser, 'leader', width)];
		await officer.goto('/reports/new');
		await fill(officer, { Mẫu: 'Báo cáo sơ kết công tác dân vận 6 tháng', 'Số liệu hết ngày': `15/6/${year}` });
		await officer.getByRole('button', { name: 'Lập báo cáo' }).click();
		await officer.waitForURL(/\/reports\/[0-9a-f-]{36}$/);
		const address = new URL(officer.url()).pathname;
		await reads(
			officer,
			new RegExp(
				`đã có ${registered} mô hình đăng ký trong đó: 02 mô hình cấp đảng uỷ Khối; ${report.continuing} mô hình tiếp tục thực hiện; ${report.added} mô hình đăng ký mới`
			)
		);

		await insertFigure(officer, address, report);
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
		await confirm(leader, 'Ký và giữ nguyên số liệu', { 'Số, ký hiệu': report.number, 'Ngày ký': `20/6/${year}` });
		await reads(leader, `Đã ký ngày 20/6/${year}: Hoàng Văn Sơn`);
		const signed = await download(leader);

		await registerLate(officer, report);
		await officer.goto(`/figures?${halfOf(year)}`);
		expect(await figure(officer, 'Mô hình đăng ký').innerText()).toBe(String(registered + 1));
		await leader.goto(address);
		await reads(leader, new RegExp(`đã có ${registered} mô hình đăng ký`));
		await leader.goto(`${address}/erratum`);
		const row = leader.getByRole('row', { name: new RegExp(`\\b${registered}\\b.*\\b${registered + 1}\\b`) }).first();
		await row.getByText(/Bữa trưa nghĩa tình/).waitFor();
		await leader.getByRole('button', { name: 'Ra đính chính' }).click();
		await leader.waitForURL(`**${address}`);
		await reads(leader, 'Đính chính số 1');

		await verify(leader, 'ban-da-ky.docx', signed);
		await reads(leader, 'Mọi số liệu khớp với bản đã ký');
		await verify(leader, 'ban-bi-sua.docx', withOneDigitChanged(signed, report));
		await reads(leader, '1 số liệu không khớp với bản đã ký');
		await reads(leader, `Đã bị sửa: đúng là ${registered}, trong tệp là ${report.forged}`);
		await Promise.all([officer.context().close(), leader.context().close()]);
	}
);

async function insertFigure(page: Page, address: string, { units }: Walk['report']): Promise<void> {
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
	await reads(page, new RegExp(`Đã có đơn vị tham gia: ${units}`));
}

async function save(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Lưu' }).click();
	await reads(page, /Đã lưu bản \d/);
}

async function registerLate(page: Page, { year }: Walk['report']): Promise<void> {
	await page.goto('/models/new?unit=YB-DUK-33');
	await fill(page, {
		'Tên mô hình': 'Bữa trưa nghĩa tình của hội viên với học sinh nội trú xã Nậm Có',
		'Đơn vị': 'Chi bộ Hội Liên hiệp Phụ nữ tỉnh',
		Năm: String(year),
		Cấp: 'Cấp cơ sở',
		'Ngày đăng ký': `10/6/${year}`,
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
function withOneDigitChanged(docx: Buffer, { registered, forged }: Walk['report']): Buffer {
	const files = unzipSync(docx);
	const text = strFromU8(files['word/document.xml'] ?? new Uint8Array());
	const changed = text.replace(`>${registered}<`, `>${forged}<`);
	expect(changed).not.toBe(text);
	return Buffer.from(zipSync({ ...files, 'word/document.xml': strToU8(changed) }));
}
