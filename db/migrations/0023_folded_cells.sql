-- Folded cells: what the postings under a unit add up to, by month or day, so that a figure of a country is not counted anew
-- from millions of postings. What is in `unfolded` is not in the cells yet; the two together are always the whole.

create table facet_sets (
	id integer generated always as identity primary key,
	facets jsonb not null,
	facets_text text collate "C" not null generated always as (facets::text) stored,
	constraint facet_sets_unique unique (facets_text)
);
comment on table facet_sets is 'Derived: every combination of facets that a cell has, once.';
grant select, insert on facet_sets to kheo_app;

create table foldings (
	unit_id uuid not null,
	folding smallint not null,
	version integer not null,
	folded_at timestamptz(3) not null default clock_timestamp(),
	constraint foldings_pk primary key (unit_id, folding)
);
comment on table foldings is 'Derived: in which ways the postings under a unit are folded into cells; without a row they are counted one by one.';
comment on column foldings.folding is 'Number of a way of folding in src/lib/ledger/folding.ts.';
comment on column foldings.version is 'Of the ways of folding; cells of an older one are not read and are made anew.';
grant select, insert, update, delete on foldings to kheo_app;

create table cells (
	ancestor_id uuid not null,
	folding smallint not null,
	measure text not null,
	on_from date not null,
	cohort_from date not null,
	child_id uuid not null,
	facet_set_id integer not null,
	quantity bigint not null,
	about_count integer not null,
	constraint cells_pk primary key (ancestor_id, folding, measure, on_from, cohort_from, child_id, facet_set_id)
);
comment on table cells is 'Derived from postings: sums under a unit as the tree stood on each posting''s own day, as known now; see foldings.';
comment on column cells.on_from is 'The posting''s day, or the first of its month, as the way of folding says.';
comment on column cells.cohort_from is 'The first of the month in which the cases entered their cohort.';
comment on column cells.child_id is 'The child through which the posting''s unit stands under the ancestor, or the ancestor itself where children are not told apart.';
comment on column cells.about_count is 'How many of the postings are estimates.';
grant select, insert, update, delete on cells to kheo_app;

create table unfolded (
	home_id uuid not null,
	id uuid not null,
	constraint unfolded_pk primary key (home_id, id)
);
comment on table unfolded is 'Derived: postings that no cell contains yet. Entered with the posting itself, removed when it is folded.';
grant select, insert, delete on unfolded to kheo_app;
-- It is emptied again and again: left to the usual fifth of its rows, its dead ones would outnumber the living.
alter table unfolded set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create function await_folding() returns trigger language plpgsql as $$
begin
	insert into unfolded (home_id, id) select home_id, id from added;
	return null;
end
$$;
create trigger postings_await_folding after insert on postings referencing new table as added
	for each statement execute function await_folding();
