import type { Browser, BrowserContext } from 'playwright-core';
import { reader, WIDTHS } from './chromium.ts';
import { passwordOf, PEOPLE, type Person } from './people.ts';
import { clerk, prepare, type Prepared } from './prepared.ts';

/** One browser session per person of the demonstration world, and one of nobody's, with the world prepared. */
export type Sessions = { of: (person: Person | null) => BrowserContext; prepared: Prepared };

/** Signs everybody in and prepares something for every page. */
export async function openSessions(browser: Browser, address: string): Promise<Sessions> {
	const contexts = new Map<Person | null, BrowserContext>();
	contexts.set(null, await browser.newContext(reader(address, WIDTHS.desk)));
	for (const person of people()) {
		const context = await browser.newContext(reader(address, WIDTHS.desk));
		await clerk(context, address).send('/sign-in', { email: PEOPLE[person], password: passwordOf(person) });
		contexts.set(person, context);
	}
	const of = (person: Person | null) => {
		const context = contexts.get(person);
		if (!context) throw new Error(`${person} is not signed in`);
		return context;
	};
	const as = (person: Person) => clerk(of(person), address);
	const prepared = await prepare({
		officer: as('officer'),
		province: as('province'),
		trainee: as('trainee'),
		newsroom: as('newsroom'),
		administrator: as('administrator')
	});
	return { of, prepared };
}

function people(): Person[] {
	return Object.keys(PEOPLE).filter((name): name is Person => name in PEOPLE);
}
