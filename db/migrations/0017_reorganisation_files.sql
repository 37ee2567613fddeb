-- Which files decisions and sheets of reorganisations refer to, for removing those that nothing does. Who sent a sheet stays
-- told when the account is erased, as of lists.

create index unit_events_file_index on unit_events (file_id) where file_id is not null;
create index reorganisations_file_index on reorganisations (file_id);
alter table reorganisations drop constraint reorganisations_created_by_fk;
