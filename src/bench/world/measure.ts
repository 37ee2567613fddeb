import { sql } from 'kysely';
import { z } from 'zod';
import { COUNTED_BY_UNIT } from '#lib/catalogue.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import type { Db } from '#lib/server/db.ts';
import { time_ms, type Measured } from '../table.ts';
import { measureArchive } from './archive.ts';
import { measureExports } from './exports.ts';
import { measureFigures } from './figures.ts';
import { measureGrowth } from './growth.ts';
import { measureLists } from './lists.ts';
import { openWorld, WORLDS, type Progress } from './world.ts';

const Name = z.enum(['province', 'national']);

/** Opens a made-up world under `folder`, making what is missing, and measures what is asked most on it. */
export async function measureWorld(name: string, folder: string): Promise<Measured[]> {
	const { db, data, close } = await openWorld(WORLDS[Name.parse(name)], folder, progress());
	try {
		await foldAll(db);
		await tellSize(db, data);
		const measured: Measured[] = [];
		const parts = [
			() => measureFigures(db),
			() => measureLists(db),
			() => measureExports(db, data),
			() => measureArchive(db, { data, folder }),
			...(name === 'national' ? [() => measureGrowth(db, { folder, progress: progress() })] : [])
		];
		for (const part of parts) {
			measured.push(...(await part()));
			say(`${measured.length} measured`);
		}
		return measured;
	} finally {
		await close();
	}
}

/** What the server does in the background. */
async function foldAll(db: Db): Promise<void> {
	let folded = { folded: 0, built: 0 };
	const taken = await time_ms(async () => (folded = await fold(db, COUNTED_BY_UNIT)));
	say(`folded ${JSON.stringify(folded)} in ${Math.round(taken / 1000)} s`);
}

async function tellSize(db: Db, data: string): Promise<void> {
	const { rows } = await sql<{
		units: number;
		registrations: number;
		postings: number;
		cells: number;
		reports: number;
		mb: number;
	}>`
		select (select count(*)::bigint from units) as units, (select count(*)::bigint from registrations) as registrations,
			(select count(*)::bigint from postings) as postings, (select count(*)::bigint from cells) as cells, (select count(*)::bigint from reports) as reports,
			pg_database_size(current_database()) / 1000000 as mb`.execute(db);
	say(`${data}: ${JSON.stringify(rows[0])}`);
}

/** A line on the screen after each piece, with the minutes that are left at this pace. */
function progress(): Progress {
	const begun = performance.now();
	let made = 0;
	return (done, all, last) => {
		made += 1;
		const left_min = ((performance.now() - begun) / made) * ((all - done) / 60_000);
		say(`${done}/${all} ${last}, ${Math.ceil(left_min)} min left`);
	};
}

function say(text: string): void {
	process.stderr.write(`· ${text}\n`);
}
