-- Reorganisations: units merge, split, move and end; what was known of it when; who came from whom.

-- what an event changes about units; everything else about units in time is derived from this ------------------------

alter table unit_events drop constraint unit_events_kind_check;
alter table unit_events
	add constraint unit_events_kind_check check (kind in
		('establish', 'rename', 'recode', 'move', 'merge', 'split', 'close', 'transfer', 'link')),
	add column sequence bigint generated always as identity,
	add column file_id uuid constraint unit_events_file_fk references files;
create unique index unit_events_sequence_unique on unit_events (sequence);
create index unit_events_action_index on unit_events (action_id);
create index unit_events_day_index on unit_events (effective_on, sequence);
comment on column unit_events.sequence is 'The order in which events were recorded: of two on one day the later recorded comes after.';
comment on column unit_events.action_id is 'What was recorded in one go (a whole reorganisation from a sheet) shares its action, and is undone together.';

create table unit_event_undoings (
	event_id uuid primary key constraint unit_event_undoings_event_fk references unit_events,
	action_id uuid not null,
	recorded_at timestamptz(3) not null default clock_timestamp()
);
comment on table unit_event_undoings is 'Events that were taken back: what they changed holds no more, and is still known to have been known.';

create table unit_changes (
	event_id uuid not null constraint unit_changes_event_fk references unit_events,
	position integer not null,
	unit_id uuid not null constraint unit_changes_unit_fk references units,
	change text not null constraint unit_changes_change_check check (change in ('open', 'set', 'close')),
	sets jsonb not null default '{}',
	heir_id uuid constraint unit_changes_heir_fk references units,
	constraint unit_changes_pk primary key (event_id, position),
	constraint unit_changes_heir_check check (heir_id is null or (change = 'close' and heir_id <> unit_id))
);
create index unit_changes_unit_index on unit_changes (unit_id);
create index unit_changes_heir_index on unit_changes (heir_id) where heir_id is not null;
comment on table unit_changes is 'What an event does to a unit: opens it, sets some of what can change about it, or closes it.';
comment on column unit_changes.heir_id is 'The unit that a closed one goes over to; null: nobody, it stays with the unit it stood under.';

insert into unit_changes (event_id, position, unit_id, change, sets)
select event_id, row_number() over (partition by event_id order by id), unit_id, 'open',
	jsonb_build_object('code', code, 'name', name, 'shortName', short_name, 'kind', kind, 'parentId', parent_id,
		'place', place, 'flags', flags)
from unit_versions;

-- what units were and when that was known ------------------------------------------------------------------------------

alter table unit_versions rename to unit_states;
alter table unit_states drop constraint unit_versions_no_overlap, drop constraint unit_versions_code_unique;
drop index unit_versions_parent_index;
drop index unit_versions_name_index;
alter table unit_states
	add column closed boolean not null default false,
	add column heirless boolean not null default false constraint unit_states_heirless_check check (closed or not heirless),
	add column span daterange not null default '(,)',
	add column known tstzrange not null default tstzrange(clock_timestamp(), null),
	add column present boolean generated always as (not closed and upper_inf(known)) stored;
update unit_states s set known = tstzrange(e.recorded_at, null), span = daterange('-infinity', upper(s.valid)) from unit_events e where e.id = s.event_id;
-- That states do not overlap follows from how they are folded, and codes are checked where they are derived, one derivation
-- at a time: exclusion constraints would cost a minute for a country's reorganisation. These are the last net.
create unique index unit_states_day_unique on unit_states (unit_id, lower(valid)) where upper_inf(known);
create unique index unit_states_code_unique on unit_states (code, lower(valid)) where present;
create index unit_states_unit_index on unit_states (unit_id);
create index unit_states_parent_index on unit_states (parent_id);
create index unit_states_name_index on unit_states using gin (name_key gin_trgm_ops) where present;
comment on table unit_states is 'Derived from unit_changes: what a unit is called, of what kind it is and under whom it stands, from day to day, and from when to when that was known.';
comment on column unit_states.closed is 'The unit has ended; its parent is then the unit that it went over to.';
comment on column unit_states.heirless is 'Nobody took the closed unit over as a whole: what is not attributed case by case stays, undivided, with its parent.';
comment on column unit_states.span is 'The days for which paths follow this row: valid, and for a unit''s first row all days before, so that on an older tree its records are still somebody''s.';
comment on column unit_states.present is 'An open unit, as it is known today: a row of unit_versions.';

