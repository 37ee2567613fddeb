-- Reports: when they are due, what they are made from, how they come to be signed, and what is frozen then.

create table report_periods (
	id uuid primary key,
	unit_id uuid not null constraint report_periods_unit_fk references units,
	code text not null constraint report_periods_code_check check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
	name text not null constraint report_periods_name_check check (length(name) between 1 and 200),
	begins_on date not null,
	cut_off_on date not null,
	ends_on date not null,
	due_on date not null,
	action_id uuid not null,
	constraint report_periods_once_unique unique (unit_id, code, begins_on),
	constraint report_periods_order_check check (begins_on <= cut_off_on and cut_off_on <= ends_on and cut_off_on <= due_on)
);
comment on table report_periods is 'The reporting calendar of an office, one row a period; dated, because every tier and every year sets its own days.';
comment on column report_periods.cut_off_on is 'Last legal day whose data count (Asia/Ho_Chi_Minh), inclusive; usually before the period ends.';
comment on column report_periods.due_on is 'Day by which the report of this period is to be signed.';

create table report_templates (
	id uuid primary key,
	unit_id uuid constraint report_templates_unit_fk references units,
	code text not null constraint report_templates_code_check check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
	version integer not null constraint report_templates_version_check check (version > 0),
	name text not null constraint report_templates_name_check check (length(name) between 1 and 200),
	family text not null constraint report_templates_family_check check (family in ('party', 'state')),
	letterhead jsonb not null,
	body jsonb not null,
	created_at timestamptz(3) not null default clock_timestamp(),
	constraint report_templates_version_unique unique nulls not distinct (unit_id, code, version)
);
comment on table report_templates is 'Templates, insert-only: an edited template is a new version, so that a report always knows what it was made from.';
comment on column report_templates.unit_id is 'The office that owns it; null for those supplied with Khéo.';
comment on column report_templates.family is 'By which rules it is printed: documents of the Party (36-HD/VPTW) or of the State (Nghị định 30/2020/NĐ-CP).';

create table reports (
	id uuid primary key,
	home_id uuid not null,
	unit_id uuid not null constraint reports_unit_fk references units,
	template_id uuid not null constraint reports_template_fk references report_templates,
	code text not null,
	title text not null constraint reports_title_check check (length(title) between 1 and 500),
	family text not null constraint reports_family_check check (family in ('party', 'state')),
	begins_on date not null,
	as_of date not null,
	structure text not null constraint reports_structure_check check (structure ~ '^(then|now|\d{4}-\d{2}-\d{2})$'),
	state text not null constraint reports_state_check check (state in ('draft', 'submitted', 'returned', 'approved', 'signed')),
	version integer not null constraint reports_version_check check (version > 0),
	changed_at timestamptz(3) not null default clock_timestamp(),
	constraint reports_period_check check (begins_on <= as_of)
);
create index reports_unit_index on reports (unit_id, as_of desc, id);
comment on table reports is 'A report of one office on one period: text with figures in it, and how far it has come.';
comment on column reports.as_of is 'Last legal day whose data count (Asia/Ho_Chi_Minh), inclusive.';
comment on column reports.structure is 'On which organisation: of each record''s own day (then), of today (now), or of a named day.';
comment on column reports.version is 'The current row of report_versions; a writer must name it, so that two writers cannot overwrite each other unseen.';

create function refuse_change_of_signed() returns trigger language plpgsql as $$
begin
	raise exception 'report % is signed', old.id using errcode = 'check_violation', constraint = 'reports_signed_final';
end
$$;
create trigger reports_signed_final before update on reports
	for each row when (old.state = 'signed') execute function refuse_change_of_signed();

create table report_versions (
	report_id uuid not null constraint report_versions_report_fk references reports,
	version integer not null,
	body jsonb not null,
	letterhead jsonb not null,
	action_id uuid not null,
	saved_at timestamptz(3) not null default clock_timestamp(),
	constraint report_versions_pk primary key (report_id, version)
);
comment on table report_versions is 'Every text a report has had, insert-only: of two writers neither text is lost.';

