import type { ProblemCode } from './problem.ts';

/** Named constraints of the schema whose violation is a refusal and not a bug. */
export const CONSTRAINTS: Readonly<Record<string, ProblemCode>> = {
	users_email_unique: 'account.email_taken',
	unit_states_code_unique: 'unit.code_taken',
	unit_links_no_overlap: 'unit_event.link_there',
	sites_slug_unique: 'site.slug_taken',
	sites_host_unique: 'site.host_taken',
	site_sections_slug_unique: 'section.slug_taken',
	registrations_once_unique: 'model.already_registered',
	honours_once_unique: 'model.honoured_already',
	report_signatures_number_unique: 'report.number_taken',
	reports_signed_final: 'report.already_signed',
	report_periods_once_unique: 'report.period_taken',
	report_templates_version_unique: 'template.changed_meanwhile'
};
