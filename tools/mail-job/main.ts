import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { LARGE_PRICE, SMALL_PRICE } from "../../src/local/demo-records.ts";
import { startLocalStack } from "../../src/local/stack.ts";
import { heldOutMails } from "../train/prepare-corpus.ts";
import { askWorker } from "./ask-worker.ts";
import { directAnswers } from "./direct-answers.ts";
import { jobPolicy, METHODS, sweepAlias, THRESHOLDS } from "./policy.ts";
import { formatTable, METHOD_HEAD, methodRow, sweepRow, sweepTable } from "./report.ts";

/**
 * The main job on real input: every held-out mail of the corpus goes through a running Worker with the official
 * client, once a threshold (and with `--methods` once a confidence method), and what it decided is held against the
 * models asked directly.
 */
const { values: options } = parseArgs({
	options: {
		methods: { type: "boolean", default: false },
		/** Fewer mails, for a quick look. */
		mails: { type: "string" },
		/** A file for the tables. */
		write: { type: "string" },
	},
});

const all = heldOutMails();
// Evenly over the corpus, which is in order of its groups.
const step = options.mails === undefined ? 1 : Math.max(1, Math.floor(all.length / Number(options.mails)));
const mails = all.filter((_, index) => index % step === 0);
const direct = await directAnswers(mails);
process.stdout.write(`${mails.length} held-out mails. Starting the Worker and the local origin …\n`);
const stack = await startLocalStack({ port: 0, originPort: 0, policy: jobPolicy() });
const sections: string[] = [];
try {
	const methods = options.methods ? Object.keys(METHODS) : [];
	const bar = new SingleBar(
		{ format: "{bar} {percentage}% | {value} of {total} requests | {eta_formatted} left | {alias}" },
		Presets.shades_classic,
	);
	bar.start((THRESHOLDS.length + methods.length) * mails.length, 0, { alias: "" });
	const ask = (alias: string) => askWorker(stack.url, alias, mails, () => bar.increment(1, { alias }));

	const rows: string[][] = [];
	for (const threshold of THRESHOLDS) rows.push(sweepRow(threshold, mails, direct, await ask(sweepAlias(threshold))));
	const methodRows: string[][] = [];
	for (const method of methods) methodRows.push(methodRow(method, mails, await ask(`method-${method}`)));
	bar.stop();
	sections.push(formatTable(sweepTable(mails, direct, rows)));
	if (methods.length > 0) sections.push(formatTable([METHOD_HEAD, ...methodRows]));
} finally {
	await stack.stop();
}
process.stdout.write(`\n${sections.join("\n\n")}\n`);
if (options.write !== undefined) writeFileSync(options.write, document(sections));

function document([sweep = "", methods = ""]: readonly string[]): string {
	const price = (name: string, { inputUsdPerMillion, outputUsdPerMillion }: typeof SMALL_PRICE) =>
		`${name}: ${inputUsdPerMillion} US dollars a million input tokens, ${outputUsdPerMillion} a million output tokens.`;
	return `# The mail job

Written by \`npm run test:long\` on ${new Date().toISOString().slice(0, 10)}; \`npm run job\` prints the first table.
${mails.length} held-out mails of the SpamAssassin corpus, each sent through the running Worker with the official \`openai\`
client, eight at a time. The small model reads the subject line only, the large one the whole mail (\`src/local/weights/README.md\`
says how both were trained, and that their sizes were chosen after looking at held-out accuracy).
Confidence: \`mean-logprob\`. ${price("Small model", SMALL_PRICE)} ${price("Large model", LARGE_PRICE)} The models are tiny and
answer in milliseconds, so latency here is the Worker's and the client's own; costs and savings are tokens at these prices.

${sweep}

Coverage: accepted small answers. Selective risk: wrong among the accepted. Missed spam: spam that the cascade called ham.
Saved: against always asking the large model, rejected drafts included; negative where drafts cost more than they saved.
Last column: requests whose stage and label equal, and whose confidence is within 1e-12 of, those computed from the models
without the Worker.
${
	methods === ""
		? ""
		: `
## Confidence methods

How well each method's confidence tells the small model's right answers from its wrong ones on the same mails: the area
under the ROC curve, with a 95% bootstrap interval (1,000 replicates, stratified, seeded). A method whose interval
holds 0.5 says nothing here and is marked unsuitable. An answer of one token has one log-probability, so the first three
methods read the same number, and with two labels the margins rank the same way too.

${methods}
`
}`;
}
