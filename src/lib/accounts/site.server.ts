import type { Settings } from '#lib/server/settings.ts';
import { createCipher, type Cipher } from './cipher.server.ts';

/** What pages need to know of the installation: its address, its key, its mail, its identity provider, who hears of flaws. */
export type Site = {
	origin: string;
	cipher: Cipher;
	sendsMail: boolean;
	securityContact: string | null;
	identityProvider: Settings['identityProvider'];
};

/** The installation of these settings. */
export function siteOf(settings: Settings, secret: string): Site {
	return {
		origin: settings.origin ?? `http://${settings.host}:${settings.port}`,
		cipher: createCipher(secret),
		sendsMail: settings.mail !== null,
		securityContact: settings.securityContact,
		identityProvider: settings.identityProvider
	};
}
