-- Outlines of places, and a code that is compared as a number: taking in the country's lists takes half the time.

alter table place_versions drop constraint if exists place_versions_code_unique;
alter table place_versions add constraint place_versions_code_unique
	exclude using gist ((length(code) * 100000 + code::integer) with =, valid with &&);
create index if not exists place_versions_code_index on place_versions (code);

create table place_shapes (
	place_id uuid not null constraint place_shapes_place_fk references places on delete cascade,
	region text not null constraint place_shapes_region_check check (region in ('mainland', 'hoang_sa', 'truong_sa')),
	path text not null constraint place_shapes_path_check check (path ~ '^[MLmlz0-9 ,-]+$'),
	bounds integer[] not null constraint place_shapes_bounds_check check (cardinality(bounds) = 4),
	constraint place_shapes_pk primary key (place_id, region)
);
comment on table place_shapes is 'Outlines of places as they are drawn, from a file of the operator; the archipelagos apart, for insets.';
comment on column place_shapes.path is 'SVG path in steps of the grid of the place''s tier (src/lib/maps/shape.ts).';
comment on column place_shapes.bounds is 'Least and greatest x and y in the same steps.';

grant select, insert, delete on place_shapes to kheo_app;
