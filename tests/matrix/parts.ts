import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '#lib/server/settings.ts';

const ROUTES = join(projectFolder(), 'src/routes');

/** Every load, form action and machine's endpoint, as the files of the routes have them: '/(office)/models load'. */
export async function listParts(): Promise<Map<string, unknown>> {
	const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' }).filter((file) =>
		/(^|\/)\+(page\.server|layout\.server|server)\.ts$/.test(file)
	);
	const parts = new Map<string, unknown>();
	for (const file of files) {
		const route = `/${dirname(file)}`.replace(/^\/\.$/, '/');
		const module: unknown = await import(join(ROUTES, file));
		for (const [name, part] of entriesOf(module)) {
			if (name === 'actions') for (const [action, run] of entriesOf(part)) parts.set(`${route} ${action}`, run);
			else parts.set(`${route} ${name}`, part);
		}
	}
	return parts;
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The part that a row asks: `/route action:way` → `/route action`. */
export const partOf = (row: string) => row.replace(/:.*$/, '');
