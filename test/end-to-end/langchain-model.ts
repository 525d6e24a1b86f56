import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { inject } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import type { Connection } from "./ai-sdk-models.ts";

/**
 * LangChain's model for OpenAI's API, pointed at the running stack, and the stage of its last answer, which it does not
 * show.
 */
export function langchainModel(
	model: string,
	fields: ChatOpenAIFields = {},
	{ apiKey = DEMO_KEY, headers = {}, fetch: send = fetch }: Connection = {},
) {
	let last = new Headers();
	const chat = new ChatOpenAI({
		model,
		apiKey,
		temperature: 0,
		maxRetries: 0,
		...fields,
		configuration: {
			baseURL: `${inject("stackUrl")}/v1`,
			defaultHeaders: headers,
			async fetch(input, init) {
				const response = await send(input, init);
				last = response.headers;
				return response;
			},
		},
	});
	return { chat, lastStage: () => last.get("x-cascade-stage") };
}
