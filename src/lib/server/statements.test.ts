import { expect, test } from 'vitest';
import { statementsOf } from './statements.ts';

test('a file of SQL is cut between its statements only', () => {
	const text = `-- first; not cut here
create table a (b text default ';' /* ; */, "c;d" int);
comment on table a is 'it''s; one';
create function f() returns void language plpgsql as $body$ begin perform 1; perform $$;$$; end $body$;
select 3 - 2 / 1, $1;
-- nothing more
`;
	expect(statementsOf(text).map((statement) => statement.trim())).toEqual([
		`-- first; not cut here\ncreate table a (b text default ';' /* ; */, "c;d" int)`,
		`comment on table a is 'it''s; one'`,
		`create function f() returns void language plpgsql as $body$ begin perform 1; perform $$;$$; end $body$`,
		'select 3 - 2 / 1, $1'
	]);
});
