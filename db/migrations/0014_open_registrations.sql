-- A desk asks for the few registrations of a year that wait for somebody, among thousands that do not.

create index if not exists registrations_open_index on registrations (year, state)
	where state in ('draft', 'submitted', 'returned', 'self_assessed', 'appraised');
