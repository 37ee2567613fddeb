import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';

/** How a process of its own is started: its source under `#lib`, what its heap may hold, how long it may take. */
export type Apart = {
	source: string;
	heap_mb: number;
	most_ms: number;
	/** Native libraries are loaded there. */
	withAddons?: boolean;
	/** Nobody waits for it: what answers pages goes first. */
	inBackground?: boolean;
};

const NICE = 10;

/** `late`: it took longer than it may; `memory`: it needed more than it may, or was ended from outside. */
export type Answered<Answer> = { answer: Answer } | { lost: 'late' | 'memory' };

/** Found through the package's own `imports`, so that the bundled server and plain Node start the same source file. */
const { resolve: sourceOf } = createRequire(import.meta.url);

/**
 * Sends `order` to a new process and gives back its one answer. It has no rights to write, fork or connect, and nothing of the
 * environment: whatever it is sent, the server lives. Throws when it ends without an answer for a reason of its own.
 */
export function askApart<Answer>(
	order: object,
	{ source, heap_mb, most_ms, withAddons, inBackground }: Apart
): Promise<Answered<Answer>> {
	const { promise, resolve, reject } = Promise.withResolvers<Answered<Answer>>();
	const addons = withAddons ? ['--allow-addons'] : [];
	const apart = fork(sourceOf(source), {
		execArgv: [`--max-old-space-size=${heap_mb}`, '--permission', '--allow-fs-read=*', ...addons],
		env: {},
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc']
	});
	if (inBackground && apart.pid) setPriority(apart.pid, NICE);
	let complaint = '';
	apart.stderr?.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
	const clock = setTimeout(() => {
		resolve({ lost: 'late' });
		apart.kill('SIGKILL');
	}, most_ms);
	apart.on('message', (answer: Answer) => resolve({ answer }));
	apart.on('error', reject);
	apart.on('exit', (status, signal) => {
		clearTimeout(clock);
		if (signal !== null || /heap|memory|allocation/i.test(complaint)) resolve({ lost: 'memory' });
		else reject(new Error(`${source} ended with ${status}: ${complaint}`));
	});
	apart.send(order, (error) => {
		if (error) reject(error);
	});
	return promise;
}

/** The other side: the process does `work` for the order that it is sent, answers, and ends. */
export function answerOnce<Order, Answer>(work: (order: Order) => Promise<Answer>): void {
	process.once('message', (order: Order) => {
		work(order).then(
			(answer) => process.send?.(answer, () => process.disconnect?.()),
			(error: unknown) => {
				process.stderr.write(String(error instanceof Error ? error.stack : error));
				process.exitCode = 1;
				process.disconnect?.();
			}
		);
	});
}

/** One piece of work at a time, in the order in which they come, whatever becomes of those before. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (work) => {
		const done = last.then(work);
		last = done.catch(() => undefined);
		return done;
	};
}
