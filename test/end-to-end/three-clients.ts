/** OpenAI's client, the AI SDK and LangChain, all used in the same way, so that a rule can be held against each. */
import { ContextOverflowError } from "@langchain/core/errors";
import { AIMessageChunk, type UsageMetadata } from "@langchain/core/messages";
import { APICallError, generateText, StreamProviderError, streamText, tool } from "ai";
import { APIError, OpenAI } from "openai";
import { zodFunction } from "openai/helpers/zod";
import { inject } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { COMPATIBLE, type Connection } from "./ai-sdk-models.ts";
import { LABEL_SCHEMA } from "./answering-stages.ts";
import { langchainModel } from "./langchain-model.ts";

/** What a client makes of an answer. */
interface ClientAnswer {
	readonly text: string;
	readonly finishReason: string | undefined;
	readonly toolCalls: readonly { readonly name: string; readonly input: unknown }[];
	/** Of the answer; absent where the client got none. */
	readonly outputTokens: number | undefined;
}

/** What a client tells its user of a failure. */
export interface ShownError {
	readonly message: string;
	/** The HTTP status; absent where the failure came in a stream. */
	readonly status: number | undefined;
	readonly code: unknown;
	readonly type: unknown;
	readonly param: unknown;
	readonly header: (name: string) => string | null;
}

/** A client, asking a cascade's last stage one question with one tool at hand. */
interface ClientUnderTest {
	readonly name: string;
	readonly plain: (model: string, asking?: Asking) => Promise<ClientAnswer>;
	readonly stream: (model: string, asking?: Asking) => Promise<ClientAnswer>;
	/** Reads what was thrown; throws it again where it is none of the client's own errors. */
	readonly shown: (error: unknown) => ShownError;
}

/** How a client asks. */
interface Asking extends Connection {
	/** Whether the tool is offered; it is, unless said otherwise. */
	readonly withTool?: boolean;
}

/** What every client asks. */
export const QUESTION = "Is this spam?";
const TO_ORIGIN = { "x-cascade-route": "origin" };
const NAME = "label_mail";

const openai: ClientUnderTest = {
	name: "openai",
	async plain(model, { withTool, ...connection } = {}) {
		return answerOf(await openaiChat(connection).parse(openaiRequest(model, withTool)));
	},
	async stream(model, { withTool, ...connection } = {}) {
		const body = { ...openaiRequest(model, withTool), stream_options: { include_usage: true } };
		return answerOf(await openaiChat(connection).stream(body).finalChatCompletion());
	},
	shown(error) {
		if (!(error instanceof APIError)) throw error;
		const { message, status, code, type, param, headers } = error;
		return {
			message,
			status,
			code,
			type,
			param,
			header: (name) => (headers as Headers | undefined)?.get(name) ?? null,
		};
	},
};

function openaiChat({ apiKey = DEMO_KEY, headers = TO_ORIGIN, ...connection }: Connection = {}) {
	const baseURL = `${inject("stackUrl")}/v1`;
	return new OpenAI({ ...connection, apiKey, baseURL, defaultHeaders: headers, maxRetries: 0 }).chat.completions;
}

function openaiRequest(model: string, withTool = true) {
	const tools = [zodFunction({ name: NAME, parameters: LABEL_SCHEMA })];
	return { model, messages: [{ role: "user" as const, content: QUESTION }], ...(withTool ? { tools } : {}) };
}

function answerOf({ choices, usage }: Awaited<ReturnType<typeof parsedAnswer>>): ClientAnswer {
	const [choice] = choices;
	const calls = choice?.message.tool_calls ?? [];
	return {
		text: choice?.message.content ?? "",
		finishReason: choice?.finish_reason,
		toolCalls: calls.flatMap((call) =>
			call.type === "function" ? { name: call.function.name, input: call.function.parsed_arguments } : [],
		),
		outputTokens: usage?.completion_tokens,
	};
}

/** Of this, only the type is wanted. */
function parsedAnswer() {
	return openaiChat().parse(openaiRequest(""));
}

