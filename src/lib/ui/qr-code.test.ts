import { expect, test } from 'vitest';
import { qrCode } from './qr-code.ts';

test('the address of a QR code is one that every reader of pages takes: without spaces, quotes or line ends', () => {
	for (const text of ['https://khoi.example/mo-hinh', 'Đảng uỷ Khối', 'x'.repeat(400)])
		expect(qrCode(text)).toMatch(/^data:image\/svg\+xml,[^\s"<>]+$/);
});
