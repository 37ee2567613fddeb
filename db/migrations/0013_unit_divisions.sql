-- Into what a unit was split, and whole reorganisations that a sheet brings.

create table unit_divisions (
	event_id uuid not null constraint unit_divisions_event_fk references unit_events,
	unit_id uuid not null constraint unit_divisions_unit_fk references units,
	heir_id uuid not null constraint unit_divisions_heir_fk references units,
	places text[] not null default '{}',
	constraint unit_divisions_pk primary key (event_id, heir_id),
	constraint unit_divisions_heir_check check (heir_id <> unit_id)
);
create index unit_divisions_unit_index on unit_divisions (unit_id);
create index unit_divisions_heir_index on unit_divisions (heir_id);
comment on table unit_divisions is 'The successors of a unit that was split, as the decision names them: to these, and to no others, its cases are attributed.';
comment on column unit_divisions.places is 'Words by which a case''s place was known to lie with this successor.';

create table reorganisations (
	id uuid primary key,
	unit_id uuid not null constraint reorganisations_unit_fk references units,
	file_id uuid not null constraint reorganisations_file_fk references files,
	state text not null constraint reorganisations_state_check
		check (state in ('reading', 'ready', 'refused', 'writing', 'done', 'discarded')),
	progress integer not null default 0 constraint reorganisations_progress_check check (progress between 0 and 100),
	terms jsonb not null,
	summary jsonb,
	action_id uuid,
	created_by uuid constraint reorganisations_created_by_fk references users,
	created_at timestamptz(3) not null default clock_timestamp(),
	changed_at timestamptz(3) not null default clock_timestamp()
);
create index reorganisations_unit_index on reorganisations (unit_id, created_at);
comment on table reorganisations is 'Sheets by which units are reorganised: read, rehearsed, and recorded whole or not at all.';
comment on column reorganisations.terms is 'What the decision says of all rows: the effective day, the number and day of the decision, the reason, of which tier the sheet is complete.';
comment on column reorganisations.action_id is 'The action that recorded it, by which it can be undone.';

grant select, insert on unit_divisions to kheo_app;
grant select, insert, update on reorganisations to kheo_app;
