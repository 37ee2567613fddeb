import { once } from 'node:events';
import { createServer } from 'node:http';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { z } from 'zod';
import { appraised, DECISION, input, scoreSheet } from '#lib/models/office.sample.ts';
import { listPublic } from '#lib/models/public.server.ts';
import { recognise, revoke } from '#lib/models/recognition.server.ts';
import { drafted, newsroom, siteForm, type Newsroom } from '#lib/newsroom/newsroom.sample.ts';
import { publishThrough, withdraw } from '#lib/newsroom/publication.server.ts';
import { openSite } from '#lib/newsroom/site.server.ts';
import { publicList } from '#lib/newsroom/public.server.ts';
import type { Opened } from '#lib/server/db.ts';
import { test } from '../../tests/database.ts';
import { keepPages } from './pages.ts';

const Port = z.object({ port: z.number() });

/** A process that keeps pages, and a page of the site that tells what there is. */
async function process(
	{ db, pool, close }: Opened,
	world: Newsroom,
	onTestFinished: (done: () => Promise<void>) => unknown
) {
	let made = 0;
	let fresh: unknown;
	const recognised = async () => (await listPublic(db, { unitId: world.top })).total;
	const pages = keepPages({ db, pool, close }, (request, response) => {
		made += 1;
		fresh = request.headers['x-kheo-fresh'];
		void publicList(db, { siteId: world.site }).then(async ({ total }) => {
			response.setHeader('cache-control', 'public, no-cache');
			response.setHeader('surrogate-key', world.site);
			response.writeHead(200).end(`${total} bài, ${await recognised()} mô hình`);
		});
	});
	const server = createServer(pages.listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(async () => {
		server.close();
		await pages.stop();
	});
	const ask = async (headers: Record<string, string> = {}) => {
		const response = await fetch(`http://127.0.0.1:${Port.parse(server.address()).port}/khoi`, { headers });
		expect(response.headers.has('surrogate-key') && headers['cookie'] === undefined).toBe(false);
		return response.text();
	};
	/** Whether what was asked for is answered from memory when it is asked for again. */
	const keeps = async () => {
		await ask();
		const before = made;
		await ask();
		return made === before;
	};
	/** How fresh a page that is made now has to be. */
	const freshness = async () => {
		await ask({ cookie: 'kheo.session=x' });
		return fresh;
	};
	return { ask, made: () => made, keeps, freshness };
}

test('a page is made once, again at once after a text or a model is published or withdrawn, and for who signed in always', async ({
	clone,
	onTestFinished
}) => {
	const world = await newsroom(clone.db);
	const { ask, made, keeps } = await process(clone, world, onTestFinished);
	await expect.poll(keeps).toBe(true);
	const known = made();
	expect(await ask()).toBe('0 bài, 0 mô hình');
	expect(made()).toBe(known);
	const id = await drafted(clone.db, world);
	await publishThrough(clone.db, world.machine, { id, at: null });
	await expect.poll(() => ask()).toBe('1 bài, 0 mô hình');
	await withdraw(clone.db, world.machine, { id, reason: 'Sai địa danh' });
	await expect.poll(() => ask()).toBe('0 bài, 0 mô hình');
	await scoreSheet(clone.db, 'base');
	const model = await appraised(clone.db, world.machine, input(world.below));
	await recognise(clone.db, world.machine, [model], DECISION);
	await expect.poll(() => ask()).toBe('0 bài, 1 mô hình');
	await revoke(clone.db, world.machine, model, 'Số liệu sai');
	await expect.poll(() => ask()).toBe('0 bài, 0 mô hình');
	const before = made();
	await ask({ cookie: 'kheo.session=x' });
	await ask({ cookie: 'kheo.session=x' });
	expect(made()).toBe(before + 2);
});

test('that a site is not there is not remembered once it is opened', async ({ clone, onTestFinished }) => {
	const world = await newsroom(clone.db);
	const { keeps, freshness } = await process(clone, world, onTestFinished);
	await expect.poll(keeps).toBe(true);
	const before = await freshness();
	expect(await freshness()).toBe(before);
	await openSite(clone.db, world.machine, { unitId: world.below, form: siteForm({ slug: 'moi', nameVi: 'Mới' }) });
	await expect.poll(freshness).not.toBe(before);
});

test('each of two processes has what is new at once; one that hears nothing keeps nothing, and keeps again once it hears', async ({
	clone,
	onTestFinished
}) => {
	const world = await newsroom(clone.db);
	const publish = async () => publishThrough(clone.db, world.machine, { id: await drafted(clone.db, world), at: null });
	const processes = [await process(clone, world, onTestFinished), await process(clone, world, onTestFinished)];
	for (const { keeps, ask } of processes) {
		await expect.poll(keeps).toBe(true);
		expect(await ask()).toBe('0 bài, 0 mô hình');
	}
	await publish();
	for (const { ask } of processes) await expect.poll(() => ask()).toBe('1 bài, 0 mô hình');
	for (const { keeps } of processes) expect(await keeps()).toBe(true);
	await sql`
		select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and application_name = 'kheo pages'`.execute(clone.db);
	for (const { keeps } of processes) await expect.poll(keeps, { interval: 5 }).toBe(false);
	await publish();
	for (const { ask } of processes) expect(await ask()).toBe('2 bài, 0 mô hình');
	for (const { keeps, ask } of processes) {
		await expect.poll(keeps, { timeout: 5_000 }).toBe(true);
		expect(await ask()).toBe('2 bài, 0 mô hình');
	}
	await publish();
	for (const { ask } of processes) await expect.poll(() => ask()).toBe('3 bài, 0 mô hình');
});
