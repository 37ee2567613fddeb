-- The newsroom: sites of offices and what stands on them, articles with every text they have had, pictures, placements on
-- other sites, old addresses. What the public may read is said once, in views that every public read asks.

create table sites (
	id uuid primary key,
	home_id uuid not null,
	unit_id uuid not null constraint sites_unit_fk references units,
	parent_id uuid constraint sites_parent_fk references sites,
	slug text not null constraint sites_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'),
	host text constraint sites_host_check check (host ~ '^[a-z0-9.-]{3,253}$'),
	name_vi text not null constraint sites_name_vi_check check (length(name_vi) between 1 and 200),
	name_en text constraint sites_name_en_check check (length(name_en) between 1 and 200),
	owner_vi text constraint sites_owner_vi_check check (length(owner_vi) <= 200),
	owner_en text constraint sites_owner_en_check check (length(owner_en) <= 200),
	contact_vi text constraint sites_contact_vi_check check (length(contact_vi) <= 2000),
	contact_en text constraint sites_contact_en_check check (length(contact_en) <= 2000),
	palette text not null constraint sites_palette_check check (palette in ('lacquer', 'jade', 'sky', 'gold')),
	banner_id uuid,
	comments_open boolean not null default true,
	opened_at timestamptz(3),
	closed_at timestamptz(3),
	changed_at timestamptz(3) not null default clock_timestamp(),
	constraint sites_slug_unique unique (slug),
	constraint sites_host_unique unique (host),
	constraint sites_parent_check check (parent_id is distinct from id)
);
create index sites_unit_index on sites (unit_id);
create index sites_parent_index on sites (parent_id);
comment on table sites is 'Public sites of offices; each is the site of one unit and may stand below another.';
comment on column sites.slug is 'First part of its address where it has no host name of its own.';
comment on column sites.owner_vi is 'Who answers for the site, as its head says; the unit''s name where empty.';
comment on column sites.palette is 'Colour of head and accents, one of the look''s own.';
comment on column sites.opened_at is 'Since when the public may read it; null: in preparation.';

create table site_sections (
	id uuid primary key,
	site_id uuid not null constraint site_sections_site_fk references sites,
	slug text not null constraint site_sections_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'),
	name_vi text not null constraint site_sections_name_vi_check check (length(name_vi) between 1 and 120),
	name_en text constraint site_sections_name_en_check check (length(name_en) between 1 and 120),
	position integer not null,
	closed_at timestamptz(3),
	constraint site_sections_slug_unique unique (site_id, slug)
);
comment on table site_sections is 'Sections of a site. One that is closed takes no more articles; its address and its articles stay.';

create table menu_entries (
	id uuid primary key,
	site_id uuid not null constraint menu_entries_site_fk references sites,
	menu text not null constraint menu_entries_menu_check check (menu in ('head', 'foot')),
	position integer not null,
	label_vi text not null constraint menu_entries_label_vi_check check (length(label_vi) between 1 and 80),
	label_en text constraint menu_entries_label_en_check check (length(label_en) between 1 and 80),
	page text constraint menu_entries_page_check check (page ~ '^[a-z][a-z-]{0,39}$'),
	section_id uuid constraint menu_entries_section_fk references site_sections,
	article_id uuid,
	url text constraint menu_entries_url_check check (url ~ '^(https?://|/)' and length(url) <= 2000),
	constraint menu_entries_target_check check (num_nonnulls(page, section_id, article_id, url) = 1)
);
create index menu_entries_site_index on menu_entries (site_id, menu, position);
comment on table menu_entries is 'Menus of a site: each entry leads to a page that every site has, a section, an article or an address elsewhere.';
comment on column menu_entries.page is 'Code of a page that the program brings; one whose part is not there yet is left out when shown.';

create table link_groups (
	id uuid primary key,
	site_id uuid not null constraint link_groups_site_fk references sites,
	name_vi text not null constraint link_groups_name_vi_check check (length(name_vi) between 1 and 120),
	name_en text constraint link_groups_name_en_check check (length(name_en) between 1 and 120),
	position integer not null
);
create index link_groups_site_index on link_groups (site_id, position);
comment on table link_groups is 'Groups of the directory of links of a site.';

create table links (
	id uuid primary key,
	group_id uuid not null constraint links_group_fk references link_groups on delete cascade,
	label text not null constraint links_label_check check (length(label) between 1 and 200),
	url text not null constraint links_url_check check (url ~ '^https?://' and length(url) <= 2000),
	position integer not null,
	state text not null default 'unchecked'
		constraint links_state_check check (state in ('unchecked', 'answers', 'moved', 'broken', 'unreachable', 'refused')),
	status integer,
	failed_count integer not null default 0,
	checked_at timestamptz(3)
);
create index links_group_index on links (group_id, position);
comment on table links is 'Links of the directory, with what the checker last found.';
comment on column links.state is 'refused: leads to an address inside, where the checker does not go.';

