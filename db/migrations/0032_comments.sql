-- What readers say under public articles: read by the newsroom before it is shown. Of who sends it nothing is kept but the name
-- that was typed; counts against floods are kept under hashes whose key ends with the day.

create table comments (
	id uuid primary key,
	article_id uuid not null constraint comments_article_fk references articles,
	site_id uuid not null constraint comments_site_fk references sites,
	state text not null default 'waiting'
		constraint comments_state_check check (state in ('waiting', 'shown', 'refused', 'removed')),
	name text not null constraint comments_name_check check (length(name) <= 60),
	body text not null constraint comments_body_check check (length(body) <= 2000),
	consent_version smallint not null,
	received_at timestamptz(3) not null default clock_timestamp(),
	reason text constraint comments_reason_check
		check (reason in ('insult', 'unverified', 'personal', 'advertising', 'off_topic', 'impersonation', 'unlawful', 'asked', 'other')),
	note text constraint comments_note_check check (length(note) <= 500),
	decided_at timestamptz(3),
	reported_at timestamptz(3),
	reply text constraint comments_reply_check check (length(reply) between 1 and 2000),
	replied_at timestamptz(3),
	action_id uuid,
	constraint comments_reason_given_check check ((reason is not null) = (state in ('refused', 'removed'))),
	constraint comments_decided_check check ((decided_at is null) = (state = 'waiting')),
	constraint comments_reply_shown_check check (reply is null or state in ('shown', 'removed'))
);
create index comments_article_index on comments (article_id, received_at, id) where state in ('shown', 'removed');
create index comments_full_index on comments (article_id) where state = 'waiting';
create index comments_site_index on comments (site_id, state, received_at, id);
create index comments_reported_index on comments (site_id, reported_at, id) where reported_at is not null;
create index comments_decided_index on comments (decided_at) where state in ('refused', 'removed');
comment on table comments is 'Comments of readers, shown once the newsroom has read them. Who sent one is not known beyond the name typed.';
comment on column comments.id is 'That of the pass it came with: a pass serves once.';
comment on column comments.site_id is 'The home of the article, whose newsroom reads it.';
comment on column comments.name is 'As typed; empty once a comment that was taken down is erased.';
comment on column comments.consent_version is 'Which wording of the consent was agreed to.';
comment on column comments.reported_at is 'Since when readers'' reports wait to be looked at; null: none do.';
comment on column comments.action_id is 'The last decision.';

create table comment_reports (
	comment_id uuid not null constraint comment_reports_comment_fk references comments on delete cascade,
	reason text not null
		constraint comment_reports_reason_check check (reason in ('insult', 'unverified', 'personal', 'advertising', 'impersonation', 'unlawful', 'other')),
	report_count integer not null constraint comment_reports_count_check check (report_count > 0),
	reported_at timestamptz(3) not null,
	constraint comment_reports_pk primary key (comment_id, reason)
);
comment on table comment_reports is 'How often readers reported a shown comment, by reason; nothing about who did.';

create unlogged table comment_rates (
	key text primary key,
	request_count integer not null,
	ends_at timestamptz(3) not null
);
create index comment_rates_ends_index on comment_rates (ends_at);
comment on table comment_rates is
	'What was sent lately by network address (as a keyed hash) and by site, shared by all processes; may be lost.';

create unlogged table comment_keys (
	day date primary key,
	key bytea not null
);
comment on table comment_keys is 'The key of today''s hashes of network addresses; yesterday''s is gone, and with it what they were hashes of.';

grant select, insert, delete on comments to kheo_app;
grant update (state, name, body, reason, note, decided_at, reported_at, reply, replied_at, action_id) on comments to kheo_app;
grant select, insert, update, delete on comment_reports, comment_rates, comment_keys to kheo_app;

insert into retention_rules (code, days, valid) values ('comments', 30, '[2026-01-01,)'), ('comments_waiting', 180, '[2026-01-01,)')
on conflict (code, valid) do nothing;

insert into processing_entries (code, locale, valid, position, tables, what, whose, purpose, legal_base, retention, readers, place)
values
('comments', 'vi', '[2026-01-01,)', 9, '{comments,comment_reports,comment_rates,comment_keys}',
	'Tên người gửi tự ghi và nội dung bình luận; không lấy thư điện tử, điện thoại. Địa chỉ mạng chỉ được băm bằng khoá đổi mỗi ngày để chặn gửi dồn dập, không gắn với bình luận',
	'Bạn đọc gửi bình luận, báo bình luận có vấn đề', 'Đăng ý kiến bạn đọc dưới bài; chặn gửi dồn dập',
	'Sự đồng ý của người gửi khi gửi (Luật 91/2025/QH15)',
	'Đã đăng: cùng bài. Không đăng hoặc đã gỡ: xoá sau 30 ngày. Chưa xét: 180 ngày. Mã băm địa chỉ mạng: nhiều nhất 1 ngày',
	'Trước khi đăng: toà soạn của đơn vị và cấp trên; sau khi đăng: mọi người', 'Máy chủ của cơ quan'),
('comments', 'en', '[2026-01-01,)', 9, '{comments,comment_reports,comment_rates,comment_keys}',
	'The name that the sender typed and the text; no e-mail address, no telephone. Network addresses only as hashes with a key that changes daily, against floods, not tied to a comment',
	'Readers who comment or report a comment', 'To show readers'' opinions below articles; to stop floods',
	'The sender''s consent on sending (Law 91/2025/QH15)',
	'Shown: as long as the article. Refused or taken down: erased after 30 days. Undecided: 180 days. Hashes of addresses: 1 day at most',
	'Before it is shown: the newsroom of the unit and above it; then everybody', 'The office''s own server')
on conflict (code, locale, valid) do nothing;
