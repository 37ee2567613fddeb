-- Models "Dân vận khéo": identity for life, registration per year and level, what is decided about it.

create table recognition_levels (
	level text not null,
	name text not null,
	recogniser_tiers text[] not null,
	position integer not null,
	valid daterange not null,
	law text not null,
	constraint recognition_levels_no_overlap exclude using gist (level with =, valid with &&)
);
comment on table recognition_levels is 'Levels at which models are recognised and the tiers that recognise them: dated, because the district tier ended on 1/7/2025.';

insert into recognition_levels (level, name, recogniser_tiers, position, valid, law) values
	('base', 'cấp cơ sở', '{commune,district,province}', 10, daterange('2009-01-01', null), 'Hướng dẫn phong trào thi đua “Dân vận khéo” của cấp uỷ tỉnh'),
	('district', 'cấp huyện và tương đương', '{district,province}', 20, daterange('2009-01-01', '2025-07-01'), 'Hướng dẫn phong trào thi đua “Dân vận khéo” của cấp uỷ tỉnh'),
	('bloc', 'cấp Đảng uỷ Khối', '{district,province}', 21, daterange('2009-01-01', '2025-07-01'), 'Hướng dẫn phong trào thi đua “Dân vận khéo” của cấp uỷ tỉnh'),
	('province', 'cấp tỉnh', '{province}', 30, daterange('2009-01-01', null), 'Hướng dẫn phong trào thi đua “Dân vận khéo” của cấp uỷ tỉnh');

create table year_themes (
	unit_id uuid not null constraint year_themes_unit_fk references units,
	year integer not null constraint year_themes_year_check check (year between 1990 and 2200),
	title text not null constraint year_themes_title_check check (length(title) between 1 and 300),
	action_id uuid not null,
	constraint year_themes_pk primary key (unit_id, year)
);
comment on table year_themes is 'The theme an office gives to a year (“Năm dân vận khéo 2020”), shown on that year''s forms and reports.';

create table models (
	id uuid primary key,
	home_id uuid not null,
	name text not null constraint models_name_check check (length(name) between 1 and 500),
	replicated_from_id uuid constraint models_replicated_from_fk references models,
	created_at timestamptz(3) not null default now(),
	constraint models_replicated_from_check check (replicated_from_id is distinct from id)
);
create index models_replicated_from_index on models (replicated_from_id);
comment on table models is 'A model''s identity, one for life; each year and level at which it is registered is a row in model_registrations.';

create table registrations (
	id uuid primary key,
	home_id uuid not null,
	model_id uuid not null constraint registrations_model_fk references models,
	previous_id uuid constraint registrations_previous_fk references registrations,
	unit_id uuid not null constraint registrations_unit_fk references units,
	year integer not null constraint registrations_year_check check (year between 1990 and 2200),
	level text not null,
	kind text not null default 'model' constraint registrations_kind_check check (kind in ('model', 'exemplar')),
	field text not null constraint registrations_field_check check (field in ('economy', 'culture_society', 'defence_security', 'political_system')),
	subject text not null constraint registrations_subject_check check (subject in ('collective', 'individual')),
	novelty text not null constraint registrations_novelty_check check (novelty in ('new', 'continuing')),
	state text not null constraint registrations_state_check check (state in ('draft', 'submitted', 'returned', 'registered', 'in_progress', 'self_assessed', 'appraised', 'recognised', 'not_recognised', 'withdrawn', 'ended')),
	name text not null constraint registrations_name_check check (length(name) between 1 and 500),
	name_key text not null,
	place text,
	note text,
	registered_on date,
	contents jsonb not null default '{}',
	score numeric(6, 2),
	import_id uuid,
	changed_at timestamptz(3) not null default now(),
	constraint registrations_registered_check check (state in ('draft', 'submitted', 'returned') or registered_on is not null)
);
create unique index registrations_once_unique on registrations (model_id, year, level) where state <> 'withdrawn';
create index registrations_unit_index on registrations (unit_id, year);
create index registrations_list_index on registrations (year, registered_on desc, id);
create index registrations_name_index on registrations using gin (name_key gin_trgm_ops);
comment on table registrations is 'A model in one year at one level: what the unit registered, and how far it has come.';
comment on column registrations.registered_on is 'Legal day of registration; the figures count by it, inclusive.';
comment on column registrations.name_key is 'Name folded for search: no tone marks, lower case.';
comment on column registrations.contents is 'The contents of the registration form (situation, objectives, approach, area, forces, resources, schedule, outputs, sustainability).';

create table registration_tags (
	registration_id uuid not null constraint registration_tags_registration_fk references registrations,
	tag text not null constraint registration_tags_tag_check check (tag ~ '^[a-z0-9_-]{2,60}$'),
	constraint registration_tags_pk primary key (registration_id, tag)
);
comment on table registration_tags is 'Target areas and programmes a registration belongs to; many, unlike its one field.';

create table score_sheets (
	id uuid primary key,
	level text not null,
	name text not null,
	pass_mark numeric(6, 2) not null,
	law text not null,
	valid daterange not null,
	constraint score_sheets_no_overlap exclude using gist (level with =, valid with &&)
);
comment on table score_sheets is 'Score sheets by level and date: criteria, points, pass mark and vetoes are data.';

