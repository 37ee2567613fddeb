import type { IncomingMessage, ServerResponse } from 'node:http';

const PATIENCE_MS = 2_000;
/** Whoever asks often costs the database one question a second. */
const KEPT_MS = 1_000;

type Readiness = 'ready' | 'stopping' | 'database_unavailable';

export type Probes = {
	/** Answers `/healthz` (the process lives) and `/readyz` (it may be sent requests); false: the request is another. */
	answer: (request: IncomingMessage, response: ServerResponse) => boolean;
	/** From now on no new requests are wanted. */
	stop: () => void;
};

/** For whoever starts, watches and shares requests among processes. `reachDatabase` throws where it is away. */
export function makeProbes(reachDatabase: () => Promise<unknown>): Probes {
	let stopping = false;
	let last: { at: number; reached: Promise<boolean> } | undefined;
	const readiness = async (): Promise<Readiness> => {
		if (stopping) return 'stopping';
		if (!last || Date.now() - last.at > KEPT_MS) last = { at: Date.now(), reached: inTime(reachDatabase) };
		return (await last.reached) ? 'ready' : 'database_unavailable';
	};
	return {
		answer(request, response) {
			const path = request.url?.replace(/\?.*$/s, '');
			if (path === '/healthz') tell(response, 200, { alive: true });
			else if (path === '/readyz')
				void readiness().then((state) => tell(response, state === 'ready' ? 200 : 503, { state }));
			else return false;
			return true;
		},
		stop() {
			stopping = true;
		}
	};
}

/** What is slow is as good as away; the question itself ends with the connection's own limit. */
function inTime(reach: () => Promise<unknown>): Promise<boolean> {
	return new Promise((resolve) => {
		const limit = setTimeout(() => resolve(false), PATIENCE_MS);
		reach()
			.then(
				() => resolve(true),
				() => resolve(false)
			)
			.finally(() => clearTimeout(limit));
	});
}

function tell(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
	response.end(`${JSON.stringify(body)}\n`);
}
