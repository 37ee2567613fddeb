import type { Field } from '#lib/models/model.ts';

/** What models of the demonstration world do, by field. `%` stands for a place or a group that makes the name its own. */
export const OFFICE_DEEDS: Readonly<Record<Field, readonly string[]>> = {
	economy: [
		'Góp vốn xoay vòng giúp hộ nghèo % phát triển chăn nuôi',
		'Hỗ trợ hội viên % vay vốn làm chuồng trại hợp vệ sinh',
		'Kết nối tiêu thụ nông sản sạch cho nhân dân %',
		'Phiên chợ nông sản cuối tuần của người lao động với bà con %',
		'Tiết kiệm điện, nước và văn phòng phẩm, dành tiền giúp hộ nghèo %',
		'Chuyển giao kỹ thuật trồng quế, trồng tre măng cho nhân dân %',
		'Hướng dẫn nhân dân % bán hàng trên sàn thương mại điện tử',
		'Sáng kiến cải tiến kỹ thuật, gắn với giúp đỡ công nhân khó khăn %'
	],
	culture_society: [
		'Bếp ăn nghĩa tình cho người bệnh nghèo %',
		'Góp tóc, góp áo ấm cho học sinh vùng cao %',
		'Đỡ đầu trẻ mồ côi %',
		'Thu gom vỏ chai nhựa gây quỹ khuyến học %',
		'Vận động góp vốn xoay vòng mua bảo hiểm y tế cho người lao động %',
		'Tủ sách pháp luật lưu động phục vụ nhân dân %',
		'Khám, chữa bệnh lưu động cho người cao tuổi %',
		'Trồng và chăm sóc tuyến đường hoa cùng nhân dân %',
		'Xoá nhà tạm cho hội viên cựu chiến binh nghèo %'
	],
	defence_security: [
		'Tổ tự quản an ninh trật tự trong cơ quan và khu dân cư %',
		'Camera an ninh do nhân dân đóng góp %',
		'Cơ quan an toàn, không tội phạm và tệ nạn, cùng nhân dân %',
		'Giúp đỡ thanh niên lên đường nhập ngũ và gia đình %',
		'Đoạn đường tự quản an toàn giao thông %',
		'Tuyên truyền phòng, chống lừa đảo trên mạng cho nhân dân %'
	],
	political_system: [
		'Ngày thứ Bảy vì dân, giải quyết hồ sơ tồn cho nhân dân %',
		'Trả kết quả thủ tục hành chính tại nhà cho người cao tuổi %',
		'Nụ cười công sở, bốn xin bốn luôn với nhân dân %',
		'Đối thoại hằng tháng giữa lãnh đạo và người lao động %',
		'Chi bộ giúp chi bộ, đảng viên giúp hộ nghèo %',
		'Tổ công nghệ số giúp nhân dân % nộp hồ sơ trực tuyến',
		'Sinh hoạt chi bộ theo chuyên đề “Dân vận khéo” với nhân dân %'
	]
};

export const COMMUNE_DEEDS: Readonly<Record<Field, readonly string[]>> = {
	economy: [
		'Vận động nhân dân % góp vốn xoay vòng phát triển chăn nuôi',
		'Tổ hợp tác nuôi tôm - lúa %',
		'Câu lạc bộ đan lục bình xuất khẩu của phụ nữ %',
		'Chuyển đất lúa kém hiệu quả sang trồng khóm %',
		'Tiết kiệm 10.000 đồng mỗi tháng giúp phụ nữ nghèo %',
		'Cánh đồng lớn, bao tiêu lúa cho nông dân %',
		'Nhóm nông dân % làm kinh tế vườn theo hướng hữu cơ'
	],
	culture_society: [
		'Vận động góp vốn làm cầu, lộ, đèn đường nông thôn %',
		'Thu gom vỏ chai nhựa gây quỹ trong trường phổ thông %',
		'Vận động góp vốn xoay vòng mua bảo hiểm y tế %',
		'Phân loại rác tại nguồn ở khu dân cư %',
		'Hũ gạo tình thương giúp hộ neo đơn %',
		'Xe chở bệnh nhân nghèo miễn phí %',
		'Đưa học sinh qua sông an toàn %',
		'Nhà đại đoàn kết cho hộ nghèo %',
		'Nước sạch về với nhân dân %'
	],
	defence_security: [
		'Tiếng kẻng an ninh %',
		'Tổ tự quản bảo vệ đường biên, cột mốc %',
		'Tàu thuyền an toàn, ngư dân bám biển %',
		'Camera an ninh do nhân dân đóng góp %',
		'Xóm đạo bình yên, gia đình hoà thuận %',
		'Gia đình không có người vi phạm giao thông %'
	],
	political_system: [
		'Nâng cao chất lượng cải cách thủ tục hành chính %',
		'Ngày không hẹn, trả kết quả trong buổi cho nhân dân %',
		'Cán bộ xuống ấp nghe dân nói %',
		'Tổ hoà giải ở cơ sở không để đơn vượt cấp %',
		'Tổ công nghệ số cộng đồng giúp nhân dân %',
		'Đảng viên phụ trách hộ, nhóm hộ %'
	]
};

/** Communes that units of the bloc stand by; real names of Yên Bái before 1/7/2025. */
export const YEN_BAI_PLACES = [
	'xã Suối Giàng',
	'xã Púng Luông',
	'xã Mồ Dề',
	'xã Nậm Có',
	'xã Xuân Ái',
	'xã Tân Hợp',
	'xã Đại Lịch',
	'xã Phúc Lợi',
	'xã Minh Xuân',
	'phường Yên Thịnh',
	'phường Nguyễn Thái Học',
	'thị trấn Mậu A',
	'xã Bản Mù',
	'xã Nghĩa Lợi',
	'xã Hồng Ca',
	'xã Việt Thành',
	'xã Y Can',
	'xã Cảm Ân',
	'xã Vĩnh Kiên',
	'xã Mai Sơn'
] as const;
