import { BlockList, isIPv6 } from 'node:net';

/**
 * Answers where a request comes from. `X-Forwarded-For` is read from its end, and only as far as each of those who wrote it is
 * one of the trusted proxies: what a client writes itself stands further left and is never reached.
 */
export function addressReader(trustedProxies: readonly string[]): (remote: string, forwarded: string) => string {
	const trusted = new BlockList();
	for (const network of trustedProxies) {
		const [address = '', prefix] = network.split('/');
		const family = isIPv6(address) ? 'ipv6' : 'ipv4';
		if (prefix === undefined) trusted.addAddress(address, family);
		else trusted.addSubnet(address, Number(prefix), family);
	}
	const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
	return (remote, forwarded) => {
		let address = plain(remote);
		for (const hop of forwarded.split(',').map(plain).reverse()) {
			if (hop === '' || !isTrusted(address)) return address;
			address = hop;
		}
		return address;
	};
}

/** "::ffff:10.0.0.1" is how a socket for both families writes 10.0.0.1; some proxies add a port. */
function plain(text: string): string {
	return text
		.trim()
		.replace(/^::ffff:(?=\d+\.)/i, '')
		.replace(/^\[(.*)\](:\d+)?$/, '$1')
		.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** A household or office has a /64 of its own: its addresses count as one. */
export function networkOf(address: string): string {
	if (!isIPv6(address)) return address;
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped) return mapped;
	const [head = '', tail] = address.toLowerCase().split('::');
	const left = head.split(':').filter(Boolean);
	const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
	const full = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
	return full
		.slice(0, 4)
		.map((part) => Number.parseInt(part, 16).toString(16))
		.join(':');
}