create table score_criteria (
	sheet_id uuid not null constraint score_criteria_sheet_fk references score_sheets,
	code text not null,
	position integer not null,
	name text not null,
	points numeric(6, 2),
	constraint score_criteria_pk primary key (sheet_id, code)
);
comment on table score_criteria is 'Criteria of a sheet; a criterion without points is a veto: if it applies, the model is not recognised whatever its score.';

create table appraisals (
	id uuid primary key,
	registration_id uuid not null constraint appraisals_registration_fk references registrations,
	sheet_id uuid not null constraint appraisals_sheet_fk references score_sheets,
	stage text not null constraint appraisals_stage_check check (stage in ('self', 'appraisal')),
	points jsonb not null,
	vetoes text[] not null default '{}',
	total numeric(6, 2) not null,
	passed boolean not null,
	remark text,
	action_id uuid not null,
	appraised_at timestamptz(3) not null default clock_timestamp()
);
create index appraisals_registration_index on appraisals (registration_id);
comment on table appraisals is 'Self-assessments and appraisals on a score sheet; a new one does not replace an old one.';

create table recognitions (
	id uuid primary key,
	registration_id uuid not null constraint recognitions_registration_fk references registrations,
	outcome text not null constraint recognitions_outcome_check check (outcome in ('recognised', 'not_recognised')),
	decision_number text,
	decided_on date not null,
	reason text,
	action_id uuid not null,
	revoked_by uuid
);
create index recognitions_registration_index on recognitions (registration_id);
comment on table recognitions is 'Decisions to recognise a registration or not.';
comment on column recognitions.revoked_by is 'The action that revoked the decision, if one did.';

create table honours (
	id uuid primary key,
	registration_id uuid not null constraint honours_registration_fk references registrations,
	honour text not null constraint honours_honour_check check (honour in ('typical', 'proposed', 'rewarded')),
	decision_number text,
	decided_on date not null,
	note text,
	action_id uuid not null,
	revoked_by uuid
);
create unique index honours_once_unique on honours (registration_id, honour) where revoked_by is null;
comment on table honours is 'What follows recognition: chosen as typical, proposed for reward, rewarded.';

create table attachments (
	file_id uuid not null constraint attachments_file_fk references files,
	noun text not null,
	record_id uuid not null,
	caption text,
	action_id uuid not null,
	constraint attachments_pk primary key (record_id, file_id)
);
comment on table attachments is 'Which file belongs to which record.';

create table imports (
	id uuid primary key,
	unit_id uuid not null constraint imports_unit_fk references units,
	year integer not null,
	level text,
	create_units boolean not null default false,
	file_id uuid not null constraint imports_file_fk references files,
	state text not null constraint imports_state_check check (state in ('reading', 'ready', 'refused', 'done', 'discarded')),
	progress integer not null default 0 constraint imports_progress_check check (progress between 0 and 100),
	accepted_doubtful boolean not null default false,
	summary jsonb not null default '{}',
	created_by uuid,
	created_at timestamptz(3) not null default now(),
	changed_at timestamptz(3) not null default now()
);
create index imports_unit_index on imports (unit_id, created_at desc);
comment on table imports is 'Lists dropped in by offices, from reading to writing; written whole or not at all.';
comment on column imports.summary is 'What was read: sheets with their columns, counts, declared total; or why the file could not be read.';

create table import_rows (
	import_id uuid not null constraint import_rows_import_fk references imports on delete cascade,
	position integer not null,
	verdict text not null constraint import_rows_verdict_check check (verdict in ('accepted', 'doubtful', 'refused')),
	content jsonb not null,
	constraint import_rows_pk primary key (import_id, position)
);
create index import_rows_verdict_index on import_rows (import_id, verdict, position);
comment on table import_rows is 'What was read in each row of a list and what is thought of it; written anew each time the list is read.';

create table import_mappings (
	unit_id uuid not null constraint import_mappings_unit_fk references units,
	fingerprint text not null,
	mapping jsonb not null,
	changed_at timestamptz(3) not null default now(),
	constraint import_mappings_pk primary key (unit_id, fingerprint)
);
comment on table import_mappings is 'Columns that an office corrected by hand, remembered for its next list of the same shape.';
comment on column import_mappings.fingerprint is 'SHA-256 of the headings of a sheet with their columns, folded.';

create function refresh_statistics() returns void language plpgsql security definer set search_path = public as $$
begin
	analyze unit_paths, unit_versions, registrations, postings;
end
$$;
comment on function refresh_statistics is 'After a list was written: until autovacuum comes by, a minute later, the planner would take the tables for empty and questions would take up to half a minute.';
revoke execute on function refresh_statistics from public;
grant execute on function refresh_statistics to kheo_app;

insert into measure_facets (measure, facet, pattern)
select measure, facet, pattern
from unnest(array['model.registered', 'model.returned', 'model.recognised', 'model.not_recognised', 'model.typical', 'model.proposed', 'model.rewarded', 'model.replicated']) measure
cross join (values
	('year', '[12][0-9]{3}'),
	('level', 'base|district|bloc|province'),
	('kind', 'model|exemplar'),
	('field', 'economy|culture_society|defence_security|political_system'),
	('subject', 'collective|individual'),
	('novelty', 'new|continuing')
) f (facet, pattern);

grant select on recognition_levels to kheo_app;
grant select, insert, update on year_themes, models, registrations, recognitions, honours, imports to kheo_app;
grant select, insert on appraisals, score_sheets, score_criteria to kheo_app;
grant select, insert, update, delete on registration_tags, attachments, import_rows, import_mappings to kheo_app;
