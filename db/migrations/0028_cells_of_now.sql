-- Cells on the tree of now: past postings under who has them today. They hold until something moves under the unit.

alter table foldings add column tree_day date;
comment on column foldings.tree_day is 'Of cells on the tree of now: the day on which that tree was taken. Null: each posting is on the tree of its own day.';

create table path_changes (
	ancestor_id uuid not null,
	on_date date not null,
	constraint path_changes_pk primary key (ancestor_id, on_date)
);
comment on table path_changes is 'Derived from unit_paths: the days on which something comes under a unit or leaves it, as known now.';
grant select, insert, delete on path_changes to kheo_app;

create table units_apart (
	unit_id uuid not null,
	constraint units_apart_pk primary key (unit_id)
);
comment on table units_apart is 'Derived: units whose cases were shared out among several others. Their postings are in no cell of the tree of now and are counted singly.';
grant select, insert on units_apart to kheo_app;
