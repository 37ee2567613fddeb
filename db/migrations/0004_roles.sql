-- Roles of every kind of office, and their delegation for a time.

alter table role_grants drop constraint role_grants_role_check;
alter table role_grants add constraint role_grants_role_check check (role in (
	'officer', 'reviewer', 'leader', 'petition_officer', 'newsroom_editor', 'judge', 'auditor', 'administrator'));
alter table role_grants add column if not exists delegated_from_id uuid
	constraint role_grants_delegated_from_fk references role_grants on delete cascade;
alter table role_grants add column if not exists reason text;
alter table role_grants add constraint role_grants_delegation_check check (
	delegated_from_id is null or (not upper_inf(valid) and not lower_inf(valid) and reason is not null));
create index if not exists role_grants_delegated_from_index on role_grants (delegated_from_id);
create index if not exists role_grants_unit_index on role_grants (unit_id);
comment on column role_grants.valid is 'Days on which the role is held: lower bound included, upper excluded, which is the first day without it.';
comment on column role_grants.delegated_from_id is 'The grant whose holder lent it for a time; what is lent ends at the latest with that grant.';
comment on column role_grants.reason is 'Why it was lent; required of a delegation.';
