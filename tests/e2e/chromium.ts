import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';

/** The two widths that every page is made for: a phone and an office screen. */
export const WIDTHS = { phone: 390, desk: 1440 } as const;

/** Our own pages only: Chromium's sandbox needs rights that root in a container does not have. */
export function launch(): Promise<Browser> {
	return chromium.launch({
		executablePath: process.env['KHEO_CHROMIUM'] ?? '/usr/bin/chromium',
		args: process.getuid?.() === 0 ? ['--no-sandbox'] : []
	});
}

/** How a reader in Viet Nam looks at `address`, with a window of this width; a phone is touched. */
export function reader(address: string, width: number): BrowserContextOptions {
	const isPhone = width === WIDTHS.phone;
	return {
		isMobile: isPhone,
		hasTouch: isPhone,
		baseURL: address,
		locale: 'vi-VN',
		timezoneId: 'Asia/Ho_Chi_Minh',
		viewport: { width, height: 900 }
	};
}
