-- Lists and searches of a country cost what a page does, whatever they are narrowed by: words of names and all that a list
-- is narrowed by are terms of one inverted index, each with the month, so that a list is read month by month from its newest.

-- Only what is built in, and immutable: the index is as good as this function is.
create or replace function registration_terms(
	name_key text, registered_on date, home_id uuid, unit_id uuid, year integer, level text, field text, subject text, novelty text,
	state text
) returns tsvector language sql immutable parallel safe as $$
	select array_to_tsvector(string_to_array(substr(replace(
		' ' || translate(name_key, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
			|| ' #y' || year || ' #l' || level || ' #f' || field || ' #u' || subject || ' #n' || novelty || ' #s' || state
			|| ' @' || case when home_id = unit_id then 'self' else home_id::text end,
		' ',
		' ' || lpad(coalesce(date_part('year', registered_on) * 12 + date_part('month', registered_on), 99999)::int::text, 5, '0')
	), 2), ' '))
$$;
comment on function registration_terms is 'What a registration is found by in a list: words of its name, what it is narrowed by (#), its home (@), each after the number of its month; 99999 where it has no day.';

create index if not exists registrations_terms_index on registrations using gin (
	registration_terms(name_key, registered_on, home_id, unit_id, year, level, field, subject, novelty, state));
-- Parts of words were found by it: of Vietnamese syllables a country's names hold too many alike.
drop index if exists registrations_name_index;
