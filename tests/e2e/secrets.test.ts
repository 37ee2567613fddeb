import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serve } from './server.ts';

const SECRET = 'khoa-phien-lam-viec-khong-duoc-lo-7736';
const PASSWORD = 'mat-khau-khong-duoc-ghi-vao-nhat-ky';
const PLANTED = 'gia-tri-khong-duoc-ghi-lai-9182';

test('the log holds no password, token, cookie or key, whatever is asked and however it fails', async () => {
	const serving = await serve([], /setup\/(\S+)/, { KHEO_SECRET: SECRET });
	let log = '';
	serving.process.stderr?.setEncoding('utf8').on('data', (piece: string) => (log += piece));
	serving.process.stdout?.on('data', () => undefined);
	const token = serving.address;
	try {
		const origin = await addressOf(serving.data);
		const send = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
			fetch(origin + path, {
				method: 'POST',
				body: new URLSearchParams(form),
				headers: { origin, ...headers },
				redirect: 'manual'
			});

		await send(`/setup/${PLANTED}`, { password: PASSWORD, name: '\0' });
		const setUp = {
			unitCode: 'K-1',
			unitName: 'Đảng uỷ Khối',
			unitKind: 'bloc_committee',
			name: 'Đỗ An',
			email: 'an@k.example'
		};
		await send(`/setup/${token}`, { ...setUp, password: PASSWORD });
		await send('/sign-in', { email: 'an@k.example', password: PLANTED });
		await send('/sign-in', { email: '\0', password: PASSWORD });
		await send('/sign-in', { email: 'x'.repeat(500_000), password: PASSWORD });
		const signedIn = await send('/sign-in', { email: 'an@k.example', password: PASSWORD });
		const cookie =
			signedIn.headers
				.getSetCookie()
				.find((each) => each.startsWith('kheo.session='))
				?.split(';')[0] ?? '';
		expect(cookie).not.toBe('');
		for (const sent of [cookie, `kheo.session=${PLANTED}`, `kheo.session=${PLANTED}.%00`]) {
			for (const path of ['/desk', '/units?unit=%00', '/accounts', '/nowhere', '/%ff', '/reports/x/docx'])
				await fetch(origin + path, {
					headers: { cookie: sent, authorization: `Bearer ${PLANTED}` },
					redirect: 'manual'
				});
			await send(
				'/accounts?/create',
				{ name: 'A', email: 'b@k.example', password: PASSWORD, unitId: '\0', role: 'x' },
				{ cookie: sent }
			);
			await send(
				'/account/delegation?/nothing',
				{ password: PASSWORD },
				{ cookie: sent, 'content-type': 'application/json' }
			);
		}
		const value = cookie.slice(cookie.indexOf('=') + 1);
		// It says on stderr that it stops, so that an empty log is not taken for a clean one.
		await serving.stop();
		const found = [SECRET, PASSWORD, PLANTED, token, value, decodeURIComponent(value)].filter((secret) =>
			log.includes(secret)
		);
		expect(found, log.slice(0, 4000)).toEqual([]);
		expect(log).toContain('server.stopping');
	} finally {
		await serving.stop();
	}
}, 120_000);

/** The address as it stands in the data folder's lock. */
async function addressOf(data: string): Promise<string> {
	const found = /http:\/\/[\d.]+:\d+/.exec(await readFile(join(data, 'server.lock'), 'utf8'));
	if (!found) throw new Error('no address in the lock');
	return found[0];
}
