import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#lib/server/settings.ts';
import { SITE } from '../e2e/prepared.ts';
import { run } from './tools.ts';

/** An article of today, taken over from an old site with all that texts there hold: news maps hold what is new only. */
export async function publishToday(data: string, folder: string): Promise<void> {
	const file = join(folder, 'old-site.xml');
	await writeFile(file, oldSite(new Date()));
	const importing = [
		'src/cli/kheo.ts',
		'import',
		'articles',
		file,
		'--site',
		SITE.slice(1),
		'--section',
		`Tin=tin-hoat-dong`
	];
	const { code, said, complained } = await run(
		process.execPath,
		importing.map((part) => (part.endsWith('.ts') ? join(projectFolder(), part) : part)),
		{
			KHEO_DATA: data
		}
	);
	if (code !== 0) throw new Error(said + complained);
}

function oldSite(at: Date): string {
	return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Trang cũ</title>
<link>https://trang-cu.example/</link><description>Tin</description><item>
<title>Bà con hiến đất mở rộng đường vào bản</title><link>https://trang-cu.example/tin/hien-dat.html</link>
<guid>https://trang-cu.example/?p=12</guid><pubDate>${at.toUTCString()}</pubDate><category>Tin</category>
<description>Sau ba buổi họp, 12 hộ thống nhất hiến 480 m2 đất.</description>
<content:encoded><![CDATA[<p>Sau ba buổi họp, <strong>12 hộ</strong> thống nhất hiến 480 m2 đất.</p><h2>Dân bàn trước</h2>
<ul><li>Đường rộng 4 m</li><li>Rãnh thoát nước hai bên</li></ul>
<table><tr><th>Hộ</th><th>Diện tích</th></tr><tr><td>Hộ thứ nhất</td><td>40</td></tr></table>
<blockquote>Đường của mình thì mình làm.</blockquote>]]></content:encoded>
</item></channel></rss>
`;
}