create view unit_versions as
	select id, unit_id, event_id, code, name, name_key, short_name, kind, parent_id, place, flags, valid
	from unit_states where present;
comment on view unit_versions is 'Open units as they are known today: never two versions of one unit at once, never two units with one code.';

-- unit_paths: also below a closed unit's heir --------------------------------------------------------------------------

alter table unit_paths
	add column inherited boolean not null default false,
	add column undivided boolean not null default false;
-- Every unit has one version until now.
update unit_paths set valid = daterange('-infinity', upper(valid));
comment on column unit_paths.valid is 'Days of the tree, from the beginning of days: before a unit began it stands where it began.';
comment on column unit_paths.inherited is 'The unit itself is closed on these days and stands with the unit that it went over to.';
comment on column unit_paths.undivided is 'The way up leads past a closed unit that nobody took over: what stands there is of the tree above, and of none of its units.';

-- what a split divides case by case ------------------------------------------------------------------------------------

create table case_shares (
	unit_id uuid not null constraint case_shares_unit_fk references units,
	case_id uuid not null,
	heir_id uuid not null constraint case_shares_heir_fk references units,
	means text not null constraint case_shares_means_check check (means in ('place', 'list', 'hand')),
	valid daterange not null,
	known tstzrange not null default tstzrange(clock_timestamp(), null),
	event_id uuid not null constraint case_shares_event_fk references unit_events,
	action_id uuid not null,
	constraint case_shares_no_overlap exclude using gist (unit_id with =, case_id with =, valid with &&)
		where (upper_inf(known))
);
create index case_shares_case_index on case_shares (case_id);
create index case_shares_heir_index on case_shares (heir_id);
create index case_shares_event_index on case_shares (event_id);
comment on table case_shares is 'Cases of a split unit that were attributed to one of its successors: by their place, by a decided list, or by hand.';
comment on column case_shares.unit_id is 'The unit that the case''s postings stand on.';
comment on column case_shares.valid is 'Days from which on the heir has it; trees of earlier days do not know of it.';

create table unit_links (
	id uuid primary key,
	kind text not null constraint unit_links_kind_check check (kind in ('government', 'vertical', 'cluster', 'host')),
	unit_id uuid not null constraint unit_links_unit_fk references units,
	other_id uuid not null constraint unit_links_other_fk references units,
	event_id uuid not null constraint unit_links_event_fk references unit_events,
	ended_by_event_id uuid constraint unit_links_ended_by_fk references unit_events,
	valid daterange not null constraint unit_links_valid_check check (not isempty(valid)),
	constraint unit_links_other_check check (unit_id <> other_id),
	constraint unit_links_no_overlap exclude using gist (kind with =, unit_id with =, other_id with =, valid with &&)
);
create index unit_links_other_index on unit_links (other_id);
comment on table unit_links is 'Dated links besides the party line: government, vertical, cluster (a briefing group, no tier), host organisation.';

create or replace function refresh_statistics() returns void language plpgsql security definer set search_path = public as $$
begin
	analyze unit_paths, unit_states, unit_changes, case_shares, registrations, postings;
end
$$;

grant select on unit_versions to kheo_app;
grant select, insert on unit_changes, unit_event_undoings to kheo_app;
grant select, insert, update on case_shares to kheo_app;
grant select, insert, update, delete on unit_links to kheo_app;
