import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { z } from 'zod';

const Told = z.strictObject({ file: z.string(), headers: z.record(z.string(), z.string()) });

process.once('message', (message) => {
	const { file, headers } = Told.parse(message);
	const server = createServer((_, response) => {
		void stat(file).then(({ size }) => {
			response.writeHead(200, { ...headers, 'content-length': size });
			createReadStream(file).pipe(response);
		});
	});
	server.listen(0, '127.0.0.1', () => {
		const address = server.address();
		process.send?.({ port: typeof address === 'object' ? address?.port : null });
	});
});
