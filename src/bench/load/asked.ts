import { z } from 'zod';

/** What the measuring process and the calling one tell each other. */

/** A program with a token, at a network address of its own. */
export type Caller = { unit: string; token: string; address: string };

/** A request; `{id}` in its path is what the first of its chain was answered as `id`. */
const Step = z.strictObject({ key: z.string(), path: z.string(), body: z.string() });

/** Requests of one program that follow on each other. All chains of a call have equally many. */
const Chain = z.strictObject({ token: z.string(), address: z.string(), steps: z.array(Step).min(1) });
export type Chain = z.infer<typeof Chain>;

/** `rate`: requests a second at most; null: the next as soon as one is answered. `patience_s`: after that it is given up. */
export const Call = z.strictObject({
	url: z.string(),
	connections: z.number().int().min(1),
	rate: z.number().int().min(1).nullable(),
	patience_s: z.number(),
	chains: z.array(Chain).min(1)
});
export type Call = z.infer<typeof Call>;

/** The last answer to each key, as it came. `status` 0: none came. */
const Receipt = z.strictObject({ key: z.string(), status: z.number(), text: z.string() });
export type Receipt = z.infer<typeof Receipt>;

/**
 * `latencies_ms`: of every answer. `refused`: answers that were no success, by status. `replayed`: answers that said of
 * themselves to be of before. `differing`: keys that were answered in two ways. `lost`: requests that nobody answered.
 */
export const Outcome = z.strictObject({
	receipts: z.array(Receipt),
	latencies_ms: z.array(z.number()),
	refused: z.record(z.string(), z.number()),
	replayed: z.number(),
	differing: z.number(),
	lost: z.number(),
	seconds: z.number()
});
export type Outcome = z.infer<typeof Outcome>;
