import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What axe finds that keeps somebody from using the page as it stands. */
export async function barriers(page: Page): Promise<string[]> {
	// Legacy mode: no frames here, and no second page to be opened for each look. What passes is not written out in full.
	const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
	const { violations } = await axe.analyze();
	return violations.flatMap(({ id, nodes }) =>
		nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`)
	);
}
