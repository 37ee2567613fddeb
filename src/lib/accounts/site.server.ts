import type { Locale } from '#lib/paraglide/runtime.js';
import type { Settings } from '#lib/server/settings.ts';
import { createCipher, type Cipher } from './cipher.server.ts';

/** What accounts need to know of the installation: its address, its key, its mail, its identity provider. */
export type Site = {
	origin: string;
	cipher: Cipher;
	sendsMail: boolean;
	identityProvider: Settings['identityProvider'];
};

/** The installation of these settings. */
export function siteOf(settings: Settings, secret: string): Site {
	return {
		origin: settings.origin ?? `http://${settings.host}:${settings.port}`,
		cipher: createCipher(secret),
		sendsMail: settings.mail !== null,
		identityProvider: settings.identityProvider
	};
}

/** The installation and the language in which letters are written. */
export type Correspondence = { site: Site; locale: Locale };
