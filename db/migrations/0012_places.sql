-- Places: administrative units of the country in time, with what became of them.

create table places (
	id uuid primary key,
	created_at timestamptz(3) not null default now()
);
comment on table places is 'The identity of a province, district or commune; everything that can change about it is in place_versions.';

create table place_versions (
	id uuid primary key,
	place_id uuid not null constraint place_versions_place_fk references places,
	tier text not null constraint place_versions_tier_check check (tier in ('province', 'district', 'commune')),
	kind text not null constraint place_versions_kind_check check (kind in (
		'province', 'municipality', 'district', 'urban_district', 'town', 'city', 'commune', 'ward', 'township', 'special_zone')),
	code text constraint place_versions_code_check check (code ~ '^[0-9]{2,5}$'),
	name text not null,
	full_name text not null,
	name_key text not null,
	mark_key text not null,
	parent_id uuid constraint place_versions_parent_fk references places,
	law text,
	valid daterange not null constraint place_versions_valid_check check (not isempty(valid)),
	constraint place_versions_top_check check ((parent_id is null) = (tier = 'province')),
	constraint place_versions_no_overlap exclude using gist (place_id with =, valid with &&),
	constraint place_versions_code_unique exclude using gist (code with =, valid with &&)
);
create index place_versions_parent_index on place_versions (parent_id);
create index place_versions_name_index on place_versions using gin (name_key gin_trgm_ops);
comment on table place_versions is
	'What a place is called, of what kind it is and in which it lies, from day to day. Codes are used again with a new meaning: a code means a place on a day only.';
comment on column place_versions.code is 'Of the General Statistics Office; null where the list it was read from has none.';
comment on column place_versions.law is 'The instrument by which this version came to be, where it is known.';
comment on column place_versions.valid is 'Days on which this version holds, lower bound included, upper excluded.';
comment on column place_versions.name_key is 'Full name folded for search: no tone marks, lower case.';
comment on column place_versions.mark_key is 'Full name with its marks and the tone mark in one agreed place, lower case.';

create table place_successions (
	old_place_id uuid not null constraint place_successions_old_fk references places,
	new_place_id uuid not null constraint place_successions_new_fk references places,
	effective_on date not null,
	extent text constraint place_successions_extent_check check (extent in ('whole', 'part')),
	is_primary boolean not null,
	is_remainder boolean not null default false,
	confidence text constraint place_successions_confidence_check check (confidence in ('high', 'medium', 'low')),
	constraint place_successions_pk primary key (old_place_id, new_place_id),
	constraint place_successions_itself_check check (old_place_id <> new_place_id)
);
create unique index place_successions_primary_unique on place_successions (old_place_id, effective_on) where is_primary;
create index place_successions_new_index on place_successions (new_place_id);
comment on table place_successions is 'Which place came out of which, and on which day.';
comment on column place_successions.extent is 'Did all of the old place go there, or a part? Null: the list it was read from does not say.';
comment on column place_successions.is_primary is 'The one successor in whose area the old place mainly lies.';
comment on column place_successions.is_remainder is 'The decision says "phần còn lại": what others did not take.';

create table place_aliases (
	id uuid primary key,
	place_id uuid not null constraint place_aliases_place_fk references places,
	kind text not null constraint place_aliases_kind_check check (kind in ('abolished', 'spelling')),
	name text not null,
	name_key text not null,
	mark_key text not null,
	within text,
	code text,
	valid daterange not null
);
create index place_aliases_place_index on place_aliases (place_id);
create index place_aliases_name_index on place_aliases using gin (name_key gin_trgm_ops);
comment on table place_aliases is 'Other names by which a place is found: of units abolished before the lists begin, and other spellings.';
comment on column place_aliases.within is 'District and province in which the abolished unit lay, in words.';
comment on column place_aliases.valid is 'Days on which the name was in use; open where that is not known.';

create table place_lists (
	id uuid primary key,
	source text not null constraint place_lists_source_check check (source in ('package', 'files')),
	name text not null,
	digest text not null,
	counts jsonb not null,
	loaded_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null
);
comment on table place_lists is 'What the places were read from, and when; the latest one holds.';
comment on column place_lists.digest is 'SHA-256 of what was derived: the same list again changes nothing.';

grant select, insert, delete on places, place_versions, place_successions, place_aliases to kheo_app;
grant select, insert on place_lists to kheo_app;
