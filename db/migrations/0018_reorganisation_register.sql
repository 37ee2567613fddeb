-- Sheets of reorganisations are kept and told of as the lists of offices are.

update processing_entries set tables = array_append(tables, 'reorganisations')
where code = 'lists' and upper_inf(valid) and not 'reorganisations' = any(tables);
