import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';
import { create } from './account.server.ts';
import { operator, type Actor, type Role } from './actor.ts';
import { createCipher } from './cipher.server.ts';
import { actorOf } from './role.server.ts';
import type { Door } from './sign-in.server.ts';
import type { Site } from './site.server.ts';

export const PASSWORD = 'đèo Khau Phạ mùa lúa';
export const machine = operator('thử nghiệm');
export const cipher = createCipher('khoá thử nghiệm, không dùng ở nơi khác');
export const site: Site = {
	origin: 'https://kheo.example',
	cipher,
	sendsMail: true,
	securityContact: 'mailto:bao-mat@kheo.example',
	identityProvider: null
};

/** A browser somewhere that never signed in before. */
export function door(address = '203.0.113.7', more: Partial<Door> = {}): Door {
	return { client: { address, agent: 'thử nghiệm' }, replaces: undefined, device: undefined, cipher, ...more };
}

/** An office with a unit under it. */
export async function office(db: Db): Promise<{ topId: string; baseId: string }> {
	const [top] = await establish(db, machine, {
		units: [{ code: 'K', name: 'Đảng uỷ Khối', kind: 'bloc_committee', parentId: null }]
	});
	const topId = top?.id ?? '';
	const [base] = await establish(db, machine, {
		units: [{ code: 'K-1', name: 'Đảng bộ Sở Y tế', kind: 'base_committee', parentId: topId }]
	});
	return { topId, baseId: base?.id ?? '' };
}

/** Somebody with a role and the password of all samples. */
export async function person(
	db: Db,
	of: { unitId: string; role: Role; email?: string }
): Promise<{ id: string; email: string; actor: Actor }> {
	const email = of.email ?? `${of.role}.${of.unitId.slice(-6)}@example.vn`;
	const name = 'Lò Thị Mai';
	const { id } = await create(db, machine, {
		name,
		email,
		password: PASSWORD,
		grants: [{ unitId: of.unitId, role: of.role }]
	});
	return { id, email, actor: await actorOf(db, { id, name }) };
}