create table pictures (
	id uuid primary key,
	site_id uuid not null constraint pictures_site_fk references sites,
	file_id uuid not null constraint pictures_file_fk references files,
	width integer not null constraint pictures_width_check check (width between 1 and 20000),
	height integer not null constraint pictures_height_check check (height between 1 and 20000),
	alt text not null constraint pictures_alt_check check (length(alt) between 1 and 500),
	caption text constraint pictures_caption_check check (length(caption) <= 1000),
	credit text constraint pictures_credit_check check (length(credit) <= 200),
	focal_x numeric(4, 3) not null default 0.5 constraint pictures_focal_x_check check (focal_x between 0 and 1),
	focal_y numeric(4, 3) not null default 0.5 constraint pictures_focal_y_check check (focal_y between 0 and 1),
	colour text not null constraint pictures_colour_check check (colour ~ '^#[0-9a-f]{6}$'),
	drawn_at timestamptz(3),
	recorded_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null
);
create index pictures_site_index on pictures (site_id, id desc);
create index pictures_file_index on pictures (file_id);
comment on table pictures is 'Pictures of a newsroom: the drawn-anew original without what a camera wrote into it, and what is said about it.';
comment on column pictures.alt is 'What is seen on it, for who does not see it; required.';
comment on column pictures.colour is 'Shown in its place until it is there.';
comment on column pictures.drawn_at is 'When its widths were drawn; null: only the original is there yet.';
alter table sites add constraint sites_banner_fk foreign key (banner_id) references pictures;

create table picture_renditions (
	picture_id uuid not null constraint picture_renditions_picture_fk references pictures,
	format text not null constraint picture_renditions_format_check check (format in ('avif', 'webp', 'jpeg')),
	width integer not null,
	height integer not null,
	file_id uuid not null constraint picture_renditions_file_fk references files,
	constraint picture_renditions_pk primary key (picture_id, format, width)
);
create index picture_renditions_file_index on picture_renditions (file_id);
comment on table picture_renditions is 'A picture in several widths and formats, drawn in the background.';

create table articles (
	id uuid primary key,
	home_id uuid not null,
	unit_id uuid not null constraint articles_unit_fk references units,
	site_id uuid not null constraint articles_site_fk references sites,
	section_id uuid constraint articles_section_fk references site_sections,
	kind text not null constraint articles_kind_check check (kind in ('news', 'feature', 'notice', 'gallery')),
	slug text constraint articles_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,118}[a-z0-9])?$'),
	state text not null
		constraint articles_state_check check (state in ('draft', 'edited', 'approved', 'scheduled', 'published', 'corrected', 'withdrawn')),
	version integer not null constraint articles_version_check check (version > 0),
	last_version integer not null constraint articles_last_version_check check (last_version >= version),
	public_version integer,
	headline text not null,
	headline_key text not null,
	search_key text not null default '',
	search tsvector generated always as (to_tsvector('simple'::regconfig, search_key)) stored,
	comments_open boolean not null default true,
	published_at timestamptz(3),
	changed_at timestamptz(3) not null default clock_timestamp(),
	constraint articles_slug_unique unique (site_id, slug),
	constraint articles_published_check check (
		state not in ('scheduled', 'published', 'corrected') or (published_at is not null and public_version is not null and slug is not null))
);
create index articles_site_index on articles (site_id, state, changed_at desc, id desc);
create index articles_unit_index on articles (unit_id);
create index articles_headline_index on articles using gin (headline_key gin_trgm_ops);
create index articles_search_index on articles using gin (search);
create index articles_scheduled_index on articles (published_at) where state = 'scheduled';
alter table menu_entries add constraint menu_entries_article_fk foreign key (article_id) references articles;
comment on table articles is 'Articles: where they are at home, how far they have come, which of their texts is worked on and which the public reads.';
comment on column articles.version is 'The text that is worked on; a writer must name it, so that two writers cannot overwrite each other unseen.';
comment on column articles.last_version is 'The highest number given, those kept aside included.';
comment on column articles.public_version is 'The text that the public reads from published_at on; null: none ever was.';
comment on column articles.search_key is 'The public text without marks of tone, folded as searches are.';

