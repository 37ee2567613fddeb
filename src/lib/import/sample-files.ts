import { existsSync, readFileSync } from 'node:fs';
import { readWorkbook } from './workbook.server.ts';
import type { Workbook } from './workbook.ts';

const FOLDER = new URL('../../../../shared/samples/', import.meta.url);

/** A list that offices gave, for tests; not part of the project, so the test is skipped with a word where it is absent. */
export async function readSample(name: string, skip: (reason: string) => void): Promise<Workbook> {
	const file = new URL(name, FOLDER);
	if (!existsSync(file)) skip(`${name} is not beside the project (../shared/samples)`);
	return readWorkbook(readFileSync(file), name);
}
