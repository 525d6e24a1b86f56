import OpenAI from "openai";
import type { ChatCompletion } from "openai/resources/chat/completions";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";
import { labelIn, mailChat, mailClassification, type MailForm } from "./mail-request.ts";

/** What came back for one mail. */
export interface WorkerAnswer {
	readonly label: string;
	readonly facts: CascadeFacts;
	/** Absent for a classification. */
	readonly completion?: ChatCompletion;
	/** As the client saw it. */
	readonly ms: number;
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
	form: MailForm,
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
			const answer = await (form === "classification"
				? classified(client, alias, mail)
				: chatted(client, alias, mail, form));
			answers[index] = { ...answer, ms: performance.now() - startedAt };
			onAnswer();
		}
	};
	await Promise.all(Array.from({ length: CONCURRENCY }, work));
	return answers;
}

async function chatted(
	client: OpenAI,
	alias: string,
	mail: LabelledMail,
	form: Exclude<MailForm, "classification">,
): Promise<Omit<WorkerAnswer, "ms">> {
	const completion = await client.chat.completions.create(mailChat(alias, mail, form));
	const { cascade } = completion as ChatCompletion & { readonly cascade: CascadeFacts };
	return { label: labelIn(completion), facts: cascade, completion };
}

/** The official client has no method of this name, but sends to any path. */
async function classified(client: OpenAI, alias: string, mail: LabelledMail): Promise<Omit<WorkerAnswer, "ms">> {
	const { data } = await client.post<{ readonly data: readonly { label: string; cascade: CascadeFacts }[] }>(
		"/classifications",
		{ body: mailClassification(alias, mail) },
	);
	const [classification] = data;
	if (classification === undefined) throw new Error("a text was not classified");
	return { label: classification.label, facts: classification.cascade };
}