const aiSdk: ClientUnderTest = {
	name: "AI SDK",
	async plain(model, asking) {
		const result = await generateText(aiSdkRequest(model, asking));
		const { text, rawFinishReason: finishReason, toolCalls, usage } = result;
		return { text, finishReason, toolCalls: toolCalls.map(named), outputTokens: usage.outputTokens };
	},
	async stream(model, asking) {
		let failure: unknown;
		let text = "";
		const result = streamText({ ...aiSdkRequest(model, asking), onError: () => {} });
		for await (const part of result.stream) {
			if (part.type === "text-delta") text += part.text;
			if (part.type === "error") failure ??= part.error;
		}
		if (failure !== undefined) throw failure;
		return {
			text,
			finishReason: await result.rawFinishReason,
			toolCalls: (await result.toolCalls).map(named),
			outputTokens: (await result.usage).outputTokens,
		};
	},
	shown(error) {
		if (StreamProviderError.isInstance(error)) {
			const { message, code, type } = error;
			return { message, status: undefined, code, type, param: undefined, header: () => null };
		}
		if (!APICallError.isInstance(error)) throw error;
		const { message, statusCode: status, data, responseHeaders } = error;
		const { code, type, param } = (data as { error?: Partial<ShownError> } | undefined)?.error ?? {};
		return { message, status, code, type, param, header: (name) => responseHeaders?.[name] ?? null };
	},
};

function aiSdkRequest(model: string, { withTool = true, ...connection }: Asking = {}) {
	const tools = { [NAME]: tool({ inputSchema: LABEL_SCHEMA, execute: () => "noted" }) };
	return {
		model: COMPATIBLE.model(model, { headers: TO_ORIGIN, ...connection }),
		maxRetries: 0,
		prompt: QUESTION,
		...(withTool ? { tools } : {}),
	};
}

function named({ toolName: name, input }: { readonly toolName: string; readonly input: unknown }) {
	return { name, input };
}

const langchain: ClientUnderTest = {
	name: "LangChain",
	async plain(model, asking) {
		return messageAnswer(await bound(model, asking).invoke(QUESTION));
	},
	async stream(model, asking) {
		let whole: AIMessageChunk | undefined;
		for await (const chunk of await bound(model, asking).stream(QUESTION)) {
			whole = whole === undefined ? chunk : whole.concat(chunk);
		}
		return messageAnswer(whole ?? new AIMessageChunk(""));
	},
	// LangChain throws the errors of OpenAI's client, some with a link after the message and one as its own error's cause.
	shown: (error) => openai.shown(ContextOverflowError.isInstance(error) ? error.cause : error),
};

function bound(model: string, { withTool = true, ...connection }: Asking = {}) {
	const tools = [{ type: "function" as const, function: { name: NAME, parameters: LABEL_SCHEMA.toJSONSchema() } }];
	return langchainModel(model, {}, { headers: TO_ORIGIN, ...connection }).chat.bindTools(withTool ? tools : []);
}

function messageAnswer(message: AIMessageChunk): ClientAnswer {
	if (message.invalid_tool_calls?.length) throw new Error("LangChain could not read a tool call");
	return {
		text: message.text,
		finishReason: message.response_metadata["finish_reason"] as string | undefined,
		toolCalls: (message.tool_calls ?? []).map(({ name, args: input }) => ({ name, input })),
		outputTokens: (message.usage_metadata as UsageMetadata | undefined)?.output_tokens,
	};
}

export const CLIENTS: readonly ClientUnderTest[] = [openai, aiSdk, langchain];

/** The two ways of asking. */
export const WAYS = ["plain", "stream"] as const;

/** What a client shows of a failure; fails where it was answered. */
export async function shownBy(
	client: ClientUnderTest,
	way: (typeof WAYS)[number],
	model: string,
	asking: Asking = {},
): Promise<ShownError> {
	let answer: ClientAnswer;
	try {
		answer = await client[way](model, asking);
	} catch (error) {
		return client.shown(error);
	}
	throw new Error(`${client.name} took it for an answer: ${JSON.stringify(answer)}`);
}
