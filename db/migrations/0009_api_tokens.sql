-- Access for other programs: tokens that act as their owner, and how often each may ask.

create table api_tokens (
	id uuid primary key,
	user_id uuid not null constraint api_tokens_user_fk references users on delete cascade,
	unit_id uuid not null constraint api_tokens_unit_fk references units,
	name text not null constraint api_tokens_name_check check (length(name) between 1 and 80),
	token_hash text not null constraint api_tokens_hash_unique unique,
	scopes text[] not null constraint api_tokens_scopes_check check (cardinality(scopes) between 1 and 20),
	created_at timestamptz(3) not null default now(),
	expires_on date not null,
	last_used_at timestamptz(3),
	revoked_at timestamptz(3)
);
create index api_tokens_user_index on api_tokens (user_id);
create index api_tokens_unit_index on api_tokens (unit_id);
comment on table api_tokens is 'Keys with which other programs ask as their owner; only SHA-256 hashes of them are kept.';
comment on column api_tokens.unit_id is 'The owner''s grants count on this unit and under it only.';
comment on column api_tokens.expires_on is 'The first day on which it no longer works; a year ahead at most.';
comment on column api_tokens.last_used_at is 'Written at most once a minute.';

create unlogged table api_rates (
	key text primary key,
	began_at timestamptz(3) not null,
	request_count integer not null
);
create index api_rates_began_index on api_rates (began_at);
comment on table api_rates is
	'Requests in the present minute by token and by network address (as a hash), shared by all processes; may be lost.';

grant select, insert on api_tokens to kheo_app;
grant update (last_used_at, revoked_at) on api_tokens to kheo_app;
grant select, insert, update, delete on api_rates to kheo_app;
