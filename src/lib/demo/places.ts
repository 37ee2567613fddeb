/** The 77 base units of the bloc, in the order of their codes; "~" marks a base cell, the rest are base committees. */
export const BLOC_UNITS =
	`Sở Nội vụ|Sở Tài chính|Sở Kế hoạch và Đầu tư|Sở Công Thương|Sở Nông nghiệp và Phát triển nông thôn|Sở Giao thông vận tải
Sở Xây dựng|Sở Tài nguyên và Môi trường|Sở Thông tin và Truyền thông|Sở Lao động - Thương binh và Xã hội|Sở Văn hoá, Thể thao và Du lịch
Sở Khoa học và Công nghệ|Sở Giáo dục và Đào tạo|Sở Y tế|Sở Tư pháp|Công ty Điện lực|Công ty Cấp nước|Công ty Xăng dầu|Công ty Bưu điện
Công ty Viễn thông|Công ty Môi trường và Công trình đô thị|Công ty Chè Trần Phú|Công ty Lâm nghiệp|Công ty Xi măng
Công ty Quản lý đường bộ I|Công ty Khai thác công trình thuỷ lợi|Công ty Xổ số kiến thiết|Công ty Dược phẩm|Công ty Cao su
Công ty Thuỷ điện Thác Bà|~Hội Cựu chiến binh tỉnh|~Hội Nông dân tỉnh|~Hội Liên hiệp Phụ nữ tỉnh|~Hội Chữ thập đỏ tỉnh|~Hội Nhà báo tỉnh
~Hội Luật gia tỉnh|~Hội Văn học nghệ thuật tỉnh|~Hội Khuyến học tỉnh|~Hội Người cao tuổi tỉnh|~Hội Làm vườn tỉnh
Ngân hàng Nông nghiệp và Phát triển nông thôn|Ngân hàng Công thương|Ngân hàng Đầu tư và Phát triển|Ngân hàng Ngoại thương
Ngân hàng Chính sách xã hội|Ngân hàng Nhà nước|~Văn phòng Tỉnh uỷ|Ban Tổ chức Tỉnh uỷ|Ban Tuyên giáo Tỉnh uỷ|~Ban Dân vận Tỉnh uỷ
Ban Nội chính Tỉnh uỷ|Uỷ ban Kiểm tra Tỉnh uỷ|~Văn phòng UBND tỉnh|Văn phòng Đoàn ĐBQH và HĐND tỉnh|Thanh tra tỉnh|~Toà án nhân dân tỉnh
Viện Kiểm sát nhân dân tỉnh|Cục Thuế tỉnh|~Cục Thống kê tỉnh|Kho bạc Nhà nước tỉnh|Bảo hiểm xã hội tỉnh|~Báo tỉnh
Đài Phát thanh - Truyền hình tỉnh|Trường Chính trị tỉnh|~Bệnh viện Đa khoa tỉnh|Bệnh viện Sản - Nhi|Bệnh viện Y học cổ truyền
~Trung tâm Kiểm soát bệnh tật|Trường Cao đẳng Sư phạm|Trường Cao đẳng Nghề|~Chi cục Kiểm lâm|Chi cục Thuỷ lợi|Ban Dân tộc
~Ban Quản lý các khu công nghiệp|Liên minh Hợp tác xã|Liên đoàn Lao động tỉnh|~Tỉnh đoàn`.split(/[|\n]/);