create table article_versions (
	article_id uuid not null constraint article_versions_article_fk references articles,
	number integer not null,
	based_on integer,
	is_aside boolean not null default false,
	is_automatic boolean not null default false,
	headline text not null constraint article_versions_headline_check check (length(headline) <= 300),
	lead text not null constraint article_versions_lead_check check (length(lead) <= 1500),
	body jsonb not null,
	event_on date,
	byline_kind text not null constraint article_versions_byline_kind_check check (byline_kind in ('person', 'office', 'person_with_post')),
	byline_name text not null constraint article_versions_byline_name_check check (length(byline_name) <= 200),
	byline_post text constraint article_versions_byline_post_check check (length(byline_post) <= 200),
	source_name text constraint article_versions_source_name_check check (length(source_name) <= 200),
	source_url text constraint article_versions_source_url_check check (source_url ~ '^https?://' and length(source_url) <= 2000),
	is_source_canonical boolean not null default false,
	cover_id uuid constraint article_versions_cover_fk references pictures,
	action_id uuid not null,
	recorded_at timestamptz(3) not null default clock_timestamp(),
	constraint article_versions_pk primary key (article_id, number),
	constraint article_versions_canonical_check check (not is_source_canonical or source_url is not null)
);
comment on table article_versions is 'Every text an article has had, insert-only: of two writers neither text is lost.';
comment on column article_versions.is_aside is 'Saved on top of a text that had been changed meanwhile: kept beside, to be merged by hand.';
comment on column article_versions.event_on is 'The day on which it happened, which is not the day of publication.';
comment on column article_versions.is_source_canonical is 'A reprint that tells search engines to look at its source.';

create table article_notes (
	id uuid primary key,
	article_id uuid not null constraint article_notes_article_fk references articles,
	kind text not null constraint article_notes_kind_check check (kind in ('correction', 'withdrawal')),
	version integer not null,
	note text not null constraint article_notes_note_check check (length(note) between 1 and 2000),
	noted_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null
);
create index article_notes_article_index on article_notes (article_id, id);
comment on table article_notes is 'What the public is told about corrections and withdrawals, insert-only.';

create table article_tags (
	article_id uuid not null constraint article_tags_article_fk references articles,
	tag_key text not null,
	tag text not null constraint article_tags_tag_check check (length(tag) between 1 and 60),
	constraint article_tags_pk primary key (article_id, tag_key)
);
create index article_tags_tag_index on article_tags (tag_key, article_id);
comment on table article_tags is 'Tags of articles; those written alike but for marks and case are one.';

create table article_pictures (
	article_id uuid not null,
	version integer not null,
	picture_id uuid not null constraint article_pictures_picture_fk references pictures,
	constraint article_pictures_pk primary key (article_id, version, picture_id),
	constraint article_pictures_version_fk foreign key (article_id, version) references article_versions
);
create index article_pictures_picture_index on article_pictures (picture_id);
comment on table article_pictures is 'Derived from the texts, insert-only: which picture is in which version.';

create table article_files (
	article_id uuid not null constraint article_files_article_fk references articles,
	file_id uuid not null constraint article_files_file_fk references files,
	action_id uuid not null,
	constraint article_files_pk primary key (article_id, file_id)
);
create index article_files_file_index on article_files (file_id);
comment on table article_files is 'Files put to an article. The public gets those that its public text names.';

create table article_figures (
	article_id uuid not null,
	version integer not null,
	slot text not null,
	frozen jsonb not null,
	doors jsonb not null,
	constraint article_figures_pk primary key (article_id, version, slot),
	constraint article_figures_version_fk foreign key (article_id, version) references article_versions
);
comment on table article_figures is 'The figures of a published text as they were asked on publication, insert-only.';

create table placements (
	site_id uuid not null constraint placements_site_fk references sites,
	article_id uuid not null constraint placements_article_fk references articles,
	way text not null constraint placements_way_check check (way in ('home', 'down', 'up')),
	state text not null constraint placements_state_check check (state in ('proposed', 'accepted', 'declined')),
	section_id uuid constraint placements_section_fk references site_sections,
	position smallint constraint placements_position_check check (position between 1 and 20),
	reason text,
	shown_at timestamptz(3),
	action_id uuid not null,
	constraint placements_pk primary key (site_id, article_id),
	constraint placements_home_check check (way <> 'home' or state = 'accepted'),
	constraint placements_declined_check check (state <> 'declined' or reason is not null)
);
create index placements_article_index on placements (article_id);
create index placements_newest_index on placements (site_id, shown_at desc, article_id desc) where state = 'accepted' and shown_at is not null;
create index placements_section_index on placements (section_id, shown_at desc, article_id desc) where state = 'accepted' and shown_at is not null;
create index placements_proposed_index on placements (site_id) where state = 'proposed';
comment on table placements is 'On which sites an article stands: its home, below it where it was pushed down, above it where it was proposed.';
comment on column placements.position is 'Kept at the head of the front page, in this order; null: by day.';
comment on column placements.shown_at is 'When the article was or will be published; null while it is not to be shown.';

