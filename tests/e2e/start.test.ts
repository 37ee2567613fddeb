import { expect } from 'vitest';
import { test } from './browser.ts';

test('the first page answers in Vietnamese', async ({ page }) => {
	const response = await page.goto('/');
	expect(response?.status()).toBe(200);
	expect(await page.locator('html').getAttribute('lang')).toBe('vi');
});
