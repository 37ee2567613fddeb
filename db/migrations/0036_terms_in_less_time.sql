-- The same terms, word for word, so that the index stays as it is: `translate` looks each letter up among all the marks.
create or replace function registration_terms(
	name_key text, registered_on date, home_id uuid, unit_id uuid, year integer, level text, field text, subject text, novelty text,
	state text
) returns tsvector language sql immutable parallel safe as $$
	select array_to_tsvector(string_to_array(substr(replace(
		' ' || regexp_replace(name_key collate "C", '[!-/:-@[-`{-~]', ' ', 'g')
			|| ' #y' || year || ' #l' || level || ' #f' || field || ' #u' || subject || ' #n' || novelty || ' #s' || state
			|| ' @' || case when home_id = unit_id then 'self' else home_id::text end,
		' ',
		' ' || lpad(coalesce(date_part('year', registered_on) * 12 + date_part('month', registered_on), 99999)::int::text, 5, '0')
	), 2), ' '))
$$;
