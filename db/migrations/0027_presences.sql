-- Units that have or lack records are counted, not added up. Which have any on a day or in a month, and which are expected to, is
-- kept as bits, one for each unit: any number of days, and all units under another, are then a few of them.

create table unit_numbers (
	unit_id uuid not null,
	number integer not null generated always as identity,
	constraint unit_numbers_pk primary key (unit_id),
	constraint unit_numbers_number_unique unique (number)
);
comment on table unit_numbers is 'Derived: the place of a unit among the bits of presences and obligations: number / 1024 is the chunk, the rest the bit.';
grant select, insert, delete on unit_numbers to kheo_app;

create table presences (
	measure text not null,
	by_day boolean not null,
	on_from date not null,
	chunk integer not null,
	bits bit(1024) not null,
	constraint presences_pk primary key (measure, by_day, on_from, chunk)
);
comment on table presences is 'Derived from postings: which units have records of a measure on a day, or on any day of a month. Of units with postings in unfolded it says nothing.';
comment on column presences.on_from is 'The day, or the first of the month.';
grant select, insert, update, delete on presences to kheo_app;

create table obligations (
	ancestor_id uuid not null,
	chunk integer not null,
	since date not null,
	until date not null,
	bits bit(1024) not null,
	constraint obligations_pk primary key (ancestor_id, chunk, since)
);
comment on table obligations is 'Derived from unit_paths and unit_states: which units under another, itself included, are open and of a kind that registers, from since (inclusive) to until (exclusive), as known now.';
grant select, insert, update, delete on obligations to kheo_app;

create table readiness (
	what text not null,
	version integer not null,
	made_at timestamptz(3) not null default clock_timestamp(),
	constraint readiness_pk primary key (what)
);
comment on table readiness is 'Derived: what of presences (by measure) and obligations is complete; what is not is counted from postings.';
grant select, insert, update, delete on readiness to kheo_app;

create index unit_paths_child_index on unit_paths (ancestor_id) where depth = 1;
