-- The four organs: units in time, actions, postings, and the accounts that act.

create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- accounts ------------------------------------------------------------------------------------------------------

create table users (
	id uuid primary key,
	name text not null,
	email text not null constraint users_email_unique unique,
	email_verified boolean not null default false,
	image text,
	created_at timestamptz(3) not null default now(),
	updated_at timestamptz(3) not null default now()
);
comment on table users is 'People who sign in. Only a name and an address to sign in with: no personal traits.';

create table sessions (
	id uuid primary key,
	user_id uuid not null constraint sessions_user_fk references users on delete cascade,
	token text not null constraint sessions_token_unique unique,
	expires_at timestamptz(3) not null,
	ip_address text,
	user_agent text,
	created_at timestamptz(3) not null default now(),
	updated_at timestamptz(3) not null default now()
);
create index sessions_user_index on sessions (user_id);
comment on table sessions is 'Open sign-ins, one row each; the account library keeps them.';

create table credentials (
	id uuid primary key,
	user_id uuid not null constraint credentials_user_fk references users on delete cascade,
	account_id text not null,
	provider_id text not null,
	access_token text,
	refresh_token text,
	access_token_expires_at timestamptz(3),
	refresh_token_expires_at timestamptz(3),
	scope text,
	id_token text,
	password text,
	created_at timestamptz(3) not null default now(),
	updated_at timestamptz(3) not null default now(),
	constraint credentials_provider_unique unique (provider_id, account_id)
);
create index credentials_user_index on credentials (user_id);
comment on table credentials is 'How a user proves who they are; password holds an argon2id hash.';

create table verifications (
	id uuid primary key,
	identifier text not null,
	value text not null,
	expires_at timestamptz(3) not null,
	created_at timestamptz(3) not null default now(),
	updated_at timestamptz(3) not null default now()
);
create index verifications_identifier_index on verifications (identifier);
comment on table verifications is 'Short-lived tokens of the account library.';

create table setup_links (
	token_hash text primary key,
	created_at timestamptz(3) not null default now(),
	used_at timestamptz(3)
);
comment on table setup_links is 'One-time links with which the first administrator of an empty installation is made; only hashes are kept.';

-- units in time -------------------------------------------------------------------------------------------------

create table units (
	id uuid primary key,
	created_at timestamptz(3) not null default now()
);
comment on table units is 'The identity of an organisation or office; everything that can change about it is in unit_versions.';

create table unit_kinds (
	kind text primary key,
	tier text not null constraint unit_kinds_tier_check check (tier in ('central', 'province', 'district', 'commune', 'base', 'cell', 'board')),
	registers boolean not null,
	position integer not null
);
comment on table unit_kinds is 'Kinds of units and the tier each stands on.';
comment on column unit_kinds.registers is 'Units of this kind are expected to register models; they appear under "chưa đăng ký" until they do.';

insert into unit_kinds (kind, tier, registers, position) values
	('province_committee', 'province', false, 10),
	('district_committee', 'district', false, 20),
	('bloc_committee', 'district', false, 21),
	('commune_committee', 'commune', true, 30),
	('base_committee', 'base', true, 40),
	('base_cell', 'base', true, 41),
	('cell', 'cell', false, 50),
	('board', 'board', false, 60);

create table unit_events (
	id uuid primary key,
	kind text not null constraint unit_events_kind_check check (kind in ('establish', 'rename', 'move', 'merge', 'split', 'close', 'transfer')),
	effective_on date not null,
	decision_number text,
	decided_on date,
	reason text,
	recorded_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null
);
comment on table unit_events is 'Reorganisations: one row for one recorded decision about units.';
comment on column unit_events.effective_on is 'Legal day from which the change holds (Asia/Ho_Chi_Minh).';

