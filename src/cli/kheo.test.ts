import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '#lib/server/settings.ts';

test('a reader that has seen enough ends the command line in silence, as Unix tools do', async () => {
	const kheo = spawn(process.execPath, [join(projectFolder(), 'src/cli/kheo.ts'), '--help'], {
		stdio: ['ignore', 'pipe', 'pipe']
	});
	kheo.stdout.destroy();
	let complaint = '';
	kheo.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
	const [code] = await once(kheo, 'close');
	expect({ code, complaint }).toEqual({ code: 141, complaint: '' });
});
