-- Whether anything under a unit ever moved is asked before every list. The planner keeps no statistics of how often a
-- range is the whole of time, guessed that half of the tree had moved and read all of it; of a column of its own it does.
alter table unit_paths add column unmoved boolean not null generated always as (valid = daterange('-infinity', null)) stored;
comment on column unit_paths.unmoved is 'The unit has stood under the ancestor for all of time: its validity has no ends.';
drop index unit_paths_moved_index;
create index unit_paths_moved_index on unit_paths (ancestor_id) where upper_inf(known) and not unmoved;
