-- What is done in a province is sealed beside it: on a distributed database (docs/decisions/0020) actions and their seals are
-- joined on the node that has both.

alter table action_seals add column home_id uuid;
update action_seals s set home_id = a.home_id from actions a where a.id = s.action_id;
-- A seal whose action was removed is what a verification finds: it stays, under no home.
update action_seals set home_id = '00000000-0000-0000-0000-000000000000' where home_id is null;
alter table action_seals alter column home_id set not null;
alter table action_seals drop constraint action_seals_pkey;
alter table action_seals add constraint action_seals_pk primary key (home_id, action_id);
comment on column action_seals.home_id is 'That of the action: the key by which both tables can be distributed.';

-- The rows of a statement are gathered before they are compared: on a node of a distributed database they cannot be joined with
-- a table that every node has.
create or replace function check_posting_facets() returns trigger language plpgsql as $$
declare
	entered jsonb;
	wrong record;
begin
	select jsonb_agg(to_jsonb(a)) into entered from (select distinct measure, facets from added) a;
	select p.measure, f.key as facet, f.value into wrong
	from jsonb_to_recordset(entered) as p (measure text, facets jsonb) cross join lateral jsonb_each_text(p.facets) f
	left join measure_facets m on m.measure = p.measure and m.facet = f.key
	where m.measure is null or f.value !~ ('^(' || m.pattern || ')$')
	limit 1;
	if found then
		raise exception 'facet % = % is not allowed for measure %', wrong.facet, wrong.value, wrong.measure
			using errcode = 'check_violation', constraint = 'postings_facets_check';
	end if;
	select p.measure, m.facet into wrong
	from jsonb_to_recordset(entered) as p (measure text, facets jsonb)
	join measure_facets m on m.measure = p.measure and m.required
	where not p.facets ? m.facet
	limit 1;
	if found then
		raise exception 'facet % is missing for measure %', wrong.facet, wrong.measure
			using errcode = 'check_violation', constraint = 'postings_facets_check';
	end if;
	return null;
end
$$;
