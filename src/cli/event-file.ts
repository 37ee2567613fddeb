import { z } from 'zod';
import { en, vi } from 'zod/locales';
import { getLocale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { RoleDecisions, UnitEvent } from '#lib/units/event.schema.ts';

/** Places told at once; a file of another form is wrong in every one of them. */
const TOLD = 20;

const Reorganisation = z.strictObject({
	events: z.array(UnitEvent).min(1, 'field_required'),
	roles: RoleDecisions.default({})
});
export type Reorganisation = z.output<typeof Reorganisation>;

/** The events of a JSON file: one, a list in its order, or `{events, roles}`. Refuses with every place that is wrong. */
export function readEvents(text: string, file: string): Reorganisation {
	const told = parsed(text, file);
	const isWhole = typeof told === 'object' && told !== null && 'events' in told;
	const whole = isWhole ? told : { events: Array.isArray(told) ? told : [told] };
	const read = Reorganisation.safeParse(whole, { error: localeError() });
	if (read.success) return read.data;
	const lines = tellIssues(read.error, (path) => placeOf(path, { isOnly: !isWhole && !Array.isArray(told) }));
	throw problem('unit_event.file_unfit', { file, what: `\n${lines.join('\n')}\n` }, read.error);
}

/** Issues as lines for the reader: where, as `name` says it of a path, and what is wrong there. */
export function tellIssues(error: z.ZodError, name: (path: readonly PropertyKey[]) => string): string[] {
	const issues = error.issues.flatMap((issue) => within(issue, []));
	const lines = issues.map(({ path, message }) => {
		const text = message.startsWith('field_') ? word('field', message.slice('field_'.length)) : message;
		return [name(path), text].filter(Boolean).join(': ');
	});
	const over = lines.length - TOLD;
	return over > 0 ? [...lines.slice(0, TOLD), m.cli_unit_event_more({ count: over })] : lines;
}

/** The words of the schemas' own library, for what ours say nothing of. */
export function localeError() {
	return (getLocale() === 'vi' ? vi() : en()).localeError;
}

type Issue = { path: PropertyKey[]; message: string };

/** Of a choice of forms, what is wrong in the one that was meant: of those that it is none of at all, nothing is told. */
function within(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Issue[] {
	const path = [...above, ...issue.path];
	if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
	const meant = issue.errors.find(
		(issues) => !issues.some((one) => one.code === 'invalid_type' && one.path.length === 0)
	);
	return meant ? meant.flatMap((one) => within(one, path)) : [{ path, message: issue.message }];
}

/** `events, 2, effectiveOn` → "việc thứ 3, effectiveOn". */
function placeOf(path: readonly PropertyKey[], { isOnly }: { isOnly: boolean }): string {
	const [list, index, ...rest] = path;
	if (list !== 'events' || typeof index !== 'number') return path.join('.');
	const event = isOnly ? [] : [m.cli_unit_event_nth({ number: index + 1 })];
	return [...event, ...(rest.length > 0 ? [rest.join('.')] : [])].join(', ');
}

function parsed(text: string, file: string): unknown {
	try {
		const told: unknown = JSON.parse(text);
		return told;
	} catch (error) {
		throw problem('unit_event.file_unfit', { file, what: error instanceof Error ? error.message : 'JSON' }, error);
	}
}
