/** Names the failed tests of a run, with the first lines of why. Usage: node tests/failures.ts REPORT.json */
import { readFileSync } from 'node:fs';

const LINES = 12;

interface Run {
	testResults: {
		name: string;
		message: string;
		assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
	}[];
}

const start = (text: string): string =>
	text
		.split('\n')
		.slice(0, LINES)
		.map((line) => `    ${line}`)
		.join('\n');

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const { testResults }: Run = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
for (const { name, message, assertionResults } of testResults) {
	const failed = assertionResults.filter(({ status }) => status === 'failed');
	for (const { fullName, failureMessages } of failed) {
		say(`✗ ${name}: ${fullName}\n${start(failureMessages.join('\n'))}`);
	}
	if (message !== '' && failed.length === 0) say(`✗ ${name}\n${start(message)}`);
}
