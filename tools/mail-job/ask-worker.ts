import OpenAI from "openai";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";

/** What came back for one mail. */
export interface WorkerAnswer {
	readonly label: string;
	readonly stage: string;
	readonly confidence: number | null;
	readonly costUsd: number;
	readonly savedUsd: number;
	/** As the client saw it. */
	readonly ms: number;
}

interface CascadeField {
	readonly stage: string;
	readonly confidence: number | null;
	readonly costUsd: number;
	readonly savedUsd: number;
}

/** Requests under way at once; the machine has two cores, and one is the Worker's. */
const CONCURRENCY = 8;

/**
 * Sends every mail to one cascade of a running Worker with the official client. Answers come in the order of the
 * mails. A request that fails ends the job: an answer left out would change every figure.
 */
export async function askWorker(
	url: string,
	alias: string,
	mails: readonly LabelledMail[],
	onAnswer: () => void,
): Promise<WorkerAnswer[]> {
	const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: DEMO_KEY, maxRetries: 0 });
	const answers: WorkerAnswer[] = [];
	let next = 0;
	const work = async (): Promise<void> => {
		for (let index = next++; index < mails.length; index = next++) {
			const mail = mails[index];
			if (mail === undefined) return;
			const startedAt = performance.now();
			const completion = await client.chat.completions.create({
				model: alias,
				messages: [...mailPrompt(mail)],
				temperature: 0,
				seed: 1,
			});
			const ms = performance.now() - startedAt;
			const { stage, confidence, costUsd, savedUsd } = (completion as unknown as { cascade: CascadeField }).cascade;
			const label = completion.choices[0]?.message.content ?? "";
			answers[index] = { label, stage, confidence, costUsd, savedUsd, ms };
			onAnswer();
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, work));
	return answers;
}