create table unit_versions (
	id uuid primary key,
	unit_id uuid not null constraint unit_versions_unit_fk references units,
	event_id uuid not null constraint unit_versions_event_fk references unit_events,
	code text not null,
	name text not null,
	name_key text not null,
	short_name text,
	kind text not null constraint unit_versions_kind_fk references unit_kinds,
	parent_id uuid constraint unit_versions_parent_fk references units,
	place text,
	flags text[] not null default '{}',
	valid daterange not null constraint unit_versions_valid_check check (not isempty(valid)),
	constraint unit_versions_parent_check check (parent_id is distinct from unit_id),
	constraint unit_versions_no_overlap exclude using gist (unit_id with =, valid with &&),
	constraint unit_versions_code_unique exclude using gist (code with =, valid with &&)
);
create index unit_versions_parent_index on unit_versions (parent_id);
create index unit_versions_name_index on unit_versions using gin (name_key gin_trgm_ops);
comment on table unit_versions is 'What a unit is called, of what kind it is and under whom it stands, from day to day; never two at once.';
comment on column unit_versions.valid is 'Days on which this version holds, lower bound included, upper excluded.';
comment on column unit_versions.name_key is 'Name folded for search: no tone marks, lower case.';

create table unit_paths (
	ancestor_id uuid not null constraint unit_paths_ancestor_fk references units,
	unit_id uuid not null constraint unit_paths_unit_fk references units,
	depth integer not null constraint unit_paths_depth_check check (depth >= 0),
	valid daterange not null,
	known tstzrange not null default tstzrange(clock_timestamp(), null)
);
create index unit_paths_ancestor_index on unit_paths (ancestor_id, unit_id);
create index unit_paths_unit_index on unit_paths (unit_id, depth);
comment on table unit_paths is 'Derived: who stands under whom on which days, and from when to when that was known.';
comment on column unit_paths.known is 'Transaction time: a late event closes a row here and opens another, so that "as known then" holds for the tree too.';

create table responsibilities (
	id uuid primary key,
	unit_id uuid not null constraint responsibilities_unit_fk references units,
	duty text not null constraint responsibilities_duty_check check (duty in ('dan_van')),
	holder_id uuid not null constraint responsibilities_holder_fk references units,
	valid daterange not null,
	action_id uuid not null,
	constraint responsibilities_no_overlap exclude using gist (unit_id with =, duty with =, valid with &&)
);
comment on table responsibilities is 'Which unit does the dân vận work for a committee, and since when; a bloc committee has no dân vận board of its own.';

create table role_grants (
	id uuid primary key,
	user_id uuid not null constraint role_grants_user_fk references users,
	unit_id uuid not null constraint role_grants_unit_fk references units,
	role text not null constraint role_grants_role_check check (role in ('officer', 'reviewer', 'leader', 'administrator')),
	valid daterange not null,
	action_id uuid not null
);
create index role_grants_user_index on role_grants (user_id);
comment on table role_grants is 'Who may act in which role on a unit and all that stands under it, and on which days.';

-- actions -------------------------------------------------------------------------------------------------------

create table actions (
	home_id uuid not null,
	id uuid not null,
	noun text not null,
	record_id uuid not null,
	verb text not null,
	actor_id uuid,
	actor_name text not null,
	unit_id uuid,
	acted_at timestamptz(3) not null default clock_timestamp(),
	reason text,
	details jsonb not null default '{}',
	constraint actions_pk primary key (home_id, id)
);
create index actions_record_index on actions (record_id, id);
create index actions_unit_index on actions (unit_id, id);
comment on table actions is 'Everything that anyone did, insert-only: audit log, case history and source of postings in one.';
comment on column actions.home_id is 'The province (or topmost unit) at the time: the key by which the table can be distributed.';
comment on column actions.actor_id is 'The user; null for the command line and for jobs, whose name stands in actor_name.';

create table action_blocks (
	number bigint primary key,
	previous_hash text not null,
	hash text not null,
	action_count integer not null,
	sealed_at timestamptz(3) not null default clock_timestamp()
);
comment on table action_blocks is 'Hash chain over the actions, made block by block in the background so that writers never wait for one another.';

