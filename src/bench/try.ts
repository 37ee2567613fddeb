import { openWorld, WORLDS } from './world/world.ts';
import { measureFigures } from './world/figures.ts';
import { formatTable } from './table.ts';
import { fold } from '#lib/ledger/fold.server.ts';
import { checkCells } from '#lib/ledger/check.server.ts';
import { sql } from 'kysely';
const name = process.argv[2] === 'national' ? 'national' : 'province';
const { db, close } = await openWorld(WORLDS[name], '/tmp/work/lead-worlds', () => {});
let t = performance.now();
console.log(await fold(db), Math.round(performance.now() - t), 'ms fold');
console.log((await sql`select folding, count(*), pg_size_pretty(pg_total_relation_size('cells')) from cells group by 1 order by 1`.execute(db)).rows);
if (process.argv[3] === 'check') { t = performance.now(); console.log(await checkCells(db), Math.round(performance.now() - t), 'ms check'); }
console.log(formatTable(await measureFigures(db)));
await close();
