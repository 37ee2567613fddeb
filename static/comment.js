// Does the small sum that a comment costs, in slices, as soon as one begins to write; without it the server asks to wait instead.
(() => {
	const SLICE_MS = 12;
	const K = [];
	const START = [];
	for (let n = 2; K.length < 64; n += 1) {
		let isPrime = true;
		for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
		if (!isPrime) continue;
		if (START.length < 8) START.push(((Math.sqrt(n) % 1) * 2 ** 32) | 0);
		K.push(((Math.cbrt(n) % 1) * 2 ** 32) | 0);
	}
	const w = new Int32Array(64);

	// One block of SHA-256 (FIPS 180-4), from the state h on, which it changes.
	function compress(h, bytes, at) {
		for (let i = 0; i < 16; i += 1, at += 4)
			w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
		for (let i = 16; i < 64; i += 1) {
			const x = w[i - 15];
			const y = w[i - 2];
			const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
			const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
			w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
		}
		let [a, b, c, d, e, f, g, z] = h;
		for (let i = 0; i < 64; i += 1) {
			const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
			const t1 = (z + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
			const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
			const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			z = g;
			g = f;
			f = e;
			e = (d + t1) | 0;
			d = c;
			c = b;
			b = a;
			a = (t1 + t2) | 0;
		}
		[a, b, c, d, e, f, g, z].forEach((value, i) => (h[i] = (h[i] + value) | 0));
	}

	// Zero bits at the beginning of the hash of `pass solution`; whole blocks of the pass are done once.
	function prepare(pass) {
		const text = new TextEncoder().encode(`${pass} `);
		const whole = text.length - (text.length % 64);
		const begun = START.slice();
		for (let at = 0; at < whole; at += 64) compress(begun, text, at);
		const rest = text.subarray(whole);
		const block = new Uint8Array(128);
		return (solution) => {
			const digits = String(solution);
			const length = rest.length + digits.length;
			block.fill(0);
			block.set(rest);
			for (let i = 0; i < digits.length; i += 1) block[rest.length + i] = digits.charCodeAt(i);
			block[length] = 0x80;
			const size = length < 56 ? 64 : 128;
			new DataView(block.buffer).setUint32(size - 4, (whole + length) * 8);
			const h = begun.slice();
			for (let at = 0; at < size; at += 64) compress(h, block, at);
			return h[0] === 0 ? 32 : Math.clz32(h[0]);
		};
	}

	const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

	async function solve(address) {
		const response = await fetch(address, { method: 'POST' });
		if (!response.ok) throw new Error(String(response.status));
		const { pass, bits } = await response.json();
		const zeroBits = prepare(pass);
		let until = performance.now() + SLICE_MS;
		for (let solution = 0; ; solution += 1) {
			if (zeroBits(solution) >= bits) return { pass, solution };
			if (performance.now() < until) continue;
			await rest();
			until = performance.now() + SLICE_MS;
		}
	}

	for (const form of document.querySelectorAll('form[data-proof]')) {
		const button = form.querySelector('.acts button');
		const status = form.querySelector('.working');
		let solving = null;
		const begin = () => (solving ??= solve(form.dataset.proof));
		form.addEventListener('input', () => begin().catch(() => (solving = null)), { once: true });
		form.addEventListener('submit', async (event) => {
			event.preventDefault();
			if (button.disabled) return;
			button.disabled = true;
			status.textContent = status.dataset.text;
			try {
				const { pass, solution } = await begin();
				form.elements.pass.value = pass;
				form.elements.solution.value = solution;
			} catch {
				// Sent without: the server answers with the way for those who have no script.
			}
			HTMLFormElement.prototype.submit.call(form);
		});
		// Whoever comes back to a page that the browser kept may send again, with a sum of its own.
		window.addEventListener('pageshow', ({ persisted }) => {
			if (!persisted) return;
			button.disabled = false;
			status.textContent = '';
			form.elements.pass.value = '';
			solving = null;
		});
	}
})();
