import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { CONSTRAINTS } from './constraints.ts';
import { outageOf } from './database-state.ts';

/**
 * The register of refusals: code → HTTP status. A code is a promise to scripts and never changes its meaning;
 * a retired one stays here as a comment. Its text is the message `problem_<code, dots as underscores>`.
 */
export const PROBLEMS = {
	'access.denied': { status: 403 },
	'access.sign_in': { status: 401 },
	'access.no_unit': { status: 403 },
	'access.wrong_password': { status: 401 },
	'access.setup_link_used': { status: 410 },
	'access.too_many_tries': { status: 429 },
	'access.busy': { status: 503 },
	'access.wrong_code': { status: 401 },
	'access.step_expired': { status: 401 },
	'access.link_used': { status: 410 },
	'access.passkey_refused': { status: 401 },
	'access.provider_refused': { status: 401 },
	'access.provider_unknown_person': { status: 403 },
	'access.provider_unavailable': { status: 503 },
	'account.wrong_password': { status: 403 },
	'account.sign_in_again': { status: 403 },
	'account.session_not_found': { status: 404 },
	'account.factor_exists': { status: 409 },
	'account.factor_missing': { status: 404 },
	'account.factor_required': { status: 409 },
	'account.key_changed': { status: 409 },
	'account.accepted_already': { status: 409 },
	'mail.refused': { status: 502 },
	'api.accept_unmet': { status: 406 },
	'api.body_slow': { status: 408 },
	'api.body_too_large': { status: 413 },
	'api.body_unfit': { status: 422 },
	'api.content_type': { status: 415 },
	'api.failed': { status: 500 },
	'api.json_malformed': { status: 400 },
	'api.json_unsafe': { status: 400 },
	'api.key_missing': { status: 400 },
	'api.key_reused': { status: 422 },
	'api.match_failed': { status: 412 },
	'api.match_missing': { status: 428 },
	'api.method': { status: 405 },
	'api.person_only': { status: 403 },
	'api.scope_missing': { status: 403 },
	'api.token_ended': { status: 401 },
	'api.token_missing': { status: 401 },
	'api.token_unknown': { status: 401 },
	'api.too_many': { status: 429 },
	'token.expired_already': { status: 400 },
	'token.expires_too_late': { status: 400 },
	'token.not_found': { status: 404 },
	'token.scope_not_held': { status: 403 },
	'token.too_many': { status: 409 },
	'account.email_taken': { status: 409 },
	'account.not_found': { status: 404 },
	'account.role_not_found': { status: 404 },
	'account.role_held': { status: 409 },
	'account.role_in_past': { status: 400 },
	'account.role_days_reversed': { status: 400 },
	'account.delegated_on': { status: 409 },
	'account.delegated_too_long': { status: 400 },
	'account.delegated_beyond': { status: 400 },
	'account.not_a_colleague': { status: 404 },
	'account.last_administrator': { status: 409 },
	'privacy.request_open': { status: 409 },
	'privacy.request_closed': { status: 409 },
	'privacy.request_own': { status: 403 },
	'privacy.consent_unknown': { status: 409 },
	'audit.anchor_invalid': { status: 400 },
	'sealed.key_missing': { status: 503 },
	'sealed.key_wrong': { status: 503 },
	'sealed.key_invalid': { status: 503 },
	'sealed.key_exposed': { status: 503 },
	'sealed.key_unreadable': { status: 503 },
	'sealed.key_from_environment': { status: 409 },
	'sealed.damaged': { status: 500 },
	'sealed.erased': { status: 410 },
	'sealed.fields_invalid': { status: 400 },
	'sealed.not_handler': { status: 403 },
	'sealed.not_petition_officer': { status: 403 },
	'sealed.administrator': { status: 403 },
	'sealed.conflicted': { status: 403 },
	'sealed.handled_already': { status: 409 },
	'sealed.reason_short': { status: 400 },
	'sealed.reason_tells': { status: 400 },
	'sealed.too_many_tries': { status: 429 },
	'input.invalid': { status: 400 },
	'input.not_found': { status: 404 },
	'input.too_large': { status: 413 },
	'database.unavailable': { status: 503 },
	'database.refused': { status: 503 },
	'database.busy': { status: 503 },
	'database.crowded': { status: 503 },
	'database.timeout': { status: 503 },
	'database.disk_full': { status: 507 },
	'database.number_too_large': { status: 500 },
	'database.start_failed': { status: 503 },
	'database.root_refused': { status: 503 },
	'database.in_use': { status: 409 },
	'database.role_missing': { status: 503 },
	'database.parts_missing': { status: 503 },
	'database.too_old': { status: 503 },
	'database.citus_missing': { status: 409 },
	'database.citus_no_workers': { status: 409 },
	'database.citus_too_old': { status: 409 },
	'data.locked': { status: 409 },
	'data.unwritable': { status: 507 },
	'data.disk_full': { status: 507 },
	'migration.changed': { status: 500 },
	'migration.failed': { status: 500 },
	'migration.newer': { status: 500 },
	'cli.option_invalid': { status: 400 },
	'settings.invalid': { status: 500 },
	'server.port_taken': { status: 503 },
	'unit.not_found': { status: 404 },
	'unit.code_taken': { status: 409 },
	'unit.not_yet': { status: 409 },
	'unit.ended': { status: 409 },
	'unit.ended_taken_over': { status: 409 },
	'unit.duty_earlier': { status: 409 },
	'unit_event.not_yet': { status: 409 },
	'unit_event.closed_already': { status: 409 },
	'unit_event.opened_twice': { status: 409 },
	'unit_event.closed_same_day': { status: 409 },
	'unit_event.parent_closed': { status: 409 },
	'unit_event.circle': { status: 409 },
	'unit_event.nothing_changes': { status: 400 },
	'unit_event.into_itself': { status: 400 },
	'unit_event.into_child': { status: 409 },
	'unit_event.named_twice': { status: 400 },
	'unit_event.split_one': { status: 400 },
	'unit_event.rest_unknown': { status: 400 },
	'unit_event.children_left': { status: 409 },
	'unit_event.not_its_child': { status: 409 },
	'unit_event.case_twice': { status: 400 },
	'unit_event.roles_undecided': { status: 409 },
	'unit_event.reports_open': { status: 409 },
	'unit_event.cases_open': { status: 409 },
	'unit_event.link_not_there': { status: 404 },
	'unit_event.duty_not_there': { status: 409 },
	'unit_event.undo_depends': { status: 409 },
	'unit_event.undone_already': { status: 409 },
	'unit_event.not_found': { status: 404 },
	'unit_event.file_unfit': { status: 422 },
	'unit_event.link_there': { status: 409 },
	'place.not_found': { status: 404 },
	'import.places_refused': { status: 409 },
	'unit_event.not_undivided': { status: 409 },
	'unit_event.case_not_undivided': { status: 409 },
	'unit_event.not_a_successor': { status: 409 },
	'unit_event.cases_missing': { status: 400 },
	'import.geometry_unfit': { status: 422 },
	'import.geometry_projection': { status: 422 },
	'import.geometry_codes': { status: 409 },
	'figure.not_found': { status: 404 },
	'figure.address_invalid': { status: 400 },
	'figure.day_invalid': { status: 400 },
	'figure.period_reversed': { status: 400 },
	'figure.unknown_structure': { status: 400 },
	'figure.unknown_facet': { status: 400 },
	'model.not_found': { status: 404 },
	'model.none_selected': { status: 400 },
	'model.state_conflict': { status: 409 },
	'model.already_registered': { status: 409 },
	'model.name_alike': { status: 409 },
	'model.reason_missing': { status: 400 },
	'model.no_score_sheet': { status: 409 },
	'model.points_missing': { status: 400 },
	'model.points_out_of_range': { status: 400 },
	'model.not_passed': { status: 409 },
	'model.decided_before_registered': { status: 400 },
	'model.decided_in_future': { status: 400 },
	'model.honoured_already': { status: 409 },
	'model.replicated_at_home': { status: 409 },
	'model.level_not_in_year': { status: 409 },
	'import.file_empty': { status: 400 },
	'import.file_too_large': { status: 413 },
	'import.file_too_complex': { status: 413 },
	'import.file_corrupted': { status: 422 },
	'import.not_a_spreadsheet': { status: 415 },
	'import.format_unsupported': { status: 415 },
	'import.password_protected': { status: 422 },
	'import.legacy_font': { status: 422 },
	'import.reading_timed_out': { status: 413 },
	'import.reading_failed': { status: 500 },
	'import.not_found': { status: 404 },
	'import.sent_before': { status: 409 },
	'import.state_conflict': { status: 409 },
	'import.column_twice': { status: 400 },
	'import.rows_refused': { status: 409 },
	'import.nothing_read': { status: 409 },
	'import.doubtful_not_accepted': { status: 409 },
	'import.total_not_accepted': { status: 409 },
	'import.outdated': { status: 409 },
	'import.units_refused': { status: 409 },
	'report.not_found': { status: 404 },
	'report.state_conflict': { status: 409 },
	'report.changed_meanwhile': { status: 409 },
	'report.not_proved': { status: 409 },
	'report.reason_missing': { status: 400 },
	'report.paragraph_unknown': { status: 400 },
	'report.number_invalid': { status: 400 },
	'report.number_taken': { status: 409 },
	'report.signed_in_future': { status: 400 },
	'report.already_signed': { status: 409 },
	'report.no_difference': { status: 409 },
	'report.file_unwritable': { status: 507 },
	'report.period_taken': { status: 409 },
	'template.not_found': { status: 404 },
	'template.changed_meanwhile': { status: 409 },
	'narrative.accepted_already': { status: 409 },
	'narrative.empty': { status: 400 },
	'narrative.state_conflict': { status: 409 },
	'verify.too_large': { status: 413 },
	'verify.not_docx': { status: 415 },
	'verify.damaged': { status: 422 },
	'verify.not_ours': { status: 422 },
	'verify.unknown_report': { status: 404 },
	'verify.not_signed': { status: 409 },
	'verify.file_unreadable': { status: 400 },
	'export.busy': { status: 503 },
	'archive.aborted': { status: 409 },
	'archive.altered': { status: 422 },
	'archive.anchor_differs': { status: 409 },
	'archive.digest_differs': { status: 409 },
	'archive.distributed': { status: 409 },
	'archive.entry_missing': { status: 422 },
	'archive.entry_unexpected': { status: 422 },
	'archive.file_exists': { status: 409 },
	'archive.keys_missing': { status: 409 },
	'archive.newer_format': { status: 422 },
	'archive.not_empty': { status: 409 },
	'archive.not_ours': { status: 422 },
	'archive.older': { status: 409 },
	'archive.other_digest': { status: 409 },
	'archive.other_program': { status: 409 },
	'archive.row_refused': { status: 422 },
	'archive.tables_differ': { status: 409 },
	'archive.truncated': { status: 422 },
	'archive.unfinished': { status: 503 },
	'archive.unreadable': { status: 400 },
	'archive.upload_lost': { status: 409 },
	'article.not_found': { status: 404 },
	'article.state_conflict': { status: 409 },
	'article.changed': { status: 409 },
	'article.version_not_found': { status: 404 },
	'article.headline_missing': { status: 400 },
	'article.body_blank': { status: 400 },
	'article.alt_missing': { status: 400 },
	'article.no_change': { status: 409 },
	'article.slug_taken': { status: 409 },
	'article.address_fixed': { status: 409 },
	'article.time_past': { status: 400 },
	'article.time_too_far': { status: 400 },
	'old_site.cut_off': { status: 422 },
	'old_site.doctype': { status: 422 },
	'old_site.empty': { status: 400 },
	'old_site.encoding_unknown': { status: 415 },
	'old_site.encoding_wrong': { status: 422 },
	'old_site.folder_empty': { status: 400 },
	'old_site.folder_large': { status: 413 },
	'old_site.item_too_large': { status: 413 },
	'old_site.not_a_feed': { status: 415 },
	'old_site.not_xml': { status: 415 },
	'old_site.section_unknown': { status: 404 },
	'old_site.site_unknown': { status: 404 },
	'old_site.too_deep': { status: 422 },
	'old_site.unreadable': { status: 400 },
	'article.preview_ended': { status: 410 },
	'article.model_not_recognised': { status: 409 },
	'placement.not_found': { status: 404 },
	'placement.not_related': { status: 409 },
	'placement.state_conflict': { status: 409 },
	'placement.placed_already': { status: 409 },
	'comment.not_found': { status: 404 },
	'comment.closed': { status: 409 },
	'comment.full': { status: 429 },
	'comment.site_busy': { status: 429 },
	'comment.too_many': { status: 429 },
	'comment.pass_used': { status: 409 },
	'comment.decided_already': { status: 409 },
	'comment.erased': { status: 410 },
	'site.not_found': { status: 404 },
	'site.slug_taken': { status: 409 },
	'site.host_taken': { status: 409 },
	'site.circle': { status: 409 },
	'section.not_found': { status: 404 },
	'section.slug_taken': { status: 409 },
	'section.closed': { status: 409 },
	'link.not_found': { status: 404 },
	'picture.not_found': { status: 404 },
	'picture.not_a_picture': { status: 415 },
	'picture.too_many_pixels': { status: 413 },
	'picture.truncated': { status: 422 },
	'picture.slow': { status: 413 },
	'file.empty': { status: 400 },
	'file.too_large': { status: 413 },
	'file.type_refused': { status: 415 },
	'file.heic_refused': { status: 415 },
	'file.image_unreadable': { status: 415 },
	'file.not_found': { status: 404 }
} as const satisfies Record<string, { status: number }>;

