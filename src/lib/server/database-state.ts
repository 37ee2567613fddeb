import type { ProblemCode } from './problem.ts';

/** SQLSTATE, its class (two characters) or a network error of Node → code. The longest match wins. */
const DATABASE_STATES: Readonly<Record<string, ProblemCode>> = {
	'08': 'database.unavailable',
	// Text with a NUL, which PostgreSQL does not keep.
	'22021': 'input.invalid',
	'22P05': 'input.invalid',
	'28': 'database.refused',
	'3D000': 'database.refused',
	'40': 'database.busy',
	'53': 'database.unavailable',
	'53100': 'database.disk_full',
	'55P03': 'database.busy',
	'57014': 'database.timeout',
	'57P': 'database.unavailable',
	ECONNREFUSED: 'database.unavailable',
	ECONNRESET: 'database.unavailable',
	EPIPE: 'database.unavailable',
	ETIMEDOUT: 'database.unavailable',
	ENOTFOUND: 'database.unavailable'
};

/** Texts by which `pg` says that the connection is gone; it gives these errors no code. */
const CONNECTION_LOST =
	/connection terminated|connection ended|client has encountered a connection error|timeout exceeded when trying to connect|cannot use a pool after/i;

/** What an error of the database or of the way to it means; undefined where it is a bug. */
export function outageOf(error: Error): ProblemCode | undefined {
	const code = 'code' in error && typeof error.code === 'string' ? codeOf(error.code) : undefined;
	return code ?? (CONNECTION_LOST.test(error.message) ? 'database.unavailable' : undefined);
}

function codeOf(state: string): ProblemCode | undefined {
	return DATABASE_STATES[state] ?? DATABASE_STATES[state.slice(0, 3)] ?? DATABASE_STATES[state.slice(0, 2)];
}
