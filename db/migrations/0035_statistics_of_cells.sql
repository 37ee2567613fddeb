create or replace function refresh_folded_statistics() returns void language plpgsql security definer set search_path = public as $$
begin
	analyze cells, facet_sets, presences, obligations;
exception when internal_error then
	-- Citus counts no rows for a transaction that has itself written: there they are counted later, by autovacuum.
	if to_regclass('pg_dist_partition') is null then
		raise;
	end if;
end
$$;
comment on function refresh_folded_statistics is 'After units were folded for the first time: until autovacuum comes by, the planner would take their cells for few, and their figures would take up to six times as long.';
revoke execute on function refresh_folded_statistics from public;
grant execute on function refresh_folded_statistics to kheo_app;
comment on column cells.on_from is 'The posting''s day, or the first of its month or year, as the way of folding says.';
comment on column cells.cohort_from is 'The first of the month, in cells of years of the year, in which the cases entered their cohort.';
