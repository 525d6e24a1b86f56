import { AsyncLocalStorage } from "node:async_hooks";
import type { WorkersAiBinding } from "../../src/adapters/workers-ai-stage.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../src/core/json.ts";
import { signatureOf } from "./signature.ts";
import { completionBody, FAKE_USAGE, labelLogprobs, streamEvents } from "../support/openai-answers.ts";

/** The request on whose behalf something is asked, told by the runtime and not by the app. */
interface Asking {
	readonly tenant: string;
	/** A whole number that no other request has, and that a 32-bit float holds. */
	readonly marker: number;
	/** What was sent, where it is JSON. */
	readonly body: unknown;
}

/** Stands behind the app: well-behaved models that answer with the tenant's secret and the request's marker. */
export interface FuzzFarSide {
	readonly asking: AsyncLocalStorage<Asking>;
	readonly ai: WorkersAiBinding;
	readonly fetch: typeof fetch;
	/** What a model was asked that its own tenant has not asked. */
	readonly wrongCalls: string[];
	readonly calls: () => number;
}

/** `model~secret`: which tenant's model it is. `originKeyOf` is the key that this tenant's origin takes. */
export function createFuzzFarSide(input: {
	readonly secretOf: (tenant: string) => string;
	readonly originKeyOf: (secret: string) => string;
}): FuzzFarSide {
	const asking = new AsyncLocalStorage<Asking>();
	const wrongCalls: string[] = [];
	let calls = 0;

	const began = (model: string): { readonly secret: string; readonly request: Asking } => {
		calls += 1;
		const request = asking.getStore();
		if (request === undefined) throw new Error("a model was asked outside of any request");
		const [, secret = ""] = model.split("~");
		if (secret !== input.secretOf(request.tenant)) wrongCalls.push(`${request.tenant} asked ${model}`);
		return { secret, request };
	};

	const ai: WorkersAiBinding = {
		async run(model, inputs) {
			// The binding itself writes the inputs as JSON; what cannot be written fails there.
			const sent = JSON.parse(JSON.stringify(inputs)) as JsonObject;
			const { secret, request } = began(model);
			if (model.startsWith("@fake/vectors"))
				return Response.json({ data: (sent["text"] as string[]).map(() => [request.marker, 0.5]) });
			if (model.startsWith("@fake/guard")) return Response.json({ response: "\n\nsafe", usage: FAKE_USAGE });
			const content = contentFor(sent, secret, request);
			if (model.startsWith("@fake/native") && sent["stream"] !== true)
				return Response.json({ response: content, usage: FAKE_USAGE });
			return chatAnswer(model, sent, content, request.marker);
		},
	};

	const fetcher = async (
		address: unknown,
		init: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
	) => {
		const url = new URL(String(address));
		const sent = JSON.parse(String(init.body)) as JsonObject;
		const model = String(sent["model"]);
		const { secret, request } = began(model);
		const headers = new Headers(init.headers);
		if (
			headers.get("authorization") !== `Bearer ${input.originKeyOf(secret)}` ||
			url.hostname !== `${secret}.example.com`
		)
			wrongCalls.push(`${url.href} was asked for ${model}`);
		if (url.pathname === "/v1/moderations") return Response.json(moderationAnswer(model, secret));
		if (url.pathname === "/v1/embeddings")
			return Response.json(embeddingsAnswer(model, sent["input"], secret, request));
		return chatAnswer(model, sent, contentFor(sent, secret, request), request.marker);
	};

	return { asking, ai, fetch: fetcher as typeof fetch, wrongCalls, calls: () => calls };
}

function contentFor(sent: JsonObject, secret: string, { body, marker }: Asking): string {
	const labels = isJsonObject(body) && Array.isArray(body["labels"]) ? (body["labels"] as unknown[]) : [];
	const system = isJsonObject((sent["messages"] as unknown[] | undefined)?.[0])
		? String(((sent["messages"] as JsonObject[])[0] as JsonObject)["content"])
		: "";
	if (system.startsWith("You classify texts.")) {
		const [first] = labels;
		return String(isJsonObject(first) ? first["label"] : first);
	}
	if (system.startsWith("You are a content moderator.")) return "safe";
	const signature = signatureOf(secret, marker);
	const format = sent["response_format"];
	return isJsonObject(format) && format["type"] !== "text" ? JSON.stringify({ text: signature }) : signature;
}

function chatAnswer(model: string, sent: JsonObject, content: string, marker: number): Response {
	if (sent["stream"] === true) {
		return new Response(streamEvents(model, content).join(""), { headers: { "content-type": "text/event-stream" } });
	}
	// Some are sure enough to be served from the edge, and some are not.
	const logprobs =
		sent["logprobs"] === true ? { logprobs: labelLogprobs(content, "other", marker % 2 === 0 ? 0.95 : 0.3) } : {};
	return Response.json(completionBody(model, content, logprobs));
}

function moderationAnswer(model: string, secret: string) {
	const result = { flagged: false, categories: { hate: false }, category_scores: { hate: 0.01 }, note: secret };
	return { id: "modr-fake", model, results: [result] };
}

function embeddingsAnswer(model: string, input: unknown, secret: string, { marker }: Asking) {
	const count = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
	const data = Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding: [marker, 0.5] }));
	return {
		object: "list",
		data,
		model,
		note: signatureOf(secret, marker),
		usage: { prompt_tokens: 1, total_tokens: 1 },
	};
}

/** The body as the app may read it: invalid UTF-8 becomes U+FFFD. */
export function readBody(bytes: Uint8Array): unknown {
	return parseJson(new TextDecoder().decode(bytes));
}
