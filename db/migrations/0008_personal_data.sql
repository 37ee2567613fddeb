-- Personal data: what is processed and why, what people ask about it, how long it is kept, what they agreed to.

create table processing_entries (
	code text not null,
	locale text not null constraint processing_entries_locale_check check (locale in ('vi', 'en')),
	valid daterange not null,
	position integer not null,
	tables text[] not null,
	what text not null,
	whose text not null,
	purpose text not null,
	legal_base text not null,
	retention text not null,
	readers text not null,
	place text not null,
	constraint processing_entries_pk primary key (code, locale, valid),
	constraint processing_entries_no_overlap exclude using gist (code with =, locale with =, valid with &&)
);
comment on table processing_entries is 'The register of processing of personal data (Luật 91/2025/QH15), in both languages; changed by migrations.';
comment on column processing_entries.tables is 'Tables in which the data lie; a test finds one that is in no entry.';

create table retention_rules (
	code text not null,
	days integer not null constraint retention_rules_days_check check (days >= 0),
	valid daterange not null,
	constraint retention_rules_pk primary key (code, valid),
	constraint retention_rules_no_overlap exclude using gist (code with =, valid with &&)
);
comment on table retention_rules is 'How many days what is kept of each kind, counted from when it was last needed; carried out every night.';

create table data_requests (
	id uuid primary key,
	user_id uuid not null constraint data_requests_user_fk references users,
	unit_id uuid constraint data_requests_unit_fk references units,
	kind text not null constraint data_requests_kind_check check (kind in ('correction', 'erasure', 'objection')),
	wish text not null,
	asked_at timestamptz(3) not null default clock_timestamp(),
	answer_due_on date not null,
	act_due_on date not null,
	action_id uuid not null
);
create index data_requests_user_index on data_requests (user_id);
comment on table data_requests is 'What people ask about their own data, with the days by which the law wants an answer and the act.';

create table data_request_steps (
	id uuid primary key,
	request_id uuid not null constraint data_request_steps_request_fk references data_requests,
	step text not null constraint data_request_steps_step_check check (step in ('answer', 'carry_out', 'refuse')),
	note text not null,
	taken_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null,
	constraint data_request_steps_once_unique unique (request_id, step)
);
comment on table data_request_steps is 'What was done about a request, insert-only.';

create table consent_texts (
	purpose text not null,
	version integer not null,
	vi text not null,
	en text not null,
	valid daterange not null,
	constraint consent_texts_pk primary key (purpose, version),
	constraint consent_texts_no_overlap exclude using gist (purpose with =, valid with &&)
);
comment on table consent_texts is 'What a consent says, word for word, from day to day; changed by migrations. No text, no question.';

create table consents (
	id uuid primary key,
	user_id uuid not null constraint consents_user_fk references users,
	purpose text not null,
	version integer not null,
	given boolean not null,
	acted_at timestamptz(3) not null default clock_timestamp(),
	action_id uuid not null,
	constraint consents_text_fk foreign key (purpose, version) references consent_texts
);
create index consents_user_index on consents (user_id, purpose, id);
comment on table consents is 'Consents given and withdrawn, insert-only; without a row there is none.';

create function remove_idempotency_keys(before timestamptz) returns bigint language sql security definer set search_path = public as $$
	with removed as (
		delete from idempotency_keys where created_at < least(before, now() - interval '1 day') returning 1
	) select count(*) from removed;
$$;
comment on function remove_idempotency_keys is 'The application may not remove answers that a retry may still ask for.';
revoke execute on function remove_idempotency_keys from public;
grant execute on function remove_idempotency_keys to kheo_app;

insert into retention_rules (code, days, valid) values
	('account_links', 90, '[2026-01-01,)'),
	('outbox', 30, '[2026-01-01,)'),
	('idempotency_keys', 30, '[2026-01-01,)'),
	('imports', 180, '[2026-01-01,)');

insert into processing_entries (code, locale, valid, position, tables, what, whose, purpose, legal_base, retention, readers, place) values
('account', 'vi', '[2026-01-01,)', 1, '{users,role_grants}',
	'Họ tên, thư điện tử đăng nhập, vai trò ở đơn vị', 'Cán bộ có tài khoản', 'Biết ai đang làm việc và được làm gì',
	'Thực hiện nhiệm vụ của cơ quan (Luật 91/2025/QH15)', 'Đến khi yêu cầu xoá được thực hiện; vai trò giữ cùng nhật ký', 'Người quản trị của đơn vị; người đó', 'Máy chủ của cơ quan'),
('account', 'en', '[2026-01-01,)', 1, '{users,role_grants}',
	'Name, e-mail address for signing in, roles in units', 'Officials with an account', 'To know who works and what they may do',
	'Task of the office (Law 91/2025/QH15)', 'Until a request for erasure is carried out; roles as long as the log', 'The unit''s administrator; the person', 'The office''s own server'),
('sign_in', 'vi', '[2026-01-01,)', 2, '{sessions,credentials,setup_links,totp_secrets,recovery_codes,passkeys,pending_steps,account_links,sign_in_throttles,api_tokens}',
	'Phiên đăng nhập, địa chỉ mạng, trình duyệt; mật khẩu và mã chỉ lưu dạng băm', 'Cán bộ có tài khoản', 'Đăng nhập an toàn, phát hiện dò mật khẩu',
	'Thực hiện nhiệm vụ; nghĩa vụ bảo vệ dữ liệu (Luật 91/2025/QH15)', 'Phiên: xoá trong giờ khi kết thúc; lần thử sai: 1 ngày; liên kết: 90 ngày sau khi hết hạn', 'Người đó', 'Máy chủ của cơ quan'),
