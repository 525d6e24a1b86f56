import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { buildLocalWorkers, startLocalStack } from "../../src/local/stack.ts";
import { heldOutMails, type LabelledMail } from "../train/prepare-corpus.ts";
import { askWorker } from "./ask-worker.ts";
import { directAnswers } from "./direct-answers.ts";
import { document } from "./document.ts";
import { fitLearned, isForFitting } from "./fit-learned.ts";
import { countTrialRequests, runTrials, type Ask, type MethodSections } from "./method-trials.ts";
import { jobPolicy, sweepAlias, THRESHOLDS } from "./policy.ts";
import { sweepRow, sweepTable } from "./sweep-report.ts";
import { formatTable } from "./table.ts";
import type { Confidence } from "./trials.ts";

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
const fittedOn = mails.filter((_, index) => isForFitting(index));
const direct = await directAnswers(mails);
process.stdout.write(`${mails.length} held-out mails. Starting the Worker and the local origin …\n`);
const bar = new SingleBar(
	{ format: "{bar} {percentage}% | {value} of {total} requests | {eta_formatted} left | {alias}" },
	Presets.shades_classic,
);
const builtDirectory = await mkdtemp(join(tmpdir(), "edge-cascade-mail-job-"));
try {
	await buildLocalWorkers(builtDirectory);
	const trialRequests = options.methods ? fittedOn.length + countTrialRequests(mails) : 0;
	bar.start(THRESHOLDS.length * mails.length + trialRequests, 0, { alias: "" });
	const learned = options.methods ? await fit() : undefined;
	const { sweep, methods } = await onStack(jobPolicy(learned), async (ask) => ({
		sweep: await runSweep(ask),
		methods: learned === undefined ? undefined : await runTrials(mails, ask),
	}));
	bar.stop();
	process.stdout.write(`\n${[sweep, ...tablesOf(methods)].join("\n\n")}\n`);
	if (options.write !== undefined)
		await writeFile(
			options.write,
			document({ mails: mails.length, fittedOn: fittedOn.length, sweep, learned, methods }),
		);
} finally {
	await rm(builtDirectory, { recursive: true });
}

/** The fit needs a Worker's answers, and its weights a policy: hence a stack of its own. */
function fit(): Promise<Confidence> {
	return onStack(jobPolicy(), async (ask) =>
		fitLearned(fittedOn, await ask(sweepAlias(0), fittedOn, "word-with-logprobs")),
	);
}

async function runSweep(ask: Ask): Promise<string> {
	const rows: string[][] = [];
	for (const threshold of THRESHOLDS)
		rows.push(sweepRow(threshold, mails, direct, await ask(sweepAlias(threshold), mails, "word")));
	return formatTable(sweepTable(mails, direct, rows));
}

async function onStack<Value>(policy: Record<string, unknown>, work: (ask: Ask) => Promise<Value>): Promise<Value> {
	const stack = await startLocalStack({ port: 0, originPort: 0, policy, builtDirectory });
	try {
		return await work((alias, asked: readonly LabelledMail[], form) =>
			askWorker(stack.url, alias, asked, form, () => bar.increment(1, { alias })),
		);
	} finally {
		await stack.stop();
	}
}

function tablesOf(methods: MethodSections | undefined): string[] {
	return methods === undefined ? [] : [methods.methods, methods.unsuitable, methods.coverages, methods.early];
}
