import { Hono } from "hono";

interface Environment {
	readonly Bindings: {
		readonly AI: {
			readonly run: (model: string, inputs: object, options: { readonly returnRawResponse: true }) => Promise<Response>;
		};
		readonly ORIGIN_URL: string;
	};
}
interface Answer {
	readonly choices: readonly { readonly logprobs: { readonly content: readonly { readonly logprob: number }[] } }[];
}

/** What a team would write in an afternoon: one call, one threshold; no keys, no policy, no deadline, no checks, no log. */
const THRESHOLDS: Readonly<Record<string, number>> = { accepts: 0, escalates: 1 };
const app = new Hono<Environment>();

app.post("/v1/chat/completions", async (context) => {
	const request: { readonly model: string; readonly messages: unknown; readonly stream?: boolean } =
		await context.req.json();
	const inputs = { messages: request.messages, max_tokens: 256, logprobs: true };
	const response = await context.env.AI.run("@cf/meta/llama-3.2-3b-instruct", inputs, { returnRawResponse: true });
	const answer = (await response.json()) as Answer;
	const tokens = answer.choices[0]?.logprobs.content ?? [];
	const confidence = Math.exp(tokens.reduce((sum, token) => sum + token.logprob, 0) / tokens.length);
	if (confidence >= (THRESHOLDS[request.model] ?? 1)) return context.json({ ...answer, model: request.model });
	const origin = await fetch(`${context.env.ORIGIN_URL}/chat/completions`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ ...request, model: "large" }),
	});
	if (request.stream === true) return origin;
	const escalated = (await origin.json()) as object;
	return context.json({ ...escalated, model: request.model });
});

export default app;
