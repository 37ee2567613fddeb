import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { act, confirm, enter, fill, reads } from './acts.ts';
import { test } from './browser.ts';

const WALK_MS = 90_000;
const ABOVE = 'YB-DUK-77';

/** Fills the form of an event, looks at what it does and records it. */
async function record(page: Page, query: string, fields: Readonly<Record<string, string>>): Promise<void> {
	await page.goto(`/units/events/new?${query}`, { waitUntil: 'networkidle' });
	await fill(page, { 'Ngày có hiệu lực': '01/10/2026', ...fields, 'Lý do': 'Theo đề án sắp xếp chi bộ' });
	await page.getByRole('button', { name: 'Xem trước' }).click();
	await page.getByRole('heading', { name: 'Việc này sẽ làm gì' }).waitFor();
	await confirm(page, 'Ghi nhận');
	await reads(page, 'Đã ghi việc sắp xếp tổ chức');
}

async function establish(page: Page, code: string, name: string): Promise<void> {
	await record(page, 'kind=establish', {
		'Mã đơn vị mới': code,
		Loại: 'Chi bộ trực thuộc',
		'Tên mới': name,
		'Mã cấp trên trực tiếp': ABOVE
	});
}

test(
	'units are renamed, merged and split; the closed one keeps its page, and all of it is undone',
	{ timeout: WALK_MS },
	async ({ browser }) => {
		const page = await enter(browser, 'administrator');
		for (const n of ['A', 'B']) await establish(page, `TS-${n}`, `Chi bộ Thử ${n}`);
		await record(page, 'kind=rename&unit=TS-B', { 'Tên mới': 'Chi bộ Thử Bình' });
		await page.goto('/units/TS-B');
		await reads(page, 'ghi muộn');

		await page.goto('/units/events/new?kind=merge&unit=YB-DUK-14', { waitUntil: 'networkidle' });
		await fill(page, {
			'Mã các đơn vị nhập': 'YB-DUK-14\nYB-DUK-15',
			'Mã đơn vị mới': 'YB-DUK-14-15',
			Loại: 'Đảng bộ cơ sở',
			'Tên mới': 'Đảng bộ các sở',
			'Ngày có hiệu lực': '01/11/2026',
			'Lý do': 'ngắn'
		});
		await page.getByRole('button', { name: 'Xem trước' }).click();
		await reads(page, 'Ghi rõ lý do (ít nhất 5 ký tự).');
		await fill(page, { 'Lý do': 'Theo đề án hợp nhất sở' });
		await page.getByRole('button', { name: 'Xem trước' }).click();
		await reads(page, 'Giàng A Páo (Cán bộ) chuyển về Đảng bộ các sở');
		await reads(page, /mô hình đang mở/);
		await reads(page, 'Ghi muộn: có hiệu lực từ ngày 01/11/2026.');

		await record(page, 'kind=merge&unit=TS-A', {
			'Mã các đơn vị nhập': 'TS-A\nTS-B',
			'Mã đơn vị mới': 'TS-C',
			Loại: 'Chi bộ trực thuộc',
			'Tên mới': 'Chi bộ Thử Chung',
			'Ngày có hiệu lực': '01/11/2026'
		});
		await page.goto('/units/TS-A');
		await reads(page, 'Đã kết thúc hoạt động từ ngày 01/11/2026');
		await page.getByRole('main').getByRole('link', { name: 'Chi bộ Thử Chung' }).first().click();
		await reads(page, 'Hình thành từ:');

		await page.goto('/units/events/new?kind=split&unit=TS-C&day=2026-11-02', { waitUntil: 'networkidle' });
		await page.getByRole('button', { name: 'Thêm một phần' }).click();
		expect(await page.getByRole('group', { name: 'Phần 3' }).count()).toBe(1);

		for (const kind of ['Nhập', 'Đổi tên']) {
			await page.goto('/units/events?unit=TS-B');
			const row = page.getByRole('row').filter({ hasText: kind }).filter({ hasNotText: 'đã hoàn tác' });
			await row.getByText('Hoàn tác', { exact: true }).first().click();
			await row.getByLabel('Lý do hoàn tác').fill('Ghi để thử');
			await row.getByRole('button', { name: 'Hoàn tác' }).click();
			await reads(page, 'Đã hoàn tác; tổ chức trở lại như trước');
		}
		await page.goto('/units/TS-B');
		expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Chi bộ Thử B');
		await page.context().close();
	}
);

test(
	'what a split leaves to nobody is attributed by hand from the work list',
	{ timeout: WALK_MS },
	async ({ browser }) => {
		const page = await enter(browser, 'administrator');
		await establish(page, 'TS-D', 'Chi bộ Thử D');
		const officer = await enter(browser, 'officer');
		await officer.goto('/models/new?unit=TS-D');
		await fill(officer, {
			'Tên mô hình': 'Thắp sáng đường quê Thử D',
			Năm: '2026',
			Cấp: 'Cấp cơ sở',
			'Ngày đăng ký': '5/10/2026',
			'Lĩnh vực': 'Kinh tế',
			'Chủ thể': 'Tập thể',
			'Mới hay tiếp tục': 'Đăng ký mới'
		});
		await officer.getByRole('button', { name: 'Lưu và trình' }).click();
		await officer.waitForURL(/\/models\/[0-9a-f-]{36}/);
		await act(officer, 'Duyệt đăng ký');

		await page.goto('/units/events/new?kind=split&unit=TS-D&day=2026-11-01', { waitUntil: 'networkidle' });
		for (const [name, code] of [
			['Phần 1', 'TS-E'],
			['Phần 2', 'TS-F']
		] as const) {
			const part = page.getByRole('group', { name });
			await part.getByLabel('Mã đơn vị mới').fill(code);
			await part.getByLabel('Loại').selectOption({ label: 'Chi bộ trực thuộc' });
			await part.getByLabel('Tên mới').fill(`Chi bộ ${code}`);
		}
		await fill(page, { 'Lý do': 'Theo đề án chia chi bộ' });
		await page.getByRole('button', { name: 'Xem trước' }).click();
		await reads(page, 'Hồ sơ chưa rõ về đâu sẽ hiện ở mục “chưa phân được”');
		await confirm(page, 'Ghi nhận');

		await officer.goto('/units/undivided', { waitUntil: 'networkidle' });
		await officer.getByRole('link', { name: 'Chi bộ Thử D' }).click();
		await officer.getByRole('checkbox', { name: 'Thắp sáng đường quê Thử D' }).check();
		await fill(officer, { 'Đơn vị kế thừa': 'Chi bộ TS-E (TS-E)', 'Lý do phân': 'Theo biên bản bàn giao' });
		await officer.getByRole('button', { name: 'Phân các hồ sơ đã chọn' }).click();
		await reads(officer, 'Đã phân 1 hồ sơ');
		await reads(officer, 'Đã phân hết hồ sơ của đơn vị này.');
		await Promise.all([page.context().close(), officer.context().close()]);
	}
);
