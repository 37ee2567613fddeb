-- Signing in: sessions that know when they were last used, second factors, one-time links, throttles, mail.

-- sessions and credentials belong to Khéo itself now: what the account library kept besides goes -----------------------

delete from sessions;
alter table sessions drop column token, drop column updated_at;
alter table sessions
	add column token_hash text not null constraint sessions_token_unique unique,
	add column last_used_at timestamptz(3) not null default now(),
	add column factor text not null default 'password'
		constraint sessions_factor_check check (factor in ('password', 'totp', 'recovery', 'passkey', 'oidc', 'oidc_strong')),
	add column factor_put_off_at timestamptz(3);
comment on table sessions is 'Open sign-ins, one row each; only hashes of their tokens are kept.';
comment on column sessions.factor is 'The strongest proof that was given when it was opened.';
comment on column sessions.factor_put_off_at is 'Demonstration worlds only: setting up the required second factor was put off for this session.';

alter table credentials
	drop column access_token, drop column refresh_token, drop column access_token_expires_at,
	drop column refresh_token_expires_at, drop column scope, drop column id_token;
comment on table credentials is
	'How a user proves who they are: provider_id "credential" has an argon2id hash in password; "oidc:<issuer>" has the subject in account_id.';

drop table verifications;

create table totp_secrets (
	user_id uuid primary key constraint totp_secrets_user_fk references users on delete cascade,
	secret_sealed text not null,
	confirmed_at timestamptz(3),
	last_step bigint,
	created_at timestamptz(3) not null default now()
);
comment on table totp_secrets is 'Authenticator apps as second factor; the secret is encrypted with the key of the installation.';
comment on column totp_secrets.last_step is 'Time step of the last code that was taken: it and earlier ones are refused, so that no code works twice.';

create table recovery_codes (
	user_id uuid not null constraint recovery_codes_user_fk references users on delete cascade,
	code_hash text not null,
	used_at timestamptz(3),
	constraint recovery_codes_pk primary key (user_id, code_hash)
);
comment on table recovery_codes is 'Codes on paper for who lost the second factor; each works once, only hashes are kept.';

create table passkeys (
	id uuid primary key,
	user_id uuid not null constraint passkeys_user_fk references users on delete cascade,
	name text not null,
	credential_id text not null constraint passkeys_credential_unique unique,
	public_key bytea not null,
	counter bigint not null,
	transports text[] not null default '{}',
	created_at timestamptz(3) not null default now(),
	last_used_at timestamptz(3)
);
create index passkeys_user_index on passkeys (user_id);
comment on table passkeys is 'Passkeys (WebAuthn): public keys only.';

create table pending_steps (
	token_hash text primary key,
	purpose text not null constraint pending_steps_purpose_check
		check (purpose in ('second_factor', 'passkey_sign_in', 'passkey_registration', 'oidc')),
	user_id uuid constraint pending_steps_user_fk references users on delete cascade,
	details jsonb not null default '{}',
	expires_at timestamptz(3) not null
);
comment on table pending_steps is 'Begun and unfinished sign-ins and registrations; a cookie names the row, and it works once.';

create table account_links (
	id uuid primary key,
	user_id uuid not null constraint account_links_user_fk references users on delete cascade,
	kind text not null constraint account_links_kind_check check (kind in ('invitation', 'password')),
	delivery text not null constraint account_links_delivery_check check (delivery in ('mail', 'slip')),
	token_hash text not null constraint account_links_token_unique unique,
	created_at timestamptz(3) not null default now(),
	expires_at timestamptz(3) not null,
	used_at timestamptz(3),
	revoked_at timestamptz(3)
);
create index account_links_user_index on account_links (user_id);
comment on table account_links is 'One-time links: invitations, and new passwords for who forgot theirs; only hashes of their tokens are kept.';

create table sign_in_throttles (
	key text primary key,
	failure_count integer not null,
	blocked_until timestamptz(3),
	tried_at timestamptz(3) not null
);
create index sign_in_throttles_tried_index on sign_in_throttles (tried_at);
comment on table sign_in_throttles is 'Failed tries by account, known device and network address, as hashes; rows go a day after the last try.';

create table installation (
	only_row boolean primary key default true constraint installation_only_check check (only_row),
	demonstration_since timestamptz(3)
);
comment on table installation is 'What is true of this installation as a whole; one row at most.';
comment on column installation.demonstration_since is
	'Set when the demonstration world was loaded into an empty installation: a required second factor can be put off here.';

create table outbox (
	id uuid primary key,
	recipient text not null constraint outbox_recipient_check check (recipient !~ '[[:cntrl:]]'),
	subject text not null constraint outbox_subject_check check (subject !~ '[[:cntrl:]]'),
	body text not null,
	link_sealed text,
	state text not null default 'waiting' constraint outbox_state_check check (state in ('waiting', 'sent', 'failed', 'held')),
	attempt_count integer not null default 0,
	last_error text,
	created_at timestamptz(3) not null default clock_timestamp(),
	sent_at timestamptz(3)
);
create index outbox_created_index on outbox (created_at);
comment on table outbox is 'Mail to be sent and sent. "held": no mail server is set, so it was not sent.';
comment on column outbox.link_sealed is 'The secret link of the mail, encrypted; the body has {link} in its place. Gone once sent or given up.';

grant select, insert, update, delete on totp_secrets, recovery_codes, passkeys, pending_steps, account_links,
	sign_in_throttles, outbox to kheo_app;
grant select, insert, update on installation to kheo_app;
