import { sql } from 'kysely';
import type { Locale } from '#lib/paraglide/runtime.js';
import { today } from '#lib/server/clock.ts';
import type { Db } from '#lib/server/db.ts';

/** One kind of processing of personal data, in the reader's language. */
export type Processing = {
	code: string;
	what: string;
	whose: string;
	purpose: string;
	legalBase: string;
	retention: string;
	readers: string;
	place: string;
};

/** The register as it is on a day. Open to everybody: it tells no data. */
export async function listProcessing(db: Db, locale: Locale, day = today()): Promise<Processing[]> {
	const { rows } = await sql<Processing>`
		select code, what, whose, purpose, legal_base as "legalBase", retention, readers, place
		from processing_entries where locale = ${locale} and valid @> ${day}::date order by position`.execute(db);
	return rows;
}

export type RetentionRule = { code: string; days: number };

/** After how many days what is removed, as of a day. */
export async function listRules(db: Db, day = today()): Promise<RetentionRule[]> {
	const { rows } = await sql<RetentionRule>`
		select code, days from retention_rules where valid @> ${day}::date order by code`.execute(db);
	return rows;
}
