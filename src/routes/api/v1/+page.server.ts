import { z } from 'zod';
import { describeApi, nounOf, parametersOf, Schema, schemaOf, summaryOf } from '#lib/api/openapi.ts';
import type { Operation } from '#lib/api/operation.ts';
import { OPERATIONS } from '#lib/api/operations.ts';
import { RATES } from '#lib/api/rate.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => {
	const { tags } = describeApi(OPERATIONS);
	return {
		rates: RATES,
		nouns: tags.map(({ name, description }) => ({
			name,
			title: description,
			operations: OPERATIONS.filter((operation) => nounOf(operation) === name).map((operation) =>
				shown(operation, url.origin)
			)
		}))
	};
};

function shown(operation: Operation, origin: string) {
	return {
		id: operation.name,
		method: operation.method,
		path: operation.path,
		summary: summaryOf(operation),
		scope: operation.scope,
		parameters: parametersOf(operation).map(({ name, in: place, required, description, schema }) => ({
			name,
			note: place === 'path' ? m.api_in_path() : required ? m.api_required() : '',
			type: typeOf(schema),
			description
		})),
		body: operation.method === 'GET' || operation.takes ? [] : fieldsOf(schemaOf(operation.body, 'input')),
		takes: operation.takes ?? null,
		answer: operation.file ? [] : fieldsOf(schemaOf(operation.answer, 'output')),
		file: operation.file ?? null,
		matches: operation.matches ?? false,
		example: exampleOf(operation, origin)
	};
}

function fieldsOf(schema: unknown) {
	const { properties = {}, required = [] } = Schema.parse(schema);
	return Object.entries(properties).map(([name, described]) => ({
		name,
		note: required.includes(name) ? m.api_required() : '',
		type: typeOf(described)
	}));
}

const Described = z.looseObject({
	type: z.union([z.string(), z.array(z.string())]).optional(),
	format: z.string().optional(),
	enum: z.array(z.union([z.string(), z.number()])).optional(),
	anyOf: z.array(z.unknown()).optional(),
	items: z.unknown().optional()
});

/** "date", "base | district", "[object]": short enough for a column. */
function typeOf(schema: unknown): string {
	const { type, format, enum: values, anyOf, items } = Described.parse(schema);
	if (values) return values.join(' | ');
	if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' | ');
	if ([type].flat().includes('array')) return `[${typeOf(items ?? {})}]`;
	return format ?? [type ?? '…'].flat().join(' | ');
}

const SAMPLES: Readonly<Record<string, string>> = {
	code: 'YB-DUK',
	unit: 'YB-DUK',
	name: 'models.registered',
	filename: 'ke-hoach.pdf',
	id: '019a0000-0000-7000-8000-000000000001'
};

function exampleOf(operation: Operation, origin: string): string {
	const { method, path, body, matches, file, takes } = operation;
	const at = path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? name);
	const required = parametersOf(operation).filter((parameter) => parameter.in === 'query' && parameter.required);
	const query = required.map(({ name }) => `${name}=${SAMPLES[name] ?? ''}`).join('&');
	const lines = [
		`curl${method === 'GET' ? '' : ` -X ${method}`} '${origin}/api/v1${at}${query && `?${query}`}'`,
		`-H "Authorization: Bearer $KHEO_TOKEN"`
	];
	if (file) lines.push('-OJ');
	if (method !== 'GET') lines.push('-H "Idempotency-Key: $(uuidgen)"');
	if (matches) lines.push(`-H 'If-Match: "…"'`);
	const { properties = {}, required: needed = [] } = Schema.parse(schemaOf(body, 'input'));
	if (takes) lines.push(`-H 'Content-Type: ${takes}'`, `--data-binary @${SAMPLES['filename']}`);
	else if (method !== 'GET') {
		const sample = Object.fromEntries(needed.map((name) => [name, sampleOf(name, properties[name])]));
		lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(sample)}'`);
	}
	return lines.join(' \\\n  ');
}

function sampleOf(name: string, schema: unknown): unknown {
	const { type, enum: values } = Described.parse(schema);
	if (values) return values[0];
	if (name === 'ids') return [SAMPLES['id']];
	if (name === 'points') return { effect: 18.5 };
	if (type === 'integer') return 2026;
	if (type === 'object') return {};
	return name === 'unit' ? SAMPLES['unit'] : '…';
}