('sign_in', 'en', '[2026-01-01,)', 2, '{sessions,credentials,setup_links,totp_secrets,recovery_codes,passkeys,pending_steps,account_links,sign_in_throttles,api_tokens}',
	'Sessions, network address, browser; passwords and codes as hashes only', 'Officials with an account', 'Safe sign-in, finding those who guess passwords',
	'Task of the office; duty to protect data (Law 91/2025/QH15)', 'Sessions: within the hour in which they end; failed tries: 1 day; links: 90 days after they expire', 'The person', 'The office''s own server'),
('log', 'vi', '[2026-01-01,)', 3, '{actions,role_grants,report_signatures}',
	'Tên người làm, việc, thời điểm, lý do', 'Cán bộ có tài khoản', 'Chứng minh ai đã quyết định gì; phát hiện sửa xoá',
	'Lưu trữ hồ sơ công vụ; thực hiện nhiệm vụ của cơ quan', 'Cùng thời hạn với hồ sơ mà nhật ký chứng minh; không sửa được', 'Người kiểm tra, người quản trị của đơn vị', 'Máy chủ của cơ quan'),
('log', 'en', '[2026-01-01,)', 3, '{actions,role_grants,report_signatures}',
	'Name of who acted, act, time, reason', 'Officials with an account', 'To prove who decided what; to find alterations',
	'Archiving of official records; task of the office', 'As long as the records that the log proves; cannot be altered', 'Auditors and administrators of the unit', 'The office''s own server'),
('sealed', 'vi', '[2026-01-01,)', 4, '{sealed_cases,sealed_fields,sealed_keys,sealed_handlers,sealed_erasures}',
	'Danh tính người gửi đơn, mã hoá', 'Người phản ánh, kiến nghị, khiếu nại, tố cáo', 'Trả lời và xác minh đơn',
	'Luật Tiếp công dân, Luật Khiếu nại, Luật Tố cáo', 'Theo thời hạn của hồ sơ đơn; xoá bằng cách huỷ khoá', 'Chỉ người thụ lý, mỗi lần mở có lý do', 'Máy chủ của cơ quan; khoá giữ riêng'),
('sealed', 'en', '[2026-01-01,)', 4, '{sealed_cases,sealed_fields,sealed_keys,sealed_handlers,sealed_erasures}',
	'Who sent a petition, encrypted', 'Senders of petitions of all four classes', 'To answer and to verify petitions',
	'Laws on citizen reception, complaints and denunciations', 'As long as the case; erased by destroying its key', 'Its handlers only, each opening with a reason', 'The office''s own server; the key apart'),
('mail', 'vi', '[2026-01-01,)', 5, '{outbox}',
	'Địa chỉ nhận và nội dung thư của hệ thống', 'Cán bộ có tài khoản', 'Gửi lời mời, liên kết một lần, thông báo', 'Thực hiện nhiệm vụ của cơ quan', '30 ngày', 'Người quản trị', 'Máy chủ của cơ quan; máy chủ thư của cơ quan'),
('mail', 'en', '[2026-01-01,)', 5, '{outbox}',
	'Recipient and text of mail that the system sends', 'Officials with an account', 'Invitations, one-time links, notices', 'Task of the office', '30 days', 'Administrators', 'The office''s own server and mail server'),
('lists', 'vi', '[2026-01-01,)', 6, '{imports,import_rows,files,attachments,models,registrations}',
	'Danh sách, tệp do cơ quan tải lên; mô hình của cá nhân có thể nêu tên', 'Người được nêu trong mô hình, danh sách', 'Đăng ký, xét và công nhận mô hình', 'Thực hiện nhiệm vụ của cơ quan', 'Tệp danh sách: 180 ngày sau khi ghi hoặc bỏ; mô hình: cùng hồ sơ', 'Cán bộ của đơn vị và cấp trên', 'Máy chủ của cơ quan'),
('lists', 'en', '[2026-01-01,)', 6, '{imports,import_rows,files,attachments,models,registrations}',
	'Lists and files from offices; models of individuals may name them', 'People named in models and lists', 'Registering, appraising and recognising models', 'Task of the office', 'Files of lists: 180 days after they were written or discarded; models: as the record', 'Officials of the unit and above it', 'The office''s own server'),
('rights', 'vi', '[2026-01-01,)', 7, '{data_requests,data_request_steps,consents}',
	'Yêu cầu về dữ liệu của mình, sự đồng ý', 'Cán bộ có tài khoản', 'Thực hiện quyền của chủ thể dữ liệu', 'Luật 91/2025/QH15', 'Cùng nhật ký', 'Người đó; người quản trị của đơn vị', 'Máy chủ của cơ quan'),
('rights', 'en', '[2026-01-01,)', 7, '{data_requests,data_request_steps,consents}',
	'Requests about one''s own data, consents', 'Officials with an account', 'Rights of the people concerned', 'Law 91/2025/QH15', 'As long as the log', 'The person; the unit''s administrator', 'The office''s own server');

grant select on processing_entries, retention_rules, consent_texts to kheo_app;
grant select, insert on data_requests, data_request_steps, consents to kheo_app;
grant delete on imports, files to kheo_app;
