import type { Browser, Locator, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { reader, WIDTHS } from './chromium.ts';
import { signIn, type Person } from './people.ts';

type Fields = Readonly<Record<string, string>>;

/** A person at work in a window of their own. */
export async function enter(browser: Browser, person: Person, width: number = WIDTHS.desk): Promise<Page> {
	const context = await browser.newContext(reader(inject('address'), width));
	const page = await context.newPage();
	await signIn(page, person);
	// A press before the page's script is there follows the link instead: right for a reader, another page for a test.
	await page.waitForLoadState('networkidle');
	return page;
}

/** Fills the fields whose labels begin so; a choice takes the option's words. */
export async function fill(page: Page, fields: Fields): Promise<void> {
	for (const [label, value] of Object.entries(fields)) {
		const field = page.getByRole('main').getByLabel(beginning(label)).first();
		const tag = await field.evaluate((element) => element.tagName);
		if (tag === 'SELECT') await field.selectOption({ label: value });
		else await field.fill(value);
	}
}

/** Opens the page of an act from where it is offered, fills in what it asks and confirms it. */
export async function act(page: Page, name: string, asked: Fields = {}): Promise<void> {
	await open(page, name);
	await confirm(page, name, asked);
}

/** Follows the link to an act. */
export async function open(page: Page, name: string): Promise<void> {
	const link = page.getByRole('main').getByRole('link', { name: new RegExp(`^${name}…?$`) });
	await link.first().click();
}

/** Fills in a form and sends it by this button, which leads to another page. */
export async function confirm(page: Page, button: string, asked: Fields = {}): Promise<void> {
	const send = page.getByRole('main').getByRole('button', { name: beginning(button) });
	await send.waitFor();
	await fill(page, asked);
	const here = page.url();
	await send.click();
	await page.waitForURL((url) => url.href !== here);
}

/** Waits until these words stand in the main part of the page; if they do not come, tells what stands there. */
export async function reads(page: Page, words: string | RegExp): Promise<void> {
	const main = page.getByRole('main');
	const found = main.getByText(words).first();
	await found.waitFor({ timeout: 15_000 }).catch(async () => expect(await main.innerText(), page.url()).toMatch(words));
}

/** A printed figure that opens what stands behind it. */
export function figure(page: Page, label: string): Locator {
	return page
		.getByRole('main')
		.getByRole('link', { name: new RegExp(`^\\S+ ${label} – mở danh sách`) })
		.first();
}

function beginning(label: string): RegExp {
	return new RegExp(`^\\s*${RegExp.escape(label)}`);
}
