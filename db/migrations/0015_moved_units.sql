-- Whether anything under a unit ever moved is asked before every list.
create index unit_paths_moved_index on unit_paths (ancestor_id)
	where upper_inf(known) and valid <> daterange('-infinity', null);
