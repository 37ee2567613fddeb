import { describe, expect } from 'vitest';
import type { Actor } from '#lib/accounts/actor.ts';
import { appraised, DECISION, input, office, registered } from '#lib/models/office.sample.ts';
import { recognise, revoke } from '#lib/models/recognition.server.ts';
import { carryOver } from '#lib/models/continuation.server.ts';
import type { Db } from '#lib/server/db.ts';
import { test } from '../../../tests/database.ts';
import { create } from './article.server.ts';
import { ModelAddress } from './article.schema.ts';
import { endIntroduction, introduce, listIntroduced, publicIntroductions } from './introduction.server.ts';
import { filing, siteForm, text } from './newsroom.sample.ts';
import { publishThrough, withdraw } from './publication.server.ts';
import { openSite } from './site.server.ts';

async function world(db: Db) {
	const made = await office(db);
	const { id: site } = await openSite(db, made.machine, { unitId: made.top, form: siteForm({ slug: 'khoi' }) });
	const editor: Actor = { ...made.nobody, grants: [{ unitId: made.top, role: 'newsroom_editor' }] };
	const model = await appraised(db, made.machine, input(made.one));
	await recognise(db, made.machine, [model], DECISION);
	return { ...made, site, editor, model };
}

describe('refused', () => {
	test('a model that is not recognised, or no more; who may not write; what is no address of a model', async ({
		db
	}) => {
		const { machine, editor, nobody, one, site, model } = await world(db);
		const { id } = await create(db, editor, { siteId: site, text: text(), filing: filing() });
		const refused = { code: 'article.model_not_recognised' };
		const waiting = await registered(db, machine, input(one, { name: 'Cánh đồng không rác' }));
		for (const registrationId of [waiting, id])
			await expect(introduce(db, editor, { id, registrationId })).rejects.toMatchObject(refused);
		const begun = { siteId: site, text: text(), filing: filing(), introduces: waiting };
		await expect(create(db, editor, begun)).rejects.toMatchObject(refused);
		await expect(introduce(db, nobody, { id, registrationId: model })).rejects.toMatchObject({ status: 404 });
		await revoke(db, machine, model, 'sai thẩm quyền');
		await expect(introduce(db, editor, { id, registrationId: model })).rejects.toMatchObject(refused);
		expect(await listIntroduced(db, id)).toEqual([]);
		for (const address of ['', 'mo-hinh', 'https://khoi.example/mo-hinh', `/models/${model}/edit`])
			expect(ModelAddress.safeParse(address).success, address).toBe(false);
		expect(ModelAddress.parse(` https://khoi.example/khoi/mo-hinh/${model}/?print `)).toBe(model);
	});
});

test('an article stands with every year of its model while it is public, and no longer than it introduces it', async ({
	db
}) => {
	const { machine, editor, site, model } = await world(db);
	const [next = ''] = (await carryOver(db, machine, [model])).ids;
	const { id } = await create(db, editor, { siteId: site, text: text(), filing: filing(), introduces: model });
	const shown = async () => {
		const told = await publicIntroductions(db, site, [model, next]);
		return [model, next].map((each) => (told.get(each) ?? []).map((line) => line.id));
	};
	expect(await listIntroduced(db, id)).toMatchObject([
		{ registrationId: model, model: { unitName: 'Đảng bộ Sở Y tế' } }
	]);
	expect(await shown()).toEqual([[], []]);
	await publishThrough(db, machine, { id, at: null });
	expect(await shown()).toEqual([[id], [id]]);
	await endIntroduction(db, editor, { id, registrationId: model });
	expect(await shown()).toEqual([[], []]);
	await introduce(db, editor, { id, registrationId: model });
	await introduce(db, editor, { id, registrationId: model });
	expect(await shown()).toEqual([[id], [id]]);
	await revoke(db, machine, model, 'sai thẩm quyền');
	expect(await listIntroduced(db, id)).toEqual([{ registrationId: model, model: null }]);
	await withdraw(db, machine, { id, reason: 'Sai tên' });
	expect(await shown()).toEqual([[], []]);
});
