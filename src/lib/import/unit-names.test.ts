import { expect, it } from 'vitest';
import { indexUnits, resolveUnit } from './unit-names.ts';

const index = indexUnits(
	['Đảng uỷ xã Tân Thành', 'Đảng uỷ xã Tân Thạnh', 'Đảng bộ Sở Y tế'].map((name, i) => ({
		id: String(i),
		code: `U-${i}`,
		name,
		parentId: null
	}))
);

it('takes the unit written just so where names differ in their marks only', () => {
	expect(resolveUnit('Đảng uỷ xã Tân Thạnh', index)).toMatchObject({ unit: { id: '1' } });
	expect(resolveUnit('xã Tân Thành', index)).toMatchObject({ unit: { id: '0' }, isKindIgnored: true });
	expect(resolveUnit('xa Tan Thanh', index)).toHaveProperty('several');
	expect(resolveUnit('ĐẢNG ỦY SỞ Y TẾ', index)).toMatchObject({ unit: { id: '2' }, isKindIgnored: true });
});
