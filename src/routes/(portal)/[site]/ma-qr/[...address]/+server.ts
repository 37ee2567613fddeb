import { frameOf, keptHeaders } from '#lib/newsroom/public-page.server.ts';
import { problem } from '#lib/server/problem.ts';
import { qrDrawing } from '#lib/ui/qr-code.ts';
import type { RequestHandler } from './$types';

/** No page's address is longer; a code holds some 2.300 bytes. */
const LONGEST = 500;

/** The QR code of an address of the site: drawn when somebody looks at it, not with every page. */
export const GET: RequestHandler = async (event) => {
	if (event.params.address.length > LONGEST) throw problem('input.not_found');
	const frame = await frameOf(event);
	return new Response(qrDrawing(`${frame.root}/${event.params.address}`), {
		headers: { 'content-type': 'image/svg+xml', ...keptHeaders(frame) }
	});
};
