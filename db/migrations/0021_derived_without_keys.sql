-- States and paths of units are folded from unit_changes, which has the keys of units, heirs and events; that a parent is there
-- is checked when they are folded. Nothing else writes them. Checked once more for each of half a million rows, the keys cost a
-- third of a country's reorganisation.
alter table unit_states
	drop constraint if exists unit_versions_unit_fk,
	drop constraint if exists unit_versions_event_fk,
	drop constraint if exists unit_versions_parent_fk;
alter table unit_paths
	drop constraint if exists unit_paths_ancestor_fk,
	drop constraint if exists unit_paths_unit_fk;
