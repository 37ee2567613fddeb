-- Lists of a country: a page of a figure's records and the counts by state cost what a page does, however many there are.

-- In the order of the records of a figure: the newest day first, and within it by the case.
create index if not exists postings_page_index on postings (measure, on_date, case_id);
drop index if exists postings_days_index;

-- Counted by state without a look at the registrations themselves.
create index if not exists registrations_state_index on registrations (unit_id, year, state);
drop index if exists registrations_unit_index;

create table if not exists registration_counts (
	year integer not null,
	level text not null,
	field text not null,
	subject text not null,
	novelty text not null,
	state text not null,
	count bigint not null,
	is_gathered boolean not null default false
);
comment on table registration_counts is 'Derived: how many registrations there are of each kind and state, as terms of a sum. Every change adds its own terms, so that nobody waits for another; the background gathers them.';
comment on column registration_counts.count is 'To be added up: a registration that changes is taken away under what it was and added under what it is.';
grant select, insert, delete on registration_counts to kheo_app;

create or replace function count_registrations() returns trigger language plpgsql as $$
begin
	if tg_op = 'INSERT' then
		insert into registration_counts (year, level, field, subject, novelty, state, count)
		select year, level, field, subject, novelty, state, count(*) from added group by year, level, field, subject, novelty, state;
	else
		insert into registration_counts (year, level, field, subject, novelty, state, count)
		select year, level, field, subject, novelty, state, sum(term) from (
			select year, level, field, subject, novelty, state, 1 as term from added
			union all
			select year, level, field, subject, novelty, state, -1 from removed
		) changed
		group by year, level, field, subject, novelty, state having sum(term) <> 0;
	end if;
	return null;
end
$$;
create or replace trigger registrations_counted after insert on registrations referencing new table as added
	for each statement execute function count_registrations();
create or replace trigger registrations_recounted after update on registrations referencing old table as removed new table as added
	for each statement execute function count_registrations();

-- The triggers keep others from writing until this is committed: what is counted here is all that they have not counted.
insert into registration_counts (year, level, field, subject, novelty, state, count, is_gathered)
select year, level, field, subject, novelty, state, count(*), true from registrations
where not exists (select from registration_counts) group by year, level, field, subject, novelty, state;
