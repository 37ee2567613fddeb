import { expect } from 'vitest';
import { confirm, enter, reads } from './acts.ts';
import { test } from './browser.ts';

test('a writer puts a narrative part and a table into a report, and both stand on the sheet', async ({ browser }) => {
	const page = await enter(browser, 'trainee');
	await page.goto('/reports/new?unit=TH-DUK');
	await confirm(page, 'Lập báo cáo');
	await page.waitForURL(/\/reports\/[0-9a-f-]{36}$/);
	const sheet = page.url();
	await page.goto(`${sheet}/edit`);
	const text = page.getByRole('textbox', { name: 'Soạn báo cáo' });
	await text.getByText('I- Định hướng chung').click();

	await page.getByRole('button', { name: 'Chèn phần lời văn' }).click();
	const picker = page.getByRole('dialog');
	await picker.getByRole('radio', { name: 'Công tác dân tộc, tôn giáo và các đối tượng khác' }).check();
	expect(await picker.getByRole('radio', { name: 'Khái quát tình hình' }).count()).toBe(0);
	await picker.getByLabel('Đề mục phía trên').selectOption({ label: 'Đề mục 3' });
	await picker.getByLabel('Lời đề mục').fill('Công tác dân tộc');
	await picker.getByRole('button', { name: 'Chèn', exact: true }).click();
	await text.getByText('Ý kiến đơn vị: Công tác dân tộc').waitFor();

	await text.getByText('I- Định hướng chung').click();
	await page.getByRole('button', { name: 'Chèn bảng' }).click();
	await page.keyboard.type('Nhiệm vụ');
	await page.getByRole('button', { name: 'Thêm cột' }).click();
	await page.keyboard.type('Thời hạn');
	await page.getByRole('button', { name: 'Thêm dòng' }).click();
	await page.getByRole('button', { name: 'Đậm' }).click();
	await page.keyboard.type('Tháng 12');
	await page.getByRole('button', { name: 'Xoá dòng' }).waitFor();
	await page.getByRole('button', { name: 'Lưu', exact: true }).click();
	await reads(page, /Đã lưu/);

	await page.goto(sheet);
	const table = page.getByRole('region', { name: 'Bảng trong báo cáo' }).filter({ hasText: 'Thời hạn' });
	expect(await table.getByRole('row').count()).toBe(4);
	expect(await table.getByRole('columnheader').count()).toBe(3);
	expect(await table.getByText('Tháng 12').evaluate((words) => getComputedStyle(words).fontWeight)).toBe('700');
	await page.getByRole('heading', { name: 'Công tác dân tộc', exact: true }).waitFor();
	await page.context().close();
});
