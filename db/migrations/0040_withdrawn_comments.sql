-- Whoever sent a comment takes it back by a link that is shown once. What the comment said is erased with it; the newsroom sees
-- that there was one.

alter table comments add column if not exists withdrawal_hash bytea;
alter table comments drop constraint if exists comments_state_check;
alter table comments add constraint comments_state_check
	check (state in ('waiting', 'shown', 'refused', 'removed', 'withdrawn'));
alter table comments drop constraint if exists comments_withdrawn_check;
alter table comments add constraint comments_withdrawn_check check (state <> 'withdrawn' or (name = '' and body = ''));
drop index if exists comments_decided_index;
create index comments_decided_index on comments (decided_at) where state in ('refused', 'removed', 'withdrawn');
comment on column comments.withdrawal_hash is
	'SHA-256 of the secret in the link by which its sender takes it back; the secret itself is kept nowhere. Null: there is no such link.';
comment on column comments.decided_at is 'When the newsroom decided last, or its sender took it back.';

grant insert (withdrawal_hash), update (withdrawal_hash) on comments to kheo_app;
