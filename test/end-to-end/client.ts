import { OpenAI } from "openai";
import { inject } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { DEMO_KEY } from "../../src/local/demo-records.ts";

/** OpenAI's own client, pointed at the running stack. */
export function openaiClient(apiKey: string = DEMO_KEY): OpenAI {
	return new OpenAI({ apiKey, baseURL: `${inject("stackUrl")}/v1`, maxRetries: 0 });
}

export const client = openaiClient();

/** Options that ask the first or the last stage alone. */
export const EDGE = { headers: { "x-cascade-route": "edge" } };
export const ORIGIN = { headers: { "x-cascade-route": "origin" } };

/** The `cascade` object of an answer or of a stream's last chunk, which the client's types do not know. */
export function factsOf(answer: unknown): CascadeFacts {
	const { cascade } = answer as { cascade?: CascadeFacts };
	if (cascade === undefined) throw new Error("there is no cascade object");
	return cascade;
}

/** Sends a body as it is, for what the client hides. */
export function post(
	body: Readonly<Record<string, unknown>>,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	return fetch(`${inject("stackUrl")}/v1/chat/completions`, {
		method: "POST",
		headers: { authorization: `Bearer ${DEMO_KEY}`, "content-type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
}
