import { z } from 'zod';
import { m } from '#lib/paraglide/messages.js';
import { word } from '#lib/ui/word.ts';
import { ProblemAnswer, PROBLEM_TYPE } from './refused.ts';
import type { Operation } from './operation.ts';

/** A schema as JSON Schema writes it, as far as the page reads it. */
export const Schema = z.looseObject({
	type: z.union([z.string(), z.array(z.string())]).optional(),
	properties: z.record(z.string(), z.unknown()).optional(),
	required: z.array(z.string()).optional()
});

/** The OpenAPI 3.1 description, from the same schemas that let requests in, in the reader's language. */
export function describeApi(operations: readonly Operation[]) {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const operation of operations) {
		paths[operation.path] = {
			...paths[operation.path],
			[operation.method.toLowerCase()]: describe(operation)
		};
	}
	return {
		openapi: '3.1.1',
		info: { title: m.api_title(), version: '1', description: m.api_lead() },
		servers: [{ url: '/api/v1' }],
		security: [{ token: [] }],
		tags: [...new Set(operations.map(nounOf))].map((noun) => ({ name: noun, description: word('api_noun', noun) })),
		paths,
		components: {
			securitySchemes: { token: { type: 'http', scheme: 'bearer', description: m.api_begin_owner() } },
			responses: {
				Problem: {
					description: m.api_rule_problem(),
					content: { [PROBLEM_TYPE]: { schema: schemaOf(ProblemAnswer, 'output') } }
				}
			},
			headers: {
				ETag: { description: m.api_rule_etag(), schema: { type: 'string' } },
				Link: { description: m.api_rule_pages(), schema: { type: 'string' } },
				Location: { schema: { type: 'string' } }
			}
		}
	};
}

export function nounOf(operation: Operation): string {
	return operation.name.split('.')[0] ?? '';
}

export function summaryOf(operation: Operation): string {
	return word('api_op', operation.name);
}

function describe(operation: Operation) {
	const { name, scope, method } = operation;
	return {
		operationId: name,
		tags: [nounOf(operation)],
		summary: summaryOf(operation),
		description: `${m.api_scope()}: ${scope}`,
		security: [{ token: [scope] }],
		parameters: [...parametersOf(operation), ...headersOf(operation)],
		...(method === 'GET' ? {} : { requestBody: bodyOf(operation) }),
		responses: {
			[operation.creates ? '201' : '200']: answerOf(operation),
			...(method === 'GET' && !operation.file ? { '304': { description: m.api_rule_etag() } } : {}),
			default: { $ref: '#/components/responses/Problem' }
		}
	};
}

export type Parameter = { name: string; in: 'path' | 'query'; required: boolean; description: string; schema: unknown };

/** What stands in the address, in the order in which the schemas name it. */
export function parametersOf(operation: Operation): Parameter[] {
	const named = (place: 'path' | 'query', schema: z.ZodType): Parameter[] => {
		const { properties = {}, required = [] } = Schema.parse(schemaOf(schema, 'input'));
		return Object.entries(properties).map(([name, described]) => ({
			name,
			in: place,
			required: place === 'path' || required.includes(name),
			description: word('api_param', name.startsWith('where.') ? 'where' : name),
			schema: described
		}));
	};
	return [...named('path', operation.params), ...named('query', operation.query)];
}

function headersOf({ method, matches, file }: Operation) {
	const header = (name: string, description: string, required = true) => ({
		name,
		in: 'header',
		required,
		description,
		schema: { type: 'string' }
	});
	if (method === 'GET') return file ? [] : [header('If-None-Match', m.api_rule_etag(), false)];
	return [header('Idempotency-Key', m.api_rule_key()), ...(matches ? [header('If-Match', m.api_matches())] : [])];
}

function bodyOf({ body, takes }: Operation) {
	if (takes) return { required: true, content: { [takes]: { schema: { type: 'string', format: 'binary' } } } };
	const schema = Schema.parse(schemaOf(body, 'input'));
	return { required: (schema.required ?? []).length > 0, content: { 'application/json': { schema } } };
}

function answerOf(operation: Operation) {
	const description = summaryOf(operation);
	if (operation.file)
		return { description, content: { [operation.file]: { schema: { type: 'string', format: 'binary' } } } };
	const headers = {
		...(operation.method === 'GET' || operation.matches ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
		...(operation.isPaged ? { Link: { $ref: '#/components/headers/Link' } } : {}),
		...(operation.creates ? { Location: { $ref: '#/components/headers/Location' } } : {})
	};
	return { description, headers, content: { 'application/json': { schema: schemaOf(operation.answer, 'output') } } };
}

type Described = Readonly<Record<string, unknown>>;
/** Schemas do not change while the program runs, and describing all of them anew for each reader took a third of a second. */
const DESCRIBED = { input: new WeakMap<z.ZodType, Described>(), output: new WeakMap<z.ZodType, Described>() } as const;

/** JSON Schema 2020-12, which OpenAPI 3.1 speaks. What a transformation makes of a text stays a text outside. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Described {
	const known = DESCRIBED[io].get(schema);
	if (known) return known;
	const { $schema: _, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
	DESCRIBED[io].set(schema, described);
	return described;
}
