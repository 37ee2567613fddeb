-- Outlines in degrees, for a map that is zoomed: what is drawn in the page is coarser.

alter table place_shapes add column if not exists outline jsonb;
comment on column place_shapes.outline is
	'Coordinates of a GeoJSON MultiPolygon in degrees; null where the file was taken in before they were kept.';
