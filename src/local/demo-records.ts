import { keyRecordName } from "../core/published-records.ts";

/**
 * The demo tenant: what an operator would publish to KV, as the laptop publishes it. The key is accepted by the local
 * environment only, since only the local composition root knows it.
 */
export const DEMO_KEY = "cascade-local-demo";
export const DEMO_TENANT = "demo";

/** Prices of the small and the large model of each demo cascade, in US dollars a million tokens. */
export const SMALL_PRICE = { inputUsdPerMillion: 0.027, outputUsdPerMillion: 0.2 };
export const LARGE_PRICE = { inputUsdPerMillion: 0.6, outputUsdPerMillion: 2.4 };

/** The small and the large mail model as stages; the first still wants a confidence method and a threshold. */
export const MAIL_EDGE = {
	name: "edge",
	adapter: "workers-ai",
	model: "@local/mail-small",
	shape: "chat-completions",
	logprobs: true,
	tools: true,
	price: SMALL_PRICE,
};
export const MAIL_ORIGIN = {
	name: "origin",
	adapter: "openai",
	origin: "local",
	model: "mail-large",
	price: LARGE_PRICE,
};

/** The small model as most on Workers AI are: native dialect, no log-probabilities. */
const WITHOUT_LOGPROBS = { model: "@local/mail-small-native", shape: "native", logprobs: false };

/** About half of the prose streams begin with words that are likelier than this on average. */
const PROSE_THRESHOLD = 0.005;

/** The cascades of the demo tenant. `ownServer` is an OpenAI-compatible server that the user named. */
export function demoPolicy(ownServer: OwnServer | undefined): Record<string, unknown> {
	const cascades: Record<string, unknown> = {
		// Spam or ham: the small model reads the subject line, the large one the whole mail.
		cascade: {
			stages: [
				{ ...MAIL_EDGE, confidence: { method: "label-margin", labels: ["spam", "ham"] }, threshold: 0.8 },
				MAIL_ORIGIN,
			],
			onOriginFailure: "serve-edge-answer",
			allowRouteHeader: true,
		},
		// The same with a middle model, to show a cascade of three.
		"three-stages": {
			stages: [
				{ ...MAIL_EDGE, confidence: { method: "mean-logprob" }, threshold: 0.95 },
				{
					...MAIL_EDGE,
					name: "middle",
					model: "@local/mail-medium",
					confidence: { method: "mean-logprob" },
					threshold: 0.95,
				},
				MAIL_ORIGIN,
			],
			allowRouteHeader: true,
		},
		// A small model without log-probabilities, as most on Workers AI are: its answers are checked by another one.
		verified: {
			stages: [
				{
					...MAIL_EDGE,
					...WITHOUT_LOGPROBS,
					confidence: { method: "verify", model: "@local/mail-checker", logprobs: true },
					threshold: 0.5,
				},
				MAIL_ORIGIN,
			],
			allowRouteHeader: true,
		},
		// The same model, asked to state its confidence in the answer's own call.
		stated: {
			stages: [
				{ ...MAIL_EDGE, ...WITHOUT_LOGPROBS, confidence: { method: "verbalised" }, threshold: 0.95 },
				MAIL_ORIGIN,
			],
			allowRouteHeader: true,
		},
		// Both stages at once, for tenants who buy latency.
		parallel: {
			stages: [{ ...MAIL_EDGE, confidence: { method: "token-margin" }, threshold: 0.8 }, MAIL_ORIGIN],
			mode: "parallel",
			allowRouteHeader: true,
		},
		// For /v1/classifications: a classifier that gives a score with each label.
		labels: {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@local/mail-classifier",
					shape: "text-classification",
					confidence: { method: "classifier-score" },
					threshold: 0.9,
					price: SMALL_PRICE,
				},
				MAIL_ORIGIN,
			],
			allowRouteHeader: true,
		},
		// For /v1/moderations: a guard model whose samples must agree, then a moderation endpoint.
		moderation: {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@local/mail-guard",
					shape: "llama-guard",
					confidence: { method: "agreement", samples: 3 },
					threshold: 1,
					price: SMALL_PRICE,
				},
				{ ...MAIL_ORIGIN, model: "mail-moderation", shape: "moderations" },
			],
			allowRouteHeader: true,
		},
		// Free text from n-gram models: prose-like only, but long streams with real log-probabilities, decided on their
		// first tokens.
		prose: {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@local/prose-small",
					shape: "chat-completions",
					logprobs: true,
					tools: false,
					confidence: { method: "mean-logprob", prefix: { tokens: 12, ms: 1_000 } },
					threshold: PROSE_THRESHOLD,
					price: SMALL_PRICE,
				},
				{ ...MAIL_ORIGIN, model: "prose-large", tools: false },
			],
			checks: { refusal: false },
			allowRouteHeader: true,
		},
	};
	if (ownServer !== undefined) {
		cascades["own"] = {
			stages: [
				{ ...MAIL_EDGE, confidence: { method: "mean-logprob" }, threshold: 0.95 },
				{ ...MAIL_ORIGIN, origin: "own", model: ownServer.model },
			],
			allowRouteHeader: true,
			timeoutMs: 300_000,
		};
	}
	const embeddings = {
		"hash-embedding": { adapter: "workers-ai", model: "@local/hash-embedding", price: SMALL_PRICE },
		"hash-embedding-origin": { adapter: "openai", origin: "local", model: "hash-embedding", price: LARGE_PRICE },
	};
	return { version: 1, cascades, embeddings, defaults: { moderations: "moderation" } };
}

/** A server on this machine that speaks OpenAI's API: Ollama, llama.cpp, vLLM. */
export interface OwnServer {
	readonly baseUrl: string;
	readonly model: string;
}

/** Reads `http://127.0.0.1:11434/v1#llama3.2`: the address, and after `#` the model. */
export function parseOwnServer(text: string): OwnServer | undefined {
	const [baseUrl = "", model = ""] = text.split("#");
	return /^https?:\/\/\S+$/u.test(baseUrl) && model !== ""
		? { baseUrl: baseUrl.replace(/\/+$/u, ""), model }
		: undefined;
}

/** A KV key and its value, as `wrangler kv bulk put` takes them. */
export interface KvRecord {
	readonly key: string;
	readonly value: string;
}

/**
 * The record of the demo key. It is the one thing that no ledger holds: a key of this form would be refused by the
 * admin API, and is accepted by the local composition alone.
 */
export function demoKeyRecord(sha256: string): KvRecord {
	return {
		key: keyRecordName(sha256),
		value: JSON.stringify({ version: 1, tenant: DEMO_TENANT, scopes: ["inference"] }),
	};
}
