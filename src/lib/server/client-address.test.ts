import { expect, test } from 'vitest';
import { addressReader } from './client-address.ts';

test('without trusted proxies nobody is believed', () => {
	const read = addressReader([]);
	expect(read('203.0.113.9', '')).toBe('203.0.113.9');
	expect(read('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
	expect(read('::ffff:203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
});

test('a trusted proxy is believed, what the client wrote before it is not', () => {
	const read = addressReader(['10.0.0.0/8', '2001:db8::1']);
	expect(read('10.1.2.3', '198.51.100.1')).toBe('198.51.100.1');
	expect(read('10.1.2.3', '1.1.1.1, 198.51.100.1')).toBe('198.51.100.1');
	expect(read('10.1.2.3', '1.1.1.1, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1');
	expect(read('2001:db8::1', '198.51.100.1:4711')).toBe('198.51.100.1');
	expect(read('2001:db8::2', '198.51.100.1')).toBe('2001:db8::2');
	expect(read('10.1.2.3', '')).toBe('10.1.2.3');
});