/** Districts of Kiên Giang in 2018 and their communes: x xã, p phường, t thị trấn. Real places, before the changes of 2025. */
export const KIEN_GIANG: readonly { name: string; communes: readonly string[] }[] = `
Thành uỷ Rạch Giá: p Vĩnh Thanh Vân, p Vĩnh Thanh, p Vĩnh Lạc, p Vĩnh Bảo, p An Hoà, p An Bình, p Rạch Sỏi, p Vĩnh Quang, p Vĩnh Hiệp, p Vĩnh Lợi, p Vĩnh Thông, x Phi Thông
Thành uỷ Hà Tiên: p Bình San, p Đông Hồ, p Pháo Đài, p Tô Châu, p Mỹ Đức, x Thuận Yên, x Tiên Hải
Huyện uỷ Phú Quốc: t Dương Đông, t An Thới, x Cửa Cạn, x Gành Dầu, x Cửa Dương, x Hàm Ninh, x Dương Tơ, x Hòn Thơm, x Bãi Thơm, x Thổ Châu
Huyện uỷ An Biên: t Thứ Ba, x Tây Yên, x Tây Yên A, x Nam Yên, x Hưng Yên, x Nam Thái, x Nam Thái A, x Đông Thái, x Đông Yên
Huyện uỷ An Minh: t Thứ Mười Một, x Thuận Hoà, x Đông Hoà, x Đông Thạnh, x Tân Thạnh, x Đông Hưng, x Đông Hưng A, x Đông Hưng B, x Vân Khánh, x Vân Khánh Đông, x Vân Khánh Tây
Huyện uỷ Châu Thành: t Minh Lương, x Mong Thọ, x Mong Thọ A, x Mong Thọ B, x Giục Tượng, x Vĩnh Hoà Hiệp, x Vĩnh Hoà Phú, x Minh Hoà, x Bình An, x Thạnh Lộc
Huyện uỷ Giang Thành: x Phú Mỹ, x Phú Lợi, x Tân Khánh Hoà, x Vĩnh Điều, x Vĩnh Phú
Huyện uỷ Giồng Riềng: t Giồng Riềng, x Bàn Tân Định, x Bàn Thạch, x Hoà An, x Hoà Hưng, x Hoà Lợi, x Hoà Thuận, x Long Thạnh, x Ngọc Chúc, x Ngọc Hoà, x Ngọc Thành, x Ngọc Thuận, x Thạnh Hoà, x Thạnh Hưng, x Thạnh Lộc, x Thạnh Phước, x Thạnh Bình, x Vĩnh Phú, x Vĩnh Thạnh
Huyện uỷ Gò Quao: t Gò Quao, x Định An, x Định Hoà, x Thới Quản, x Thuỷ Liễu, x Vĩnh Hoà Hưng Bắc, x Vĩnh Hoà Hưng Nam, x Vĩnh Phước A, x Vĩnh Phước B, x Vĩnh Thắng, x Vĩnh Tuy
Huyện uỷ Hòn Đất: t Hòn Đất, t Sóc Sơn, x Bình Giang, x Bình Sơn, x Lình Huỳnh, x Mỹ Hiệp Sơn, x Mỹ Lâm, x Mỹ Phước, x Mỹ Thái, x Mỹ Thuận, x Nam Thái Sơn, x Sơn Bình, x Sơn Kiên, x Thổ Sơn
Huyện uỷ Kiên Hải: x An Sơn, x Hòn Tre, x Lại Sơn, x Nam Du
Huyện uỷ Kiên Lương: t Kiên Lương, x Bình An, x Bình Trị, x Dương Hoà, x Hoà Điền, x Hòn Nghệ, x Kiên Bình, x Sơn Hải
Huyện uỷ Tân Hiệp: t Tân Hiệp, x Tân Hiệp A, x Tân Hiệp B, x Tân An, x Tân Hoà, x Tân Hội, x Tân Thành, x Thạnh Đông, x Thạnh Đông A, x Thạnh Đông B, x Thạnh Trị
Huyện uỷ U Minh Thượng: x An Minh Bắc, x Hoà Chánh, x Minh Thuận, x Thạnh Yên, x Thạnh Yên A, x Vĩnh Hoà
Huyện uỷ Vĩnh Thuận: t Vĩnh Thuận, x Bình Minh, x Phong Đông, x Tân Thuận, x Vĩnh Bình Bắc, x Vĩnh Bình Nam, x Vĩnh Phong, x Vĩnh Thuận`
	.trim()
	.split('\n')
	.map((line) => {
		const [name = '', list = ''] = line.split(': ');
		return { name, communes: list.split(', ').map(communeName) };
	});

function communeName(entry: string): string {
	const words = new Map([
		['x', 'xã'],
		['p', 'phường'],
		['t', 'thị trấn']
	]);
	return `${words.get(entry.slice(0, 1)) ?? ''} ${entry.slice(2)}`;
}

export const HAMLETS = [
	'ấp Hoà Bình',
	'ấp Minh Phong',
	'ấp Kinh Năm',
	'ấp Tân Phú',
	'ấp Đông Thành',
	'ấp Xẻo Lá',
	'ấp Thạnh Hưng',
	'ấp Mỹ Bình',
	'ấp Vĩnh Lộc',
	'ấp Bến Nhứt',
	'ấp Ngã Ba',
	'ấp Cây Trâm',
	'khu phố 1',
	'khu phố 3',
	'khu phố Minh An'
] as const;
