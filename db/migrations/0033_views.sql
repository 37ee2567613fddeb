-- How often articles are read: counted once for each reader and hour, without keeping who it was.

create table article_views (
	article_id uuid not null constraint article_views_article_fk references articles,
	site_id uuid not null constraint article_views_site_fk references sites,
	on_date date not null,
	view_count integer not null constraint article_views_count_check check (view_count > 0),
	constraint article_views_pk primary key (article_id, site_id, on_date)
);
create index article_views_site_index on article_views (site_id, on_date);
comment on table article_views is 'How many readers an article had on a site on a legal day: each counted once in an hour, programs and reloads not.';

create table view_journals (
	id text constraint view_journals_pk primary key,
	folded_bytes bigint not null constraint view_journals_bytes_check check (folded_bytes > 0),
	folded_at timestamptz(3) not null default clock_timestamp()
);
comment on table view_journals is
	'Up to where the journal of views of a process is counted: moved together with the counts, so that nothing is counted twice.';

create unlogged table view_keys (
	hour integer constraint view_keys_pk primary key,
	key bytea not null
);
comment on table view_keys is
	'The key under which all processes recognise a reader within one hour (hours since 1970); gone when the hour is over, and in no archive.';

create unlogged table view_marks (
	hour integer not null,
	mark bigint not null,
	constraint view_marks_pk primary key (hour, mark)
);
comment on table view_marks is
	'What was counted in the present hours: 64 bits of an HMAC over address, browser and article. Nobody can tell them apart once the key is gone.';

grant select, insert, update on article_views to kheo_app;
grant select, insert, update, delete on view_journals to kheo_app;
grant select, insert, delete on view_keys, view_marks to kheo_app;

insert into processing_entries (code, locale, valid, position, tables, what, whose, purpose, legal_base, retention, readers, place)
values
('views', 'vi', '[2026-01-01,)', 9, '{article_views,view_marks,view_keys}',
	'Số lượt đọc từng bài theo ngày; trong một giờ có mã băm có khoá của địa chỉ mạng và trình duyệt, không lưu địa chỉ, không dùng cookie', 'Người đọc trang công khai', 'Đếm lượt đọc trung thực, mỗi người một lượt trong một giờ', 'Nhiệm vụ của cơ quan', 'Khoá bị huỷ khi hết giờ, từ đó mã băm không còn chỉ ra ai; mã băm xoá sau một ngày; số đếm giữ cùng bài', 'Chỉ số đếm là công khai', 'Máy chủ của cơ quan'),
('views', 'en', '[2026-01-01,)', 9, '{article_views,view_marks,view_keys}',
	'How often each article was read on each day; within an hour a keyed hash of network address and browser; no address is kept, no cookie set', 'Readers of public pages', 'To count readings honestly, once for each reader and hour', 'Task of the office', 'The key is destroyed when its hour is over, after which no hash points to anybody; hashes go after a day; counts stay with the article', 'Only the counts are public', 'The office''s own server')
on conflict (code, locale, valid) do nothing;
