import type { z } from 'zod';
import type { Db } from '#lib/server/db.ts';
import { inTransaction } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { create, SETUP_ACTOR, useSetupToken } from './account.server.ts';
import type { SetupForm } from './account.schema.ts';

/** The first unit and its first administrator, by a one-time link: all of it or nothing. */
export async function setUp(db: Db, token: string, form: z.output<typeof SetupForm>): Promise<void> {
	await inTransaction(db, async (tx) => {
		await useSetupToken(tx, token);
		const [unit] = await establish(tx, SETUP_ACTOR, {
			units: [{ code: form.unitCode, name: form.unitName, kind: form.unitKind, parentId: null }]
		});
		if (!unit) throw new Error('a unit was established but not answered');
		const grants = (['administrator', 'reviewer', 'leader'] as const).map((role) => ({ unitId: unit.id, role }));
		await create(tx, SETUP_ACTOR, { name: form.name, email: form.email, password: form.password, grants });
	});
}