create table action_seals (
	action_id uuid primary key,
	block_number bigint not null constraint action_seals_block_fk references action_blocks,
	position integer not null
);
create index action_seals_block_index on action_seals (block_number, position);
comment on table action_seals is 'Which block seals an action, and where in it.';

create table idempotency_keys (
	actor_id uuid not null,
	key text not null,
	result jsonb not null,
	created_at timestamptz(3) not null default now(),
	constraint idempotency_keys_pk primary key (actor_id, key)
);
comment on table idempotency_keys is 'Answers already given, so that a retried write happens once.';

-- ledger --------------------------------------------------------------------------------------------------------

create table measure_facets (
	measure text not null,
	facet text not null,
	pattern text not null,
	required boolean not null default true,
	constraint measure_facets_pk primary key (measure, facet)
);
comment on table measure_facets is 'Which facets a measure carries and which values each may have; postings are checked against it.';

create table postings (
	home_id uuid not null,
	id uuid not null,
	measure text not null,
	unit_id uuid not null constraint postings_unit_fk references units,
	place_id uuid,
	on_date date not null,
	cohort_on date not null,
	recorded_at timestamptz(3) not null default clock_timestamp(),
	quantity bigint not null,
	amount_vnd bigint,
	about boolean not null default false,
	facets jsonb not null default '{}',
	noun text not null,
	case_id uuid not null,
	action_id uuid not null,
	reverses_id uuid,
	constraint postings_pk primary key (home_id, id),
	constraint postings_quantity_check check (quantity <> 0),
	constraint postings_cohort_check check (cohort_on <= on_date)
);
create index postings_question_index on postings (measure, unit_id, on_date);
create index postings_case_index on postings (case_id);
create unique index postings_reverses_unique on postings (home_id, reverses_id) where reverses_id is not null;
comment on table postings is 'The ledger: insert-only, one row for each thing that counts. A correction is a reversing row and a new one.';
comment on column postings.on_date is 'Legal day on which it was true (Asia/Ho_Chi_Minh).';
comment on column postings.cohort_on is 'Day on which the case entered its cohort: rates take numerator and denominator from the same cohort.';
comment on column postings.recorded_at is 'When Khéo learned it; "as known at T" is recorded_at <= T.';
comment on column postings.about is 'The quantity or amount is an estimate; totals that contain one print "khoảng".';

create function check_posting_facets() returns trigger language plpgsql as $$
declare
	wrong record;
begin
	select p.measure, f.key as facet, f.value into wrong
	from (select distinct measure, facets from added) p cross join lateral jsonb_each_text(p.facets) f
	left join measure_facets m on m.measure = p.measure and m.facet = f.key
	where m.measure is null or f.value !~ ('^(' || m.pattern || ')$')
	limit 1;
	if found then
		raise exception 'facet % = % is not allowed for measure %', wrong.facet, wrong.value, wrong.measure
			using errcode = 'check_violation', constraint = 'postings_facets_check';
	end if;
	select p.measure, m.facet into wrong
	from (select distinct measure, facets from added) p
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
create trigger postings_facets_check after insert on postings
	referencing new table as added for each statement execute function check_posting_facets();

-- files ---------------------------------------------------------------------------------------------------------

create table files (
	id uuid primary key,
	sha256 text not null,
	name text not null,
	media_type text not null,
	size_bytes bigint not null,
	created_by uuid,
	created_at timestamptz(3) not null default now()
);
comment on table files is 'Uploaded files; the bytes lie in the data folder under their digest.';

-- what the application may do: insert-only is insert-only by grant ------------------------------------------------

grant select, insert, update, delete on users, sessions, credentials, verifications, setup_links, role_grants, responsibilities to kheo_app;
grant select on unit_kinds, measure_facets to kheo_app;
grant select, insert on units, unit_events, files to kheo_app;
grant select, insert, update on unit_versions, unit_paths to kheo_app;
grant select, insert on actions, action_blocks, action_seals, postings, idempotency_keys to kheo_app;