export type ProblemCode = keyof typeof PROBLEMS;
export type ProblemParams = Readonly<Record<string, string | number>>;

const DISK_STATES: Readonly<Record<string, ProblemCode>> = {
	ENOSPC: 'data.disk_full',
	EDQUOT: 'data.disk_full',
	EACCES: 'data.unwritable',
	EPERM: 'data.unwritable',
	EROFS: 'data.unwritable',
	// What Node's recursive mkdir says on a read-only file system.
	ENOENT: 'data.unwritable',
	ENOTDIR: 'data.unwritable'
};

/** On a distributed database the constraint is that of a part of the table, whose number its name ends with. */
const SHARD = /_\d{6,}$/;

/** A refusal: what was asked is not done, and everything is rolled back. Bugs are plain `Error`s. */
export class Problem extends Error {
	readonly code: ProblemCode;
	readonly params: ProblemParams;
	readonly status: number;

	constructor(code: ProblemCode, params: ProblemParams = {}, cause?: unknown) {
		super(code, cause === undefined ? undefined : { cause });
		this.name = 'Problem';
		this.code = code;
		this.params = params;
		this.status = PROBLEMS[code].status;
	}
}

/** A refusal to throw: `throw problem('unit.not_found', { code })`. `params` fill the message. */
export function problem(code: ProblemCode, params: ProblemParams = {}, cause?: unknown): Problem {
	return new Problem(code, params, cause);
}

