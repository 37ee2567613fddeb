create or replace function refresh_statistics() returns void language plpgsql security definer set search_path = public as $$
begin
	analyze unit_paths, unit_states, unit_changes, case_shares, registrations, postings;
exception when internal_error then
	-- Citus counts no rows for a transaction that has itself written: there they are counted later, by autovacuum.
	if to_regclass('pg_dist_partition') is null then
		raise;
	end if;
end
$$;
