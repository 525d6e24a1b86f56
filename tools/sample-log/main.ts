import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLocalWorkers, startLocalStack } from "../../src/local/stack.ts";
import { askWorker, type WorkerAnswer } from "../mail-job/ask-worker.ts";
import { directAnswers, type DirectAnswer } from "../mail-job/direct-answers.ts";
import { jobPolicy, sweepAlias } from "../mail-job/policy.ts";
import { heldOutMails, type LabelledMail } from "../train/prepare-corpus.ts";

/**
 * Writes `examples/mails.jsonl`: a trace of what both local mail models said of every held-out mail, through the running Worker,
 * with its confidences and costs, for `cascade tune` and its sisters. Needs the corpus: `npm ci --prefix tools`. Whether a label
 * is right is the corpus' word. No text of a mail is in it.
 */
const threads = new Map<string, number>();
const mails = heldOutMails();
const direct = await directAnswers(mails);
// At this threshold everything escalates, so that both models are asked about every mail.
const answers = await askAt(1);
const header = { models: ["mail-small", "mail-large"], labeller: "SpamAssassin corpus" };
const rows = mails.map((mail, index) => rowOf(mail, direct[index] as DirectAnswer, answers[index] as WorkerAnswer));
await writeFile("examples/mails.jsonl", [header, ...rows].map((line) => `${JSON.stringify(line)}\n`).join(""));

async function askAt(threshold: 1): Promise<WorkerAnswer[]> {
	const builtDirectory = await mkdtemp(join(tmpdir(), "edge-cascade-sample-log-"));
	try {
		await buildLocalWorkers(builtDirectory);
		const stack = await startLocalStack({ port: 0, originPort: 0, policy: jobPolicy(), builtDirectory });
		try {
			return await askWorker(stack.url, sweepAlias(threshold), mails, "word", () => {});
		} finally {
			await stack.stop();
		}
	} finally {
		await rm(builtDirectory, { recursive: true });
	}
}

function rowOf(mail: LabelledMail, { small, smallConfidence }: DirectAnswer, { label, facts }: WorkerAnswer) {
	const { costUsd, savedUsd } = facts;
	// What an escalated request costs more than the large model alone is the small model's draft.
	if (facts.stage !== "origin" || costUsd === null || savedUsd === null)
		throw new Error(`${mail.id} was not escalated`);
	const dollars = (amount: number) => Number(amount.toPrecision(6));
	return {
		id: mail.id,
		thread: threadOf(mail),
		stages: [
			{ correct: small === mail.label ? 1 : 0, confidence: smallConfidence, label: small, costUsd: dollars(-savedUsd) },
			{ correct: label === mail.label ? 1 : 0, label, costUsd: dollars(costUsd + savedUsd) },
		],
	};
}

/** Number of the mail's subject among all, without marks of reply: the small model reads nothing else. */
function threadOf({ id, subject }: LabelledMail): number {
	const name = subject
		.toLowerCase()
		.replaceAll(/\b(?:re|fwd?)\b(?:\[\d+\])?:/gu, "")
		.replaceAll(/[^\p{L}\p{N}]/gu, "");
	const key = name === "" ? id : name;
	const number = threads.get(key) ?? threads.size;
	threads.set(key, number);
	return number;
}
