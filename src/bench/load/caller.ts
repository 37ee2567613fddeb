import autocannon from 'autocannon';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { Call, type Chain, type Outcome, type Receipt } from './asked.ts';

/**
 * The programs of the offices, in a process of their own: carries out the calls it is sent and answers what came of each. A
 * chain that was not answered to its end is called once more from its beginning, with the same keys.
 */
process.on('message', (message) => {
	void carryOut(Call.parse(message)).then((outcome) => process.send?.(outcome));
});

const TIMEOUT_S = 60;
const PAUSE_MS = 100;
const Made = z.looseObject({ id: z.string() });

type State = { call: Call; receipts: Map<string, Receipt>; sent: number; outcome: Outcome };

async function carryOut(call: Call): Promise<Outcome> {
	const outcome: Outcome = {
		receipts: [],
		latencies_ms: [],
		refused: {},
		replayed: 0,
		differing: 0,
		lost: 0,
		seconds: 0
	};
	const state: State = { call, receipts: new Map(), sent: 0, outcome };
	const begun = performance.now();
	const isLate = () => performance.now() - begun > call.patience_s * 1000;
	for (let left = call.chains; left.length > 0 && !isLate(); left = left.filter((chain) => !isDone(state, chain))) {
		await isReady(call.url, isLate);
		const begunRound = performance.now();
		await round(state, left);
		outcome.seconds += (performance.now() - begunRound) / 1000;
	}
	outcome.lost = state.sent - outcome.latencies_ms.length;
	return { ...outcome, receipts: [...state.receipts.values()] };
}

function isDone({ receipts }: State, chain: Chain): boolean {
	return chain.steps.every(({ key }) => isSuccess(receipts.get(key)?.status ?? 0));
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** Waits until the server takes requests, as a proxy would; or is given up. */
async function isReady(url: string, isLate: () => boolean): Promise<void> {
	while (!isLate()) {
		const answer = await fetch(`${url}/readyz`).catch(() => null);
		if (answer?.ok) return;
		await setTimeout(PAUSE_MS);
	}
}

/** What a connection asks just now. */
type Asked = { chain: Chain; step: Chain['steps'][number]; begun: number };

/** Calls chains side by side, as many as go evenly into the connections; the others are left to the next round. */
async function round(state: State, left: readonly Chain[]): Promise<void> {
	const { url, rate } = state.call;
	const connections = Math.min(state.call.connections, left.length, rate ?? Infinity);
	const waiting = left.slice(0, left.length - (left.length % connections));
	const amount = waiting.length * (left[0]?.steps.length ?? 0);
	// One context for each way through `requests`; whoever was cut off asks for less than it was given, never for more.
	const asked = new WeakMap<object, Asked>();
	const setupRequest = (request: autocannon.Request, context: object): autocannon.Request => {
		const chain = asked.get(context)?.chain ?? waiting.shift() ?? left[0];
		const step = chain?.steps.find(({ key }) => !isSuccess(state.receipts.get(key)?.status ?? 0)) ?? chain?.steps[0];
		if (!chain || !step) return request;
		asked.set(context, { chain, step, begun: performance.now() });
		state.sent += 1;
		return { ...request, ...prepare(state, chain, step) };
	};
	const onResponse = (status: number, text: string, context: object, headers: autocannon.Request['headers']) => {
		const now = asked.get(context);
		if (!now) return;
		state.outcome.latencies_ms.push(performance.now() - now.begun);
		note(state, { key: now.step.key, status, text }, headers);
	};
	const requests = left[0]?.steps.map(() => ({ setupRequest, onResponse })) ?? [];
	const paced = rate === null ? {} : { overallRate: rate };
	const options = { url, connections, amount, requests, timeout: TIMEOUT_S, sampleInt: PAUSE_MS, ...paced };
	await new Promise<void>((resolve) => autocannon(options, () => resolve()));
}

function prepare({ receipts }: State, chain: Chain, { key, path, body }: Asked['step']): autocannon.Request {
	const first = receipts.get(chain.steps[0]?.key ?? '');
	const id = path.includes('{id}') && first ? Made.parse(JSON.parse(first.text)).id : '';
	const headers = {
		authorization: `Bearer ${chain.token}`,
		'x-forwarded-for': chain.address,
		'idempotency-key': key,
		'content-type': 'application/json'
	};
	return { method: 'POST', path: path.replace('{id}', id), headers, body };
}

function note({ receipts, outcome }: State, receipt: Receipt, headers: autocannon.Request['headers']): void {
	const before = receipts.get(receipt.key);
	if (before && isSuccess(before.status)) {
		if (before.text !== receipt.text) outcome.differing += 1;
		return;
	}
	const isReplayed = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'idempotency-replayed');
	if (isReplayed) outcome.replayed += 1;
	if (!isSuccess(receipt.status)) outcome.refused[receipt.status] = (outcome.refused[receipt.status] ?? 0) + 1;
	receipts.set(receipt.key, receipt);
}
