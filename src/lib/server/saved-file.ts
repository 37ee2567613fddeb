/** A file of somebody else's, to be saved and never shown in place. */
export function savedFile(file: { name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }): Response {
	return new Response(file.bytes, {
		headers: {
			'content-type': file.mediaType,
			'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name).replace(/['()*]/g, escaped)}`,
			'x-content-type-options': 'nosniff',
			'content-security-policy': "sandbox; default-src 'none'"
		}
	});
}

/** What `encodeURIComponent` leaves and RFC 8187 does not allow. */
function escaped(character: string): string {
	return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
