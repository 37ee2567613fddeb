import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { operator } from '#lib/accounts/actor.ts';
import { m } from '#lib/paraglide/messages.js';
import { numberLine } from '#lib/reports/letterhead.ts';
import { docxOf } from '#lib/reports/paper.server.ts';
import { readNumber, type ReportState } from '#lib/reports/report.ts';
import { createFromTemplate, get } from '#lib/reports/report.server.ts';
import { approve, sign, submit } from '#lib/reports/signing.server.ts';
import { verify } from '#lib/reports/verification.server.ts';
import type { Db } from '#lib/server/db.ts';
import { problem } from '#lib/server/problem.ts';
import { word } from '#lib/ui/word.ts';
import { getByCode } from '#lib/units/unit.server.ts';
import { typedDay } from '#lib/vietnamese/day.ts';
import { refusing, say, terminalLocale, withDatabase } from './run.ts';

type New = { template: string; unit: string; asOf: string; from?: string; structure?: string; json?: boolean };
type Sign = { number?: string; signedOn?: string; signer?: string; json?: boolean };

const actor = operator('Dòng lệnh');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `kheo report new | sign | docx` and `kheo verify`. */
export function register(program: Command): void {
	const locale = terminalLocale();
	const report = program.command('report').description(m.cli_report({}, { locale }));
	report
		.command('new')
		.description(m.cli_report_new({}, { locale }))
		.requiredOption('--template <code>')
		.requiredOption('--unit <code>')
		.requiredOption('--as-of <day>')
		.option('--from <day>')
		.option('--structure <structure>')
		.option('--json')
		.action((options: New) => withDatabase(({ db }) => begin(db, options)));
	report
		.command('sign')
		.description(m.cli_report_sign({}, { locale }))
		.argument('<id>')
		.option('--number <number>')
		.option('--signed-on <day>')
		.option('--signer <name>')
		.option('--json')
		.action((id: string, options: Sign) => withDatabase(({ db }) => finish(db, id, options)));
	report
		.command('docx')
		.description(m.cli_report_docx({}, { locale }))
		.argument('<id>')
		.requiredOption('--out <file>')
		.action((id: string, { out }: { out: string }) => withDatabase(({ db }) => write(db, id, out)));
	program
		.command('verify')
		.description(m.cli_verify({}, { locale }))
		.argument('<file>')
		.option('--json')
		.action((file: string, { json }: { json?: boolean }) =>
			refusing(async () => {
				const bytes = await bytesOf(file);
				await withDatabase(({ db }) => check(db, bytes, json ?? false));
			})
		);
}

async function begin(db: Db, options: New): Promise<void> {
	const unit = await getByCode(db, actor, options.unit);
	const structure = options.structure ?? 'then';
	if (structure !== 'then' && structure !== 'now' && !typedDay(structure))
		throw problem('figure.unknown_structure', { structure });
	const { id } = await createFromTemplate(db, actor, {
		unitId: unit.id,
		template: options.template,
		asOf: day('as-of', options.asOf),
		from: options.from === undefined ? undefined : day('from', options.from),
		structure
	});
	say(options.json ? JSON.stringify({ id }) : id);
}

/** Brings the report from wherever it stands to its signature; a later step that is refused leaves the earlier ones done. */
async function finish(db: Db, id: string, options: Sign): Promise<void> {
	const given = options.number === undefined ? null : readNumber(options.number);
	if (options.number !== undefined && !given) throw problem('report.number_invalid', { number: options.number });
	const { state } = await get(db, actor, idOf(id));
	const before: readonly ReportState[] = ['draft', 'returned'];
	if (before.includes(state)) await submit(db, actor, id);
	if (before.includes(state) || state === 'submitted') await approve(db, actor, id);
	await sign(db, actor, {
		id,
		number: given?.number ?? null,
		typeCode: given?.typeCode ?? null,
		issuerCode: given?.issuerCode ?? null,
		signedOn: options.signedOn === undefined ? undefined : day('signed-on', options.signedOn),
		signerName: options.signer ?? null
	});
	const { letterhead, family, signature } = await get(db, actor, id);
	const number = numberLine(family, letterhead);
	if (!options.json) return say(m.cli_report_signed({ number }, { locale: terminalLocale() }));
	say(JSON.stringify({ id, number, signedOn: signature?.signedOn, knownAt: signature?.knownAt }));
}

async function write(db: Db, id: string, file: string): Promise<void> {
	const { bytes } = await docxOf(db, actor, await get(db, actor, idOf(id)));
	try {
		await writeFile(file, bytes);
	} catch (error) {
		throw problem('report.file_unwritable', { file }, error);
	}
	say(m.cli_report_written({ file, bytes: bytes.length }, { locale: terminalLocale() }));
}

/** A changed document is an answer, not a refusal: the exit code stays 0, and `holds` says which. */
async function check(db: Db, bytes: Uint8Array, json: boolean): Promise<void> {
	const verification = await verify(db, actor, bytes);
	if (json) return say(JSON.stringify(verification, null, 2));
	const { report, figures, holds } = verification;
	if (holds)
		return say(m.cli_verify_holds({ count: figures.length, title: report.title }, { locale: terminalLocale() }));
	for (const { label, status, printed, found } of figures) {
		if (status === 'match') continue;
		say(`${label}: ${word('report_verify_status', status, { printed: printed ?? '', found: found ?? '' })}`);
	}
}

async function bytesOf(file: string): Promise<Uint8Array> {
	try {
		return await readFile(file);
	} catch (error) {
		throw problem('verify.file_unreadable', { file }, error);
	}
}

function idOf(text: string): string {
	if (!UUID.test(text)) throw problem('report.not_found');
	return text;
}

function day(option: string, text: string): string {
	const read = typedDay(text);
	if (!read) throw problem('cli.option_invalid', { detail: `--${option} ${text}` });
	return read;
}
