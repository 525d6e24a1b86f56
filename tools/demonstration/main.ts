import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { textList, textTable } from "../../src/cli/admin/text-table.ts";
import { DEMO_TENANT } from "../../src/local/demo-records.ts";
import { buildLocalWorkers, startLocalStack } from "../../src/local/stack.ts";
import { heldOutMails } from "../train/prepare-corpus.ts";
import { checkCertificate, type CertificateCheck } from "./check-certificate.ts";
import { writeDocument } from "./document.ts";
import { createOperator } from "./operator.ts";
import { AUDIT_RATE, CASCADE, DEMONSTRATION_POLICY, PROMISE } from "./policy.ts";
import { readPopulation } from "./population.ts";
import { chapterCells, CHAPTER_HEADINGS, moneyLines, printEvents, printTimeLine } from "./print-report.ts";
import { runDemonstration, type Script } from "./run-demonstration.ts";
import { chapters, figuresOf, timeLine } from "./time-line.ts";
import { createClient, drawMails } from "./traffic.ts";
import { writePage } from "./write-page.ts";

/**
 * The guarantee on live traffic from beginning to end, on a running local Worker: audition, certificate, loosening, a model
 * that becomes worse, alarm, repair, certificate. docs/demonstration.md says what is simulated, which is the clock alone.
 */
const { values: options } = parseArgs({
	options: {
		/** Where the page goes. */
		html: { type: "string", default: ".wrangler/demonstration.html" },
		/** Where the tables go, as a document. */
		write: { type: "string" },
		seed: { type: "string", default: "1" },
	},
});

/** A minute of the Workers' clock is six seconds. */
const CLOCK_SPEED = 10;
const PIECE = 500;
const TELL_EVERY = 1_000;
const SCRIPT: Script = {
	driftAt: 10_000,
	repairAfter: 1_500,
	goOnFor: 3_000,
	atLeast: 24_000,
	atMost: 45_000,
	requestsPerSecond: 120,
};

const target = PROMISE.targetRisk;
const mails = heldOutMails();
const population = await readPopulation(mails);
const builtDirectory = await mkdtemp(join(tmpdir(), "edge-cascade-demonstration-"));
try {
	process.stdout.write(`${mails.length} held-out mails. Building the Workers and the local origin …\n`);
	await buildLocalWorkers(builtDirectory, {
		worker: "src/local/demonstration/worker.ts",
		control: "src/local/demonstration/control-worker.ts",
	});
	const stack = await startLocalStack({
		port: 0,
		originPort: 0,
		policy: DEMONSTRATION_POLICY,
		builtDirectory,
		clockSpeed: CLOCK_SPEED,
	});
	const client = createClient(stack.url, CASCADE);
	try {
		const operator = createOperator(stack.url, CASCADE);
		process.stdout.write(
			`At least ${SCRIPT.atLeast} requests, ${SCRIPT.requestsPerSecond} a second; the Worker's clock runs ${CLOCK_SPEED} times as fast.\nIn another terminal, live:  npx cascade watch ${DEMO_TENANT}/${CASCADE} --url ${stack.url}\n`,
		);
		const run = await runDemonstration({
			mails,
			population,
			draw: drawMails(mails.length, Number(options.seed)),
			client,
			operator,
			script: SCRIPT,
			onProgress: (sent, event) => {
				if (event !== undefined) process.stdout.write(`${String(sent).padStart(7)}  ${event.text}\n`);
				else if (sent % TELL_EVERY === 0) process.stdout.write(`${String(sent).padStart(7)}\n`);
			},
		});
		const rows = timeLine(run.requests, population, target, PIECE);
		const money = await operator.money();
		const check = checkCertificate(await operator.exported());
		const whole = figuresOf(run.requests, population, target);
		const drawn = { run, rows, population, target };
		process.stdout.write(
			[
				"",
				printTimeLine(rows, target),
				printEvents(run.events),
				textTable(
					CHAPTER_HEADINGS.map((heading, index) => ({ heading, right: index > 1 })),
					chapters(run.requests, population, target).map(chapterCells),
				),
				textList(moneyLines(whole, money)),
				sayCheck(check),
				`${run.requests.length} requests in ${Math.round(run.seconds)} s. Drawn in ${options.html}.\n`,
			].join("\n"),
		);
		await mkdir(dirname(options.html), { recursive: true });
		await writeFile(options.html, writePage(drawn, money, CLOCK_SPEED));
		if (options.write !== undefined)
			await writeFile(
				options.write,
				writeDocument({
					drawn,
					money,
					check,
					clockSpeed: CLOCK_SPEED,
					auditRate: AUDIT_RATE,
					seed: options.seed,
				}),
			);
	} finally {
		client.close();
		await stack.stop();
	}
} finally {
	await rm(builtDirectory, { recursive: true });
}

function sayCheck({ threshold, isValid, differences }: CertificateCheck): string {
	return `The certificate of threshold ${threshold}, computed again from the exported ledger: ${isValid ? "valid" : "NOT VALID"}. With one wrong answer of the ledger called right: ${differences.length === 0 ? "STILL VALID" : `not valid, ${differences.join(", ")} differ`}.\n`;
}
