-- The sealed lane: who is behind a petition, encrypted and apart from it; and the log, to be read by day.

create table master_keys (
	version integer primary key constraint master_keys_version_check check (version > 0),
	fingerprint text not null constraint master_keys_fingerprint_unique unique,
	made_at timestamptz(3) not null default clock_timestamp(),
	retired_at timestamptz(3)
);
comment on table master_keys is 'Which master keys there were. The keys themselves are never in the database: see docs/OPERATING.md.';
comment on column master_keys.fingerprint is 'Tells whether a key at hand is this one; nothing of the key can be drawn from it.';
comment on column master_keys.retired_at is 'From then on it wraps nothing any more.';

create table sealed_cases (
	id uuid primary key,
	home_id uuid not null,
	noun text not null,
	unit_id uuid not null constraint sealed_cases_unit_fk references units,
	excluded_unit_ids uuid[] not null default '{}',
	sealed_on date not null,
	action_id uuid not null
);
create index sealed_cases_unit_index on sealed_cases (unit_id);
comment on table sealed_cases is 'Cases with a person behind them who must stay unknown; the id is that of the case itself.';
comment on column sealed_cases.excluded_unit_ids is 'Units that the case is about: who holds a role there or under them cannot handle it.';

create table sealed_keys (
	case_id uuid primary key constraint sealed_keys_case_fk references sealed_cases,
	id uuid not null constraint sealed_keys_id_unique unique,
	master_version integer not null constraint sealed_keys_master_fk references master_keys,
	wrapped bytea not null
);
create index sealed_keys_master_index on sealed_keys (master_version, case_id);
comment on table sealed_keys is 'The data key of each case, wrapped by a master key. Without its row the case''s fields can never be read again.';

create table sealed_fields (
	case_id uuid not null constraint sealed_fields_case_fk references sealed_cases,
	field text not null constraint sealed_fields_field_check check (field ~ '^[a-z][a-z_]{0,39}$'),
	ciphertext bytea not null,
	action_id uuid not null,
	constraint sealed_fields_pk primary key (case_id, field)
);
comment on table sealed_fields is 'What is kept of the person, encrypted (AES-256-GCM) field by field.';

create table sealed_handlers (
	id uuid primary key,
	case_id uuid not null constraint sealed_handlers_case_fk references sealed_cases,
	user_id uuid not null constraint sealed_handlers_user_fk references users,
	valid daterange not null,
	action_id uuid not null,
	constraint sealed_handlers_no_overlap exclude using gist (case_id with =, user_id with =, valid with &&)
);
create index sealed_handlers_user_index on sealed_handlers (user_id);
comment on table sealed_handlers is 'Who handles a case and may open it, and on which days.';
comment on column sealed_handlers.valid is 'First day included, last bound excluded, which is the first day without it.';

create table sealed_erasures (
	case_id uuid primary key constraint sealed_erasures_case_fk references sealed_cases,
	erased_at timestamptz(3) not null default clock_timestamp(),
	reason text not null,
	action_id uuid not null
);
comment on table sealed_erasures is 'Cases whose data key was destroyed.';

create index if not exists actions_id_index on actions (id);
create index if not exists actions_actor_index on actions (actor_id, id) where actor_id is not null;

grant select, insert on master_keys, sealed_cases, sealed_erasures to kheo_app;
grant update (retired_at) on master_keys to kheo_app;
grant select, insert, delete on sealed_keys, sealed_fields, sealed_handlers to kheo_app;
grant update (master_version, wrapped) on sealed_keys to kheo_app;
grant update (ciphertext, action_id) on sealed_fields to kheo_app;
grant update (valid) on sealed_handlers to kheo_app;
