import type OpenAI from "openai";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { CascadeFacts } from "../src/core/cascade-facts.ts";
import type { SeededPrompt } from "./stream-prompts.ts";
import type { StreamVariant } from "./stream-variants.ts";

/** One stream as the client saw it. */
export interface StreamTiming {
	readonly accepted: boolean;
	/** From the request to the first chunk with content. */
	readonly firstContentMs: number;
	readonly totalMs: number;
	readonly costUsd: number;
	/** Of it, what calls that were stopped are estimated to have cost. */
	readonly estimatedUsd: number;
}

/** Longest answer, in tokens; a paragraph may end before. */
const MOST_TOKENS = 120;

/** The request of a prompt, as whole answer or as stream. */
export function proseRequest(model: string, { text, seed }: SeededPrompt) {
	return { model, messages: [{ role: "user" as const, content: text }], seed, temperature: 1, max_tokens: MOST_TOKENS };
}

/** Asks for a stream and reads it to its end. Throws where it ends without content or without what it cost. */
export async function timeStream(client: OpenAI, variant: StreamVariant, prompt: SeededPrompt): Promise<StreamTiming> {
	const startedAt = performance.now();
	let firstContentMs: number | undefined;
	let facts: CascadeFacts | undefined;
	const stream = await client.chat.completions.create(
		{ ...proseRequest(variant.alias, prompt), stream: true },
		variant.lastStageAlone === true ? { headers: { "x-cascade-route": "origin" } } : {},
	);
	for await (const chunk of stream) {
		if ((chunk.choices[0]?.delta.content ?? "") !== "") firstContentMs ??= performance.now() - startedAt;
		facts = (chunk as ChatCompletionChunk & { readonly cascade?: CascadeFacts }).cascade ?? facts;
	}
	const totalMs = performance.now() - startedAt;
	if (firstContentMs === undefined || facts?.costUsd == null)
		throw new Error(`${variant.name}: a stream without content, or without its cost: ${JSON.stringify(facts)}`);
	const estimated = facts.calls.filter((call) => call.estimated === true);
	return {
		accepted: facts.stage === "edge",
		firstContentMs,
		totalMs,
		costUsd: facts.costUsd,
		estimatedUsd: estimated.reduce((sum, call) => sum + (call.costUsd ?? 0), 0),
	};
}
