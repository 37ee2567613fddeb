import { describe, expect, test } from 'vitest';
import { weakness } from './password-rules.server.ts';

const person = { name: 'Lê Thị Hạnh', email: 'hanh.le@yb-duk.example' };

describe('refused', () => {
	test.each([
		['ngan qua', 'field_password_short'],
		['mười một ạ', 'field_password_short'],
		['a'.repeat(257), 'field_too_long'],
		['aaaaaaaaaaaaaa', 'field_password_known'],
		['abcabcabcabc', 'field_password_known'],
		['123456789012', 'field_password_known'],
		['qwertyuiopas', 'field_password_known'],
		['password1234', 'field_password_known'],
		['PasswordPassword', 'field_password_known'],
		['Mật khẩu 1234', 'field_password_known'],
		['anh yêu em 2026', 'field_password_known'],
		['Đảng Cộng sản Việt Nam', 'field_password_known'],
		['lethihanh1985', 'field_password_personal'],
		['hanh.le@yb-duk.example', 'field_password_personal'],
		['Hanh Le Kheo 2026', 'field_password_personal']
	])('%s', async (password, reason) => {
		expect(await weakness(password, person)).toBe(reason);
	});
});

test('any characters will do, spaces and marks too, if it is long enough', async () => {
	for (const password of [
		'sáng nay mưa phùn trên đèo',
		'đèo Khau Phạ mùa lúa',
		'xJ9#kk2!mQz8',
		'suoi-giang-1945',
		'🌾🌾🍚🐃🌾🏔🍚🐃🌧🌾🍵🥢'
	])
		expect(await weakness(password, person), password).toBe(null);
});
