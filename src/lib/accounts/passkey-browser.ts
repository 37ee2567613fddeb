/** The browser's part of passkeys; loaded only when somebody presses the button. */

/** Asks the device for a passkey of this site; answers what the server is to check. Throws when nobody unlocks one. */
export async function askPasskey(optionsAddress: string): Promise<string> {
	const options = PublicKeyCredential.parseRequestOptionsFromJSON(await fetchOptions(optionsAddress));
	return textOf(await navigator.credentials.get({ publicKey: options }));
}

/** Has the device make a passkey for this site; answers what the server is to keep. */
export async function makePasskey(optionsAddress: string): Promise<string> {
	const options = PublicKeyCredential.parseCreationOptionsFromJSON(await fetchOptions(optionsAddress));
	return textOf(await navigator.credentials.create({ publicKey: options }));
}

async function fetchOptions(address: string) {
	const response = await fetch(address, { method: 'POST' });
	if (!response.ok) throw new Error(`${address} answered ${response.status}`);
	return response.json();
}

function textOf(credential: Credential | null): string {
	if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was chosen');
	return JSON.stringify(credential.toJSON());
}
