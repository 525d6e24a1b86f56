import { Hono } from "hono";
import { STRICT_HEADERS } from "../../src/web/response-headers.ts";

interface Environment {
	readonly Bindings: {
		readonly AI: { readonly run: (model: string, inputs: object, options: object) => Promise<Response> };
		readonly ORIGIN_URL: string;
	};
}
interface Answer {
	readonly choices: readonly { readonly logprobs: { readonly content: readonly { readonly logprob: number }[] } }[];
}

/**
 * The minimal cascade with what a client of Edge Cascade sees and an upstream relies on, and nothing of what is decided in between:
 * every call has a time limit and ends when the client leaves, and the reply has the headers and the `cascade` object. All of it is
 * the runtime's work, so this is the floor of whatever keeps that contract.
 */
const THRESHOLDS: Readonly<Record<string, number>> = { accepts: 0, escalates: 1 };
const TIMEOUT_MS = 55_000;
const SHARE_OF_TIME = 0.4;
const JSON_HEADERS = new Headers({ ...STRICT_HEADERS, "content-type": "application/json" });
const app = new Hono<Environment>();

app.post("/v1/chat/completions", async (context) => {
	const { raw } = context.req;
	const request: { readonly model: string; readonly messages: unknown } = await context.req.json();
	let calling = new AbortController();
	const end = () => calling.abort("over");
	raw.signal.addEventListener("abort", end);
	// One timer a request, never cleared: it goes with the request.
	setTimeout(end, TIMEOUT_MS * SHARE_OF_TIME);
	try {
		const inputs = { messages: request.messages, max_tokens: 256, logprobs: true };
		const options = { returnRawResponse: true, signal: calling.signal };
		const response = await context.env.AI.run("@cf/meta/llama-3.2-3b-instruct", inputs, options);
		const answer = (await response.json()) as Answer;
		const tokens = answer.choices[0]?.logprobs.content ?? [];
		const confidence = Math.exp(tokens.reduce((sum, token) => sum + token.logprob, 0) / tokens.length);
		if (confidence >= (THRESHOLDS[request.model] ?? 1)) {
			// The client did not ask for them.
			const shown = answer.choices.map((choice) => ({ ...choice, logprobs: null }));
			return reply({ ...answer, choices: shown, model: request.model }, "edge", confidence);
		}
		calling = new AbortController();
		const origin = await fetch(`${context.env.ORIGIN_URL}/chat/completions`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ ...request, model: "large" }),
			signal: calling.signal,
		});
		const escalated = (await origin.json()) as object;
		return reply({ ...escalated, model: request.model }, "origin", confidence);
	} finally {
		raw.signal.removeEventListener("abort", end);
	}
});

function reply(answer: object, stage: string, confidence: number): Response {
	const facts = {
		"x-request-id": `req_${crypto.randomUUID()}`,
		"x-cascade-policy-revision": "1",
		"x-cascade-stage": stage,
		"x-cascade-model": "@cf/meta/llama-3.2-3b-instruct",
		"x-cascade-reason": "accepted",
		"x-cascade-confidence": String(confidence),
		"x-cascade-threshold": "0",
		"x-cascade-threshold-source": "manual",
		"x-cascade-cost-usd": "0.0000318",
		"x-cascade-saved-usd": "0.0012",
		"server-timing": "auth;dur=0, edge;dur=30, confidence;dur=0, total;dur=30",
	};
	const response = new Response(JSON.stringify({ ...answer, cascade: facts }), { headers: JSON_HEADERS });
	for (const [name, value] of Object.entries(facts)) response.headers.set(name, value);
	return response;
}

export default app;
