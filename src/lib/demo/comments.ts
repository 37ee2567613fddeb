import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { createCipher } from '#lib/accounts/cipher.server.ts';
import { operator } from '#lib/accounts/actor.ts';
import { CommentForm } from '#lib/comments/comment.schema.ts';
import { accept, refuse, reply, takeDown } from '#lib/comments/moderation.server.ts';
import { givePass } from '#lib/comments/pass.server.ts';
import { sendComment } from '#lib/comments/receive.server.ts';
import type { Db } from '#lib/server/db.ts';

/** Invented readers' comments on the demonstration articles: shown, answered, taken down, waiting and refused ones. */

const actor = operator('Dữ liệu minh hoạ');
const { sign } = createCipher(randomBytes(32).toString('base64url'));

type Said = readonly [name: string, text: string];

const ANSWERED: Said = ['Nông Văn Tính', 'Cho hỏi mô hình bếp ăn nhận góp gạo ở đâu, vào những ngày nào trong tuần?'];
const REMOVED: Said = ['Bạn đọc', 'Ai cần vay vốn nhanh thì gọi cho tôi.'];
const SHOWN: readonly Said[] = [
	[
		'Lò Thị Hoa',
		'Việc bàn trước với dân ở bản tôi cũng làm được hai năm nay. Mong bài sau nói kỹ hơn cách chọn người chịu trách nhiệm.'
	],
	['Hoàng Đức', 'Số liệu rõ, bấm vào xem được từng mô hình. Nên có thêm ảnh trước và sau khi làm.']
];
const WAITING: readonly Said[] = [
	['Giàng A Páo', 'Đường vào bản tôi làm xong từ tháng 3, nhờ toà soạn về xem.'],
	['Trần Thị Mai', 'Bài viết hay.\n\nXin hỏi hội nghị có bàn việc nước sạch cho xã vùng cao không?'],
	['Khách', '<b>Bán đất nền giá rẻ</b> <script>alert(1)</script>']
];
const REFUSED: Said = ['Ẩn danh', 'Chê bai không liên quan đến bài.'];

/** Puts them below the newest articles of the demonstration office. */
export async function openComments(db: Db): Promise<void> {
	const { rows } = await sql<{ slug: string }>`
		select a.slug from public_articles a join sites s on s.id = a.site_id
		where s.slug = ${SITE} and a.way = 'home' order by a.shown_at desc limit 2`.execute(db);
	const [newest = '', second = ''] = rows.map(({ slug }) => slug);
	const shown: string[] = [];
	for (const said of SHOWN) shown.push(await say(db, newest, said));
	const answered = await say(db, newest, ANSWERED);
	const removed = await say(db, newest, REMOVED);
	await accept(db, actor, { ids: [...shown, answered, removed] });
	await reply(db, actor, {
		ids: [answered],
		reply: 'Bếp nhận góp gạo mỗi sáng thứ Ba và thứ Sáu, tại cửa bếp; sổ ghi treo ngay đó.'
	});
	await takeDown(db, actor, { id: removed, reason: 'advertising', note: null });
	for (const said of WAITING) await say(db, newest, said);
	await say(db, second, ['Đinh Thị Thu', 'Chúc bếp đỏ lửa mãi!']);
	await refuse(db, actor, { ids: [await say(db, second, REFUSED)], reason: 'off_topic', note: null });
}

const SITE = 'khoi-yen-bai';
let senders = 0;

/** Sends as a reader does, and answers the comment's id. */
async function say(db: Db, article: string, [name, text]: Said): Promise<string> {
	senders += 1;
	const now = new Date();
	const pass = givePass(sign, { subject: `${SITE}/${article}/`, kind: 'wait', amount: 0, now });
	const form = CommentForm.parse({ name, text, consent: 'on', pass });
	const door = { site: SITE, article, address: `192.0.2.${senders}`, sign, now };
	const { kind } = await sendComment(db, door, form);
	if (kind !== 'received') throw new Error(`a comment of the demonstration was not taken in: ${kind}`);
	return pass.slice(0, pass.indexOf('.'));
}
