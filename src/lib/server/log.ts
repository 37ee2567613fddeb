import { inspect } from 'node:util';
import { Problem } from './problem.ts';

type Details = Readonly<Record<string, unknown>>;

const SECRET_NAME = /password|secret|token|cookie|authorization|master_?key/i;
const SECRET_URL = /([a-z]+:\/\/[^:@/\s]+:)[^@\s]+@/gi;

/** One JSON line on stderr for the operator. Values under secret-sounding names and passwords in URLs are masked. */
export function log(level: 'info' | 'warn' | 'error', event: string, details: Details = {}): void {
	const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...details }, safe);
	process.stderr.write(`${line}\n`);
}

/** Logs a bug once and answers the id that the user is shown. */
export function logBug(error: unknown, details: Details = {}): string {
	const id = crypto.randomUUID().slice(0, 8);
	log('error', 'bug', { ...details, id, error });
	return id;
}

function safe(name: string, value: unknown): unknown {
	if (SECRET_NAME.test(name)) return '***';
	if (value instanceof Problem) return { code: value.code, params: value.params, cause: value.cause };
	if (value instanceof Error) return inspect(value).replace(SECRET_URL, '$1***@');
	if (typeof value === 'bigint') return value.toString();
	return typeof value === 'string' ? value.replace(SECRET_URL, '$1***@') : value;
}
