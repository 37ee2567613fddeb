import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { solve } from '#lib/comments/comments.sample.ts';
import { officeList } from './lists.ts';

/** The demonstration office's public site and its newest article. */
export const SITE = '/khoi-yen-bai';
export const NEWEST = 'so-ket-cong-tac-dan-van-6-thang-dau-nam-2024-viec-kho-duoc-ban-truoc-voi-dan';

const Work = z.object({ pass: z.string(), bits: z.number() });

/** Things in the demonstration world whose addresses nobody knows beforehand. */
export type Prepared = {
	/** Registrations of the bloc by state. */
	models: Record<
		'draft' | 'submitted' | 'returned' | 'registered' | 'appraised' | 'recognised' | 'not_recognised',
		string
	>;
	/** Reports of the province by how far they came; after the signature one of their figures changed. */
	reports: Record<'draft' | 'submitted' | 'approved' | 'signed', string>;
	/** Lists of the training office that were read, not written: one in order, one with mistakes. */
	imports: Record<'ready' | 'refused', string>;
	/** An account with a role, as its administrator meets it. */
	users: Record<'leader', string>;
	/** Of the demonstration office's newsroom: articles by state, its site, a picture. */
	newsroom: Record<'draft' | 'published' | 'site' | 'picture' | 'waiting' | 'shown' | 'ownComment', string>;
};

/** A signed-in person's way to read pages and send forms, as a browser without script does. */
export type Clerk = {
	read: (path: string) => Promise<string>;
	/** Sends a form; answers where it leads. */
	send: (path: string, form: Record<string, string>) => Promise<string>;
	/** Sends a form; answers the page that comes back. */
	post: (path: string, form: Record<string, string>) => Promise<string>;
	/** Sends a form with a file; answers where it leads. */
	upload: (path: string, form: Record<string, string | File>) => Promise<string>;
};

/** Works as the person who is signed in to this browser. */
export function clerk({ request }: BrowserContext, address: string): Clerk {
	const headers = { origin: address, accept: 'text/html' };
	const target = (path: string, response: { status: () => number; headers: () => Record<string, string> }) => {
		const { location } = response.headers();
		if (response.status() !== 303 || location === undefined) throw new Error(`${path} answered ${response.status()}`);
		return location;
	};
	return {
		read: async (path) => (await request.get(path)).text(),
		send: async (path, form) => target(path, await request.post(path, { form, headers, maxRedirects: 0 })),
		post: async (path, form) => (await request.post(path, { form, headers })).text(),
		upload: async (path, form) => {
			const multipart = new FormData();
			for (const [name, value] of Object.entries(form)) multipart.append(name, value);
			return target(path, await request.post(path, { multipart, headers, maxRedirects: 0 }));
		}
	};
}

/** Nothing prepared yet: for the names of pages only. */
export const NOTHING: Prepared = {
	models: { draft: '', submitted: '', returned: '', registered: '', appraised: '', recognised: '', not_recognised: '' },
	reports: { draft: '', submitted: '', approved: '', signed: '' },
	imports: { ready: '', refused: '' },
	users: { leader: '' },
	newsroom: { draft: '', published: '', site: '', picture: '', waiting: '', shown: '', ownComment: '' }
};

/** Does enough work in the demonstration world that every page has something to show. */
export async function prepare(
	people: Record<'officer' | 'province' | 'trainee' | 'administrator' | 'newsroom', Clerk>
): Promise<Prepared> {
	const [models, reports, imports, users, newsroom] = await Promise.all([
		prepareModels(people.officer),
		prepareReports(people.province),
		prepareImports(people.trainee),
		findUsers(people.administrator),
		findNewsroom(people.newsroom)
	]);
	return { models, reports, imports, users, newsroom };
}

