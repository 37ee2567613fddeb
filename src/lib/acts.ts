import { VERBS } from '#lib/models/model.ts';
import { EVENT_KINDS } from '#lib/units/event.ts';

/** What can happen to what, as the log tells it: noun → verbs. The text of each is the message `did_<noun>_<verb>`. */
export const ACTS = {
	registration: ['draft', 'import', ...VERBS, 'attach', 'detach'],
	import: ['begin', 'read_again', 'correct_columns', 'accept', 'discard'],
	score_sheet: ['add'],
	year_theme: ['set'],
	report: ['create', 'edit', 'submit', 'return', 'approve', 'sign', 'correct'],
	report_period: ['create', 'edit'],
	report_template: ['edit'],
	narrative: ['send', 'accept', 'return'],
	site: ['open_site', 'edit_site', 'edit_section', 'edit_menu', 'edit_links'],
	picture: ['add_picture', 'describe_picture'],
	article: [
		'create',
		'save',
		'edit',
		'return',
		'approve',
		'publish',
		'correct',
		'withdraw',
		'keep_aside',
		'appear',
		'readdress',
		'attach',
		'push_down',
		'propose_up',
		'accept_placement',
		'decline_placement',
		'pin',
		'make_preview',
		'end_preview'
	],
	place: ['load', 'load_shapes'],
	unit: [
		...EVENT_KINDS,
		'reorganise',
		'undo',
		'attribute',
		'begin_reorganisation',
		'accept_reorganisation',
		'discard_reorganisation'
	],
	responsibility: ['assign'],
	account: [
		'create',
		'grant_role',
		'end_role',
		'delegate',
		'sign_in',
		'sign_in_refused',
		'sign_out',
		'revoke_session',
		'change_password',
		'reset_password',
		'add_factor',
		'remove_factor',
		'make_recovery_codes',
		'use_recovery_code',
		'link_identity',
		'invite',
		'accept_invitation',
		'revoke_invitation',
		'issue_link',
		'export_data',
		'erase'
	],
	token: ['create_token', 'revoke_token'],
	sealed_case: [
		'seal',
		'open_sealed',
		'open_refused',
		'amend_sealed',
		'assign_handler',
		'unassign_handler',
		'erase_sealed'
	],
	master_key: ['make_key', 'rewrap_keys', 'rotate_again', 'retire_keys'],
	chain: ['ask_verification', 'verify'],
	data_request: ['ask', 'answer', 'carry_out', 'refuse'],
	consent: ['give', 'withdraw'],
	retention: ['remove_expired'],
	installation: ['export']
} satisfies Record<string, readonly string[]>;

export const NOUNS = Object.keys(ACTS);
