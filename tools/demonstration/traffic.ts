import { Agent, request } from "node:http";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";

/** What came back for one mail. */
export interface Answered {
	readonly label: string;
	readonly facts: Pick<CascadeFacts, "stage" | "reason" | "threshold" | "costUsd" | "savedUsd">;
}

/** Positions of mails, drawn with replacement; the same seed draws the same ones. */
export function drawMails(count: number, seed: number): () => number {
	const generator = xoroshiro128plus(seed);
	return () => uniformInt(generator, 0, count - 1);
}

/** Asks a Worker of this machine over connections that are kept. */
export function createClient(url: string, alias: string) {
	const { hostname, port } = new URL(url);
	const agent = new Agent({ keepAlive: true });
	const headers = { authorization: `Bearer ${DEMO_KEY}`, "content-type": "application/json" };
	return {
		async ask(mail: LabelledMail): Promise<Answered> {
			const body = JSON.stringify({ model: alias, messages: mailPrompt(mail), temperature: 0, seed: 1 });
			const { status, text } = await post({ hostname, port, agent, headers, body });
			if (status !== 200) throw new Error(`a request was answered ${status}: ${text}`);
			const { choices, cascade } = JSON.parse(text) as {
				readonly choices: readonly { readonly message: { readonly content: string } }[];
				readonly cascade: CascadeFacts;
			};
			return { label: choices[0]?.message.content ?? "", facts: cascade };
		},
		close: () => agent.destroy(),
	};
}

function post(options: {
	readonly hostname: string;
	readonly port: string;
	readonly agent: Agent;
	readonly headers: Record<string, string>;
	readonly body: string;
}): Promise<{ readonly status: number; readonly text: string }> {
	const { body, ...connection } = options;
	return new Promise((resolve, reject) => {
		const sent = request({ ...connection, path: "/v1/chat/completions", method: "POST" }, (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (piece: string) => (text += piece));
			response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
			response.on("error", reject);
		});
		sent.on("error", reject);
		sent.end(body);
	});
}
