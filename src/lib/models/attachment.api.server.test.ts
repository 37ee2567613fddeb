import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { call, tokenFor } from '#lib/api/caller.sample.ts';
import { test } from '../../../tests/database.ts';
import { input, office, registered } from './office.sample.ts';

const PDF = new TextEncoder().encode('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
const BYTES = { 'content-type': 'application/octet-stream' };

test('a file goes up, is listed, comes down as it was and is taken away again, for who may; JSON and scripts do not', async ({
	db
}) => {
	const data = await mkdtemp(join(tmpdir(), 'kheo-api-files-'));
	vi.stubEnv('KHEO_DATA', data);
	onTestFinished(async () => {
		vi.unstubAllEnvs();
		await rm(data, { recursive: true });
	});
	const world = await office(db);
	const id = await registered(db, world.machine, input(world.one));
	const { secret } = await tokenFor(db, { unitId: world.one, role: 'officer' });
	const neighbour = await tokenFor(db, { unitId: world.two, role: 'officer' });
	const path = `/models/${id}/attachments`;
	const named = `${path}?filename=${encodeURIComponent('kế hoạch.exe')}&caption=x`;
	const send = (token: string, at: string, raw: BodyInit, headers: Record<string, string> = BYTES) =>
		call(db, token, at, { method: 'POST', raw, headers });

	expect((await send(secret, named, '{}', { 'content-type': 'application/json' })).status).toBe(415);
	expect((await send(secret, named, PDF, { 'content-type': '' })).json['code']).toBe('api.content_type');
	expect((await send(secret, path, PDF)).json['code']).toBe('input.invalid');
	expect((await send(secret, named, '<svg onload="alert(1)"/>')).json['code']).toBe('file.type_refused');
	expect((await send(secret, named, new Uint8Array(20 * 1024 ** 2 + 1))).status).toBe(413);
	expect((await send(neighbour.secret, named, PDF)).status).toBe(404);
	expect((await call(db, neighbour.secret, path)).status).toBe(404);
	expect((await call(db, secret, path)).json).toEqual({ items: [] });

	const made = await send(secret, named, PDF);
	const file = String(made.json['id']);
	expect([made.status, made.headers.get('location')]).toEqual([201, `/api/v1${path}/${file}`]);
	expect((await call(db, secret, path)).json).toMatchObject({
		items: [{ id: file, name: 'kế hoạch.pdf', type: 'application/pdf', size: PDF.length, caption: 'x' }]
	});
	expect((await call(db, neighbour.secret, `${path}/${file}`)).status).toBe(404);
	const down = await call(db, secret, `${path}/${file}`);
	expect(down.text).toBe(new TextDecoder().decode(PDF));
	expect(down.headers.get('content-disposition')).toMatch(/^attachment/);

	const remove = (token: string) => call(db, token, `${path}/${file}/removal`, { method: 'POST', body: {} });
	expect((await remove(neighbour.secret)).status).toBe(404);
	expect((await remove(secret)).json).toEqual({ name: 'kế hoạch.pdf' });
	expect((await call(db, secret, `${path}/${file}`)).status).toBe(404);
});
