-- A page of a list is read where it begins, in the order of the list: nothing before it is looked at, and nothing is sorted.

create index if not exists registrations_order_index
	on registrations ((coalesce(registered_on, 'infinity'::date)) desc, id desc);
create index if not exists registrations_year_order_index
	on registrations (year, (coalesce(registered_on, 'infinity'::date)) desc, id desc);
-- Without the day that stands for none it was in no list's order.
drop index if exists registrations_list_index;

-- What is typed into a list's search may be how a decision's number begins.
create index if not exists recognitions_number_index on recognitions (lower(decision_number) text_pattern_ops);
