import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { create } from '#lib/accounts/account.server.ts';
import { operator, type Actor, type Role } from '#lib/accounts/actor.ts';
import { actorOf } from '#lib/accounts/role.server.ts';
import { command } from '#lib/actions/action.server.ts';
import { loadKeys, type KeySource } from '#lib/sealed/master-key.server.ts';
import { seal, type NewSealed } from '#lib/sealed/sealed.server.ts';
import type { Db } from '#lib/server/db.ts';
import { establish } from '#lib/units/unit.server.ts';

export const machine = operator('thử nghiệm');

/** Invented people, as they would be typed into a petition. */
export const SENDER = {
	name: 'Thào Thị Xuân Quỳnh Dao',
	phone: '0987 654 321',
	address: 'Số 47 ngõ Bàng Lăng, bản Tà Xùa Mới'
} as const;

export type Someone = Actor & { id: string };

/** An office with a unit under it and one beside it, and one person of each role that matters to the sealed lane. */
export async function sealedWorld(db: Db) {
	const unit = async (code: string, name: string, parentId: string | null) => {
		const kind = parentId ? ('base_committee' as const) : ('bloc_committee' as const);
		const [made] = await establish(db, machine, { units: [{ code, name, kind, parentId }] });
		return made?.id ?? '';
	};
	const topId = await unit('K', 'Đảng uỷ Khối', null);
	const baseId = await unit('K-1', 'Đảng bộ Sở Y tế', topId);
	const otherId = await unit('L', 'Đảng uỷ Khối khác', null);
	return {
		topId,
		baseId,
		otherId,
		handler: await person(db, 'Lò Thị Mai', [[topId, 'petition_officer']]),
		colleague: await person(db, 'Hà Văn Bình', [[topId, 'petition_officer']]),
		leader: await person(db, 'Vũ Thị An', [[topId, 'leader']]),
		administrator: await person(db, 'Nguyễn Minh Quân', [[topId, 'administrator']]),
		auditor: await person(db, 'Đinh Công Tráng', [[topId, 'auditor']]),
		both: await person(db, 'Trần Kiêm Nhiệm', [
			[topId, 'petition_officer'],
			[topId, 'administrator']
		]),
		below: await person(db, 'Giàng A Páo', [[baseId, 'petition_officer']]),
		accused: await person(db, 'Cầm Bá Thước', [
			[topId, 'petition_officer'],
			[baseId, 'officer']
		]),
		stranger: await person(db, 'Phạm Đức Khách', [[otherId, 'petition_officer']])
	};
}

async function person(db: Db, name: string, roles: [unitId: string, role: Role][]): Promise<Someone> {
	const grants = roles.map(([unitId, role]) => ({ unitId, role }));
	const { id } = await create(db, machine, {
		name,
		email: `${newId()}@example.vn`,
		password: 'mot-cau-de-nho',
		grants
	});
	return { ...(await actorOf(db, { id, name })), id };
}

/** Takes in a petition of the sender, as the petition noun will. */
export async function takeIn(
	db: Db,
	actor: Actor,
	source: KeySource,
	wanted: Partial<NewSealed> & { unitId: string }
): Promise<string> {
	const ring = await loadKeys(db, source);
	const { caseId } = await command(db, actor, (tx) =>
		seal(tx, actor, ring, { caseId: newId(), noun: 'petition', fields: SENDER, ...wanted })
	);
	return caseId;
}

/** A data folder that is thrown away, with no key in the environment. */
export async function keyFolder(): Promise<{ source: KeySource; remove: () => Promise<void> }> {
	const data = await mkdtemp(join(tmpdir(), 'kheo-keys-'));
	return { source: { data, masterKey: null }, remove: () => rm(data, { recursive: true, force: true }) };
}