async function findNewsroom({ read, post }: Clerk): Promise<Prepared['newsroom']> {
	const found = async (path: string, pattern: RegExp) => {
		const [, id] = pattern.exec(await read(path)) ?? [];
		if (!id) throw new Error(`${path} names nothing`);
		return id;
	};
	const ARTICLE = /href="\/newsroom\/([0-9a-f-]{36})"/;
	const COMMENT = /href="\/newsroom\/comments\/([0-9a-f-]{36})"/;
	const published = await found('/newsroom?state=published&q=so+ket', ARTICLE);
	return {
		draft: await found('/newsroom?state=draft', ARTICLE),
		published,
		site: await found('/newsroom/sites', /href="\/newsroom\/sites\/([0-9a-f-]{36})"/),
		picture: await found(`/newsroom/${published}`, /\/pictures\/([0-9a-f-]{36})\//),
		waiting: await found('/newsroom/comments', COMMENT),
		shown: await found('/newsroom/comments?view=shown', COMMENT),
		ownComment: await sendComment(post)
	};
}

/** Sends a comment as a reader does; answers where its sender takes it back. */
async function sendComment(post: Clerk['post']): Promise<string> {
	const path = `${SITE}/binh-luan/${NEWEST}`;
	const { pass, bits } = Work.parse(JSON.parse(await post(`${path}/kiem-tra`, {})));
	const form = { name: 'Sùng A Chống', text: 'Bài viết rõ.', consent: 'on', pass, solution: solve(pass, bits) };
	const [, withdrawal] = /href="https?:\/\/[^/"]+(\/[^"]+\/rut\/[\w-]+)"/.exec(await post(path, form)) ?? [];
	if (!withdrawal) throw new Error(`${path} gave no link`);
	return withdrawal;
}

async function prepareModels({ read, send, upload }: Clerk): Promise<Prepared['models']> {
	const first = async (state: string) => idIn(await read(`/models?unit=YB-DUK&state=${state}`));
	const [draft, submitted, returned, registered, recognised, notRecognised] = await Promise.all(
		['draft', 'submitted', 'returned', 'registered', 'recognised', 'not_recognised'].map(first)
	);
	const appraised = idIn(await read('/models?unit=YB-DUK-20&state=registered'));
	const points = { name: '9', fit: '18', forces: '17,5', outcome: '26', spread: '18' };
	const marks = Object.fromEntries(Object.entries(points).map(([code, given]) => [`points.${code}`, given]));
	await send(`/models/${appraised}/appraisal`, { key: randomUUID(), ...marks, remark: 'Kết quả kiểm chứng được.' });
	const plan = new File(['%PDF-1.4\n%%EOF\n'], 'Kế hoạch thực hiện.pdf', { type: 'application/pdf' });
	await upload(`/models/${registered}/attachments?/attach`, { file: plan, caption: 'Kế hoạch năm 2024' });
	return {
		draft: draft ?? '',
		submitted: submitted ?? '',
		returned: returned ?? '',
		registered: registered ?? '',
		recognised: recognised ?? '',
		not_recognised: notRecognised ?? '',
		appraised
	};
}

async function prepareReports({ send }: Clerk): Promise<Prepared['reports']> {
	const begin = async () => {
		const form = { template: 'half-year', asOf: '30/6/2019', from: '', structure: 'then' };
		return (await send('/reports/new?unit=KG', form)).replace('/reports/', '');
	};
	const [draft, submitted, approved, signed] = [await begin(), await begin(), await begin(), await begin()];
	for (const id of [submitted, approved, signed]) await send(`/reports/${id}/submission`, {});
	for (const id of [approved, signed]) await send(`/reports/${id}/approval`, {});
	await send(`/reports/${signed}/signature`, { number: '112', signedOn: '05/7/2019', signerName: 'Danh Thị Ngọc' });
	return { draft, submitted, approved, signed };
}

async function prepareImports({ read, upload }: Clerk): Promise<Prepared['imports']> {
	const send = async (unknownUnits: number) => {
		const list = officeList({ year: 2023, seed: 7, unknownUnits });
		const file = new File([new Uint8Array(list)], `dang-ky-${unknownUnits}.xlsx`);
		const location = await upload('/models/import', { unit: 'TH-DUK', year: '2023', level: '', file });
		return location.replace('/models/import/', '');
	};
	const imports = { ready: await send(0), refused: await send(3) };
	for (const id of Object.values(imports)) await wasRead(read, id);
	return imports;
}

async function wasRead(read: Clerk['read'], id: string): Promise<void> {
	for (let waited_s = 0; waited_s < 30; waited_s += 1) {
		if (!(await read(`/models/import/${id}`)).includes('Đang đọc danh sách')) return;
		await setTimeout(1000);
	}
	throw new Error('the list was not read within half a minute');
}

async function findUsers({ read }: Clerk): Promise<Prepared['users']> {
	const id = /href="\/accounts\/([0-9a-f-]{36})\?[^"]*">Hoàng Văn Sơn/.exec(await read('/accounts?unit=YB-DUK'))?.[1];
	if (!id) throw new Error('the leader has no account');
	return { leader: id };
}

function idIn(html: string): string {
	const id = /href="\/models\/([0-9a-f-]{36})"/.exec(html)?.[1];
	if (!id) throw new Error('the list has no model');
	return id;
}
