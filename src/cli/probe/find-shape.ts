import { isJsonObject } from "../../core/json.ts";
import type { StageShape } from "../../core/tenant-policy.ts";
import type { AskModel, Reply } from "./ask-model.ts";
import { objectsOf, readWrittenAnswer, type WrittenAnswer } from "./read-answer.ts";
import { ANSWER_TOKENS, REQUESTS } from "./requests.ts";

/** How a model speaks, and the plain answer that showed it. */
export type FoundShape =
	| {
			readonly shape: "chat-completions" | "native";
			readonly answer: WrittenAnswer;
			/** Tokens that an answer needs room for. */
			readonly answerTokens: number;
	  }
	| { readonly shape: Exclude<StageShape, "chat-completions" | "native">; readonly text: string }
	/** It answered, in no shape that a stage can have. */
	| { readonly shape: "unknown"; readonly reply: Reply }
	/** It could not be asked, or refuses whatever it is asked. */
	| { readonly shape: null; readonly problem: string };

/**
 * Finds a model's shape by asking what each takes: a chat; a chat without a system message, as guards want it; a bare
 * text; at an origin also its moderation endpoint. A chat model that calls a mail safe or unsafe, though asked for spam
 * or ham, is a guard.
 */
export async function findShape(
	ask: AskModel,
	adapter: "workers-ai" | "openai",
	signal: AbortSignal,
): Promise<FoundShape> {
	const chat = { ...REQUESTS.plain, max_tokens: ANSWER_TOKENS.usual };
	const first = await ask(chat, signal);
	if (first.kind === "failed") return { shape: null, problem: first.message };
	const written = readReply(first);
	if (written !== undefined && !isVerdict(written.text)) return withRoom(ask, written, signal);
	for (const [inputs, endpoint] of adapter === "workers-ai" ? WORKERS_AI_OTHERS : ORIGIN_OTHERS) {
		const reply = await ask(inputs, signal, endpoint);
		if (reply.kind === "failed") return { shape: null, problem: reply.message };
		const shape = otherShape(reply);
		if (shape !== undefined) return shape;
	}
	// A chat model may say what a guard says, and is then no guard.
	if (written !== undefined) return withRoom(ask, written, signal);
	if (first.kind !== "refused") return { shape: "unknown", reply: first };
	return { shape: null, problem: `refused (${first.status}): ${first.message}` };
}

const WORKERS_AI_OTHERS = [
	[{ ...REQUESTS.guardJson, max_tokens: ANSWER_TOKENS.usual }, undefined],
	[{ ...REQUESTS.withoutSystem, max_tokens: ANSWER_TOKENS.usual }, undefined],
	[REQUESTS.text, undefined],
] as const;
const ORIGIN_OTHERS = [[REQUESTS.moderation, "moderations"]] as const;

function readReply(reply: Reply): WrittenAnswer | undefined {
	return reply.kind === "answer" ? readWrittenAnswer(reply.body) : undefined;
}

function isVerdict(text: string): boolean {
	return /^\s*(?:un)?safe\b/iu.test(text);
}

/** A guard's, a classifier's or a moderation's answer. */
function otherShape(reply: Reply): FoundShape | undefined {
	if (reply.kind !== "answer") return undefined;
	const { body } = reply;
	const [label] = objectsOf(body);
	if (label !== undefined && typeof label["label"] === "string" && typeof label["score"] === "number")
		return { shape: "text-classification", text: `${label["label"]} ${label["score"].toFixed(2)}` };
	if (!isJsonObject(body)) return undefined;
	const [result] = objectsOf(body["results"]);
	if (typeof result?.["flagged"] === "boolean")
		return { shape: "moderations", text: result["flagged"] ? "flagged" : "not flagged" };
	const { response } = body;
	if (isJsonObject(response) && typeof response["safe"] === "boolean")
		return { shape: "llama-guard", text: JSON.stringify(response) };
	return typeof response === "string" && isVerdict(response) ? { shape: "llama-guard", text: response } : undefined;
}

/** A model that thinks first may have used up its tokens before the answer began. */
async function withRoom(ask: AskModel, answer: WrittenAnswer, signal: AbortSignal): Promise<FoundShape> {
	const { shape } = answer;
	if (answer.text !== "") return { shape, answer, answerTokens: ANSWER_TOKENS.usual };
	const more = readReply(await ask({ ...REQUESTS.plain, max_tokens: ANSWER_TOKENS.thinking }, signal));
	return more === undefined || more.text === ""
		? { shape, answer, answerTokens: ANSWER_TOKENS.usual }
		: { shape, answer: more, answerTokens: ANSWER_TOKENS.thinking };
}