create table article_redirects (
	site_id uuid not null constraint article_redirects_site_fk references sites,
	path text not null constraint article_redirects_path_check check (path ~ '^/' and length(path) <= 2000),
	article_id uuid not null constraint article_redirects_article_fk references articles,
	action_id uuid not null,
	constraint article_redirects_pk primary key (site_id, path)
);
create index article_redirects_article_index on article_redirects (article_id);
comment on table article_redirects is 'Old addresses on a site, with their query, and the article that is there now.';

create table article_previews (
	id uuid primary key,
	article_id uuid not null constraint article_previews_article_fk references articles,
	digest text not null constraint article_previews_digest_unique unique,
	expires_at timestamptz(3) not null,
	ended_at timestamptz(3),
	action_id uuid not null
);
create index article_previews_article_index on article_previews (article_id);
comment on table article_previews is 'Links by which somebody without an account reads what is not public yet; the secret is kept as a digest.';

create view public_articles as
select p.site_id, p.section_id, p.way, p.position, p.shown_at, a.id, a.site_id as home_site_id, a.unit_id, a.kind, a.slug, a.state,
	a.comments_open, a.search, v.number as version, v.headline, v.lead, v.body, v.event_on, v.byline_kind, v.byline_name,
	v.byline_post, v.source_name, v.source_url, v.is_source_canonical, v.cover_id, v.recorded_at
from placements p
join articles a on a.id = p.article_id
join article_versions v on v.article_id = a.id and v.number = a.public_version
join sites s on s.id = p.site_id
where p.state = 'accepted' and p.shown_at <= statement_timestamp()
	and a.state in ('scheduled', 'published', 'corrected') and a.published_at <= statement_timestamp()
	and s.opened_at <= statement_timestamp() and (s.closed_at is null or s.closed_at > statement_timestamp());
comment on view public_articles is 'What the public may read, on each site where it stands. Every public read asks this and no table.';

create view withdrawn_articles as
select p.site_id, a.id, a.slug, n.note, n.noted_at
from placements p
join articles a on a.id = p.article_id
cross join lateral (
	select note, noted_at from article_notes where article_id = a.id and kind = 'withdrawal' order by id desc limit 1) n
where p.state = 'accepted' and a.state = 'withdrawn' and a.public_version is not null;
comment on view withdrawn_articles is 'Addresses at which something was public once and is no more: that, when and why, and nothing of the text.';

grant select, insert on article_versions, article_notes, article_pictures, article_figures, articles, pictures, placements,
	article_previews, sites, site_sections to kheo_app;
grant update (unit_id, parent_id, slug, host, name_vi, name_en, owner_vi, owner_en, contact_vi, contact_en, palette, banner_id,
	comments_open, opened_at, closed_at, changed_at) on sites to kheo_app;
grant update (slug, name_vi, name_en, position, closed_at) on site_sections to kheo_app;
grant update (section_id, kind, slug, state, version, last_version, public_version, headline, headline_key, search_key, comments_open,
	published_at, changed_at) on articles to kheo_app;
grant update (alt, caption, credit, focal_x, focal_y, drawn_at) on pictures to kheo_app;
grant update (way, state, section_id, position, reason, shown_at, action_id) on placements to kheo_app;
grant update (ended_at) on article_previews to kheo_app;
grant select, insert, update on links, link_groups to kheo_app;
grant delete on links, link_groups to kheo_app;
grant select, insert, delete on menu_entries, article_tags, article_files, article_redirects, picture_renditions to kheo_app;
grant select on public_articles, withdrawn_articles to kheo_app;

insert into processing_entries (code, locale, valid, position, tables, what, whose, purpose, legal_base, retention, readers, place)
values
('newsroom', 'vi', '[2026-01-01,)', 8, '{articles,article_versions,article_notes,pictures,picture_renditions,article_files}',
	'Tin bài, ảnh, tên tác giả, người được nêu tên hoặc có trong ảnh', 'Tác giả; người được nêu trong tin bài, ảnh', 'Thông tin, tuyên truyền về công tác dân vận', 'Luật Báo chí; nhiệm vụ của cơ quan; ảnh không giữ toạ độ, thông tin máy chụp', 'Cùng trang thông tin; bài gỡ không còn đọc được công khai', 'Mọi người, sau khi xuất bản; trước đó là toà soạn của đơn vị và cấp trên', 'Máy chủ của cơ quan'),
('newsroom', 'en', '[2026-01-01,)', 8, '{articles,article_versions,article_notes,pictures,picture_renditions,article_files}',
	'Articles, pictures, authors, people named or pictured', 'Authors; people named or pictured', 'To inform about the work of people''s mobilisation', 'Press law; task of the office; pictures keep no coordinates and nothing of the camera', 'As long as the site; what is withdrawn can no longer be read in public', 'Everybody, once published; before that the newsroom of the unit and above it', 'The office''s own server')
on conflict (code, locale, valid) do nothing;
