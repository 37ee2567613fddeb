import type { Page } from 'playwright-core';
import { DEMONSTRATION_ACCOUNTS } from '#lib/demo/load.ts';

/** The people of the demonstration world, by what they are there for. */
export const PEOPLE = {
	officer: 'canbo@yb-duk.example',
	leader: 'lanhdao@yb-duk.example',
	base: 'coso@yb-duk.example',
	administrator: 'quantri@yb-duk.example',
	petitions: 'tiepdan@yb-duk.example',
	newsroom: 'toasoan@yb-duk.example',
	auditor: 'kiemtra@yb-duk.example',
	province: 'canbo@kg.example',
	trainee: 'canbo@tap-huan.example',
	stranger: 'khach@example.example'
} as const;
export type Person = keyof typeof PEOPLE;

/** Signs in through the form and arrives at `to`. */
export async function signIn(page: Page, person: Person, to = '/desk'): Promise<void> {
	await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
	await page.getByLabel('Thư điện tử').fill(PEOPLE[person]);
	await page.getByLabel('Mật khẩu').fill(passwordOf(person));
	await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
	await page.waitForURL((url) => url.pathname !== '/sign-in');
}

/** The password of a demonstration account. */
export function passwordOf(person: Person): string {
	const account = DEMONSTRATION_ACCOUNTS.find(({ email }) => email === PEOPLE[person]);
	if (!account) throw new Error(`${person} has no demonstration account`);
	return account.password;
}
