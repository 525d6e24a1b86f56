import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModel } from "ai";
import { inject } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import type { JudgedMail } from "./mails.ts";

/** What tests change of a client's connection. */
export interface Connection {
	readonly apiKey?: string;
	readonly headers?: Record<string, string>;
	/** In place of the network. */
	readonly fetch?: typeof fetch;
}

/** A way to our cascades with the AI SDK. */
export interface AiSdkProvider {
	readonly name: string;
	readonly model: (id: string, connection?: Connection) => LanguageModel;
}

const settings = ({ apiKey = DEMO_KEY, ...connection }: Connection) => ({
	...connection,
	apiKey,
	baseURL: `${inject("stackUrl")}/v1`,
});

/** For servers that speak OpenAI's API; usage in streams and schemas are asked for only where one says so. */
export const COMPATIBLE: AiSdkProvider = {
	name: "@ai-sdk/openai-compatible",
	model: (id, connection = {}) =>
		createOpenAICompatible({
			...settings(connection),
			name: "cascade",
			includeUsage: true,
			supportsStructuredOutputs: true,
		}).chatModel(id),
};

/** OpenAI's own provider, told to use chat completions. */
export const OPENAI_CHAT: AiSdkProvider = {
	name: "@ai-sdk/openai, .chat()",
	model: (id, connection = {}) => createOpenAI(settings(connection)).chat(id),
};

/** OpenAI's own provider as it is by itself, which is with Responses. */
export const OPENAI_RESPONSES: AiSdkProvider = {
	name: "@ai-sdk/openai",
	model: (id, connection = {}) => createOpenAI(settings(connection))(id),
};

/** A mail as the AI SDK takes it: what OpenAI calls the system message is the instructions. */
export function promptOf({ messages }: JudgedMail) {
	const [system, user] = messages;
	return { instructions: system?.content ?? "", prompt: user?.content ?? "" };
}
