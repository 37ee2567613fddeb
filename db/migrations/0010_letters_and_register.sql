-- Letters go out in the language that their reader chose; the register says how what people sign in with is kept.

alter table users add column if not exists language text
	constraint users_language_check check (language in ('vi', 'en'));
comment on column users.language is 'The language that the person chose while signed in, for letters; Vietnamese where they never did.';

update processing_entries set valid = daterange(lower(valid), '2026-11-22')
where code in ('account', 'sign_in') and lower(valid) < '2026-11-22' and upper_inf(valid);

insert into processing_entries (code, locale, valid, position, tables, what, whose, purpose, legal_base, retention, readers, place)
select code, locale, daterange('2026-11-22', null), position, tables,
	case code || ' ' || locale
		when 'account vi' then 'Họ tên, thư điện tử đăng nhập, ngôn ngữ đã chọn, vai trò ở đơn vị'
		when 'account en' then 'Name, e-mail address for signing in, chosen language, roles in units'
		when 'sign_in vi' then 'Phiên đăng nhập, địa chỉ mạng, trình duyệt; mật khẩu, mã dự phòng, mã truy cập và liên kết chỉ lưu dạng băm; '
			|| 'khoá của ứng dụng xác thực lưu dạng mã hoá; khoá truy cập chỉ lưu phần công khai'
		else 'Sessions, network address, browser; passwords, recovery codes, access tokens and links as hashes only; '
			|| 'the keys of authenticator apps encrypted; of passkeys the public part only'
	end,
	whose, purpose, legal_base, retention, readers, place
from processing_entries
where code in ('account', 'sign_in') and upper(valid) = '2026-11-22'
on conflict (code, locale, valid) do nothing;
