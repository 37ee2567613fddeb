import { sql } from 'kysely';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { Db } from '#lib/server/db.ts';

/** The language of letters to a person: the one they chose, else Vietnamese; never that of whoever causes the letter. */
export async function languageOf(db: Db, userId: string): Promise<Locale> {
	const { rows } = await sql<{ language: Locale | null }>`
		select language from users where id = ${userId}::uuid`.execute(db);
	return rows[0]?.language ?? 'vi';
}

/** Keeps the language that a person chose for the pages. */
export async function keepLanguage(db: Db, userId: string, language: Locale): Promise<void> {
	await sql`update users set language = ${language} where id = ${userId}::uuid`.execute(db);
}