/** The refusal in the reader's language. */
export function problemText(refusal: Problem, locale: Locale): string {
	const text = TEXTS.get(`problem_${refusal.code.replaceAll('.', '_')}`);
	return isText(text) ? text(refusal.params, { locale }) : m.problem_unknown({ code: refusal.code }, { locale });
}

/** Translates what `pg` threw into a refusal; null when it is a bug and belongs in the log. */
export function fromDatabase(error: unknown): Problem | null {
	if (error instanceof Problem) return error;
	if (!(error instanceof Error)) return null;
	if ('constraint' in error && typeof error.constraint === 'string') {
		const code = CONSTRAINTS[error.constraint.replace(SHARD, '')];
		return code ? problem(code, {}, error) : null;
	}
	const code = outageOf(error);
	return code ? problem(code, {}, error) : null;
}

/** Translates what writing to a folder threw; null when it is a bug. */
export function fromDisk(error: unknown, folder: string): Problem | null {
	if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
	const code = DISK_STATES[error.code];
	return code ? problem(code, { folder }, error) : null;
}

type Text = (inputs: ProblemParams, options: { locale: Locale }) => string;

const TEXTS = new Map<string, unknown>(Object.entries(m));

function isText(value: unknown): value is Text {
	return typeof value === 'function';
}