create table report_returns (
	id uuid primary key,
	report_id uuid not null constraint report_returns_report_fk references reports,
	paragraph_id text not null,
	excerpt text not null,
	reason text not null constraint report_returns_reason_check check (length(reason) between 1 and 2000),
	action_id uuid not null,
	resolved_action_id uuid
);
create index report_returns_report_index on report_returns (report_id);
comment on table report_returns is 'Paragraphs that the leader returned, each with its reason.';
comment on column report_returns.resolved_action_id is 'The submission that answered it; null while it stands open.';

create table report_narratives (
	id uuid primary key,
	home_id uuid not null,
	unit_id uuid not null constraint report_narratives_unit_fk references units,
	code text not null,
	begins_on date not null,
	section text not null constraint report_narratives_section_check check (section ~ '^[a-z][a-z0-9_-]{0,39}$'),
	text text not null constraint report_narratives_text_check check (length(text) between 1 and 10000),
	state text not null constraint report_narratives_state_check check (state in ('sent', 'accepted', 'returned')),
	reason text,
	action_id uuid not null,
	changed_at timestamptz(3) not null default clock_timestamp(),
	constraint report_narratives_once_unique unique (unit_id, code, begins_on, section),
	constraint report_narratives_reason_check check (state <> 'returned' or reason is not null)
);
comment on table report_narratives is 'What a unit writes for a section of the report above it; the office takes it over or returns it with a reason.';
comment on column report_narratives.action_id is 'The last sending: who wrote it and when.';

create table report_signatures (
	report_id uuid primary key constraint report_signatures_report_fk references reports,
	unit_id uuid not null constraint report_signatures_unit_fk references units,
	version integer not null,
	letterhead jsonb not null,
	narratives jsonb not null,
	type_code text not null,
	number integer not null constraint report_signatures_number_check check (number between 1 and 99999),
	signed_on date not null,
	year integer not null generated always as (extract(year from signed_on)::integer) stored,
	signer_name text not null,
	signed_by uuid,
	known_at timestamptz(3) not null,
	action_id uuid not null,
	constraint report_signatures_number_unique unique (unit_id, type_code, number, year),
	constraint report_signatures_version_fk foreign key (report_id, version) references report_versions
);
comment on table report_signatures is 'The signing of a report, insert-only, with everything that was printed besides its text and figures.';
comment on column report_signatures.known_at is 'The figures are what was recorded up to this instant, whatever is recorded later.';
comment on column report_signatures.number is 'Party numbers run through a term, State numbers through a calendar year; within one year neither repeats.';

create table report_figures (
	report_id uuid not null constraint report_figures_signature_fk references report_signatures,
	position integer not null,
	slot text not null,
	frozen jsonb not null,
	doors jsonb not null,
	hash text not null,
	constraint report_figures_pk primary key (report_id, slot)
);
comment on table report_figures is 'The figures of signed reports as printed, insert-only: question, value, text and, for a table, its cells.';
comment on column report_figures.doors is 'The full question behind the figure, or behind each cell of a table, for opening its records.';
comment on column report_figures.hash is 'Binds the printed figure to its report; it stands in the document too.';

create table report_errata (
	id uuid primary key,
	report_id uuid not null constraint report_errata_signature_fk references report_signatures,
	number integer not null constraint report_errata_number_check check (number > 0),
	entries jsonb not null,
	known_at timestamptz(3) not null,
	action_id uuid not null,
	issued_at timestamptz(3) not null default clock_timestamp(),
	constraint report_errata_number_unique unique (report_id, number)
);
comment on table report_errata is 'Corrections of signed reports, insert-only: old and new of each figure and what caused the difference.';

grant select, insert, update on report_periods, report_returns, report_narratives to kheo_app;
grant select, insert on reports, report_templates, report_versions, report_signatures, report_figures, report_errata to kheo_app;
grant update (state, version, changed_at) on reports to kheo_app;
