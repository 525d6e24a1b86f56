import { asksForJson } from "./checks/response-format.ts";
import { messageText, type ChatMessage, type ChatRequest } from "./completion.ts";
import { isJsonObject } from "./json.ts";
import { hasTools, PROMPT_FEATURES, promptFeatures, type PromptFeature } from "./prompt-features.ts";

/** What sends a request past every stage before the last, unasked and unpaid. */
export interface Gate {
	/** Kinds of request that the small models of this cascade are not to see. */
	readonly skipWhen: readonly GateRule[];
	/** Longer prompts are not shown to the small models; see `estimatedTokens`. */
	readonly maxPromptTokens?: number | undefined;
	/** A learned guess whether the small answer would be accepted and right. */
	readonly score?: GateScore | undefined;
}

/**
 * `tools`: there is something to call. `images`: a message holds something other than text: a picture, sound, a file.
 * `response-format`: JSON was asked for. `several-choices`: `n` above 1.
 */
type GateRule = "tools" | "images" | "response-format" | "several-choices";

/** Logistic regression on features of the prompt; scored under `threshold`, the request is gated. */
export interface GateScore {
	/** Version of the feature vector that the weights were fitted on. */
	readonly features: 1;
	readonly bias: number;
	readonly weights: Readonly<Partial<Record<PromptFeature, number>>>;
	/** In [0, 1]. */
	readonly threshold: number;
}

/** Whether a request goes straight to the last stage, and which rule said so. */
export type GateDecision =
	| { readonly skip: false; readonly score: number | null }
	| { readonly skip: true; readonly detail: GateRule | "prompt-tokens" | "score"; readonly score: number | null };

/**
 * Decides from the request alone whether the stages before the last are worth asking: the kinds of request first, in
 * the policy's order, then the prompt's length, then the score. `score` is null where none was computed. A score that
 * is no number gates, since the last stage is the safe side; a tie with the threshold does not.
 */
export function decideGate(gate: Gate | undefined, request: ChatRequest, maxOutputTokens: number): GateDecision {
	if (gate === undefined) return { skip: false, score: null };
	const rule = gate.skipWhen.find((candidate) => applies(candidate, request));
	if (rule !== undefined) return { skip: true, detail: rule, score: null };
	if (gate.maxPromptTokens !== undefined && estimatedTokens(request) > gate.maxPromptTokens)
		return { skip: true, detail: "prompt-tokens", score: null };
	if (gate.score === undefined) return { skip: false, score: null };
	const score = gateScore(gate.score, request, maxOutputTokens);
	return score >= gate.score.threshold ? { skip: false, score } : { skip: true, detail: "score", score };
}

/** 1 ÷ (1 + exp(−(bias + Σ weight × feature))), in [0, 1]; NaN where the sum is. */
function gateScore({ bias, weights }: GateScore, request: ChatRequest, maxOutputTokens: number): number {
	const features = promptFeatures(request, maxOutputTokens);
	let sum = bias;
	for (const feature of PROMPT_FEATURES) sum += (weights[feature] ?? 0) * features[feature];
	return 1 / (1 + Math.exp(-sum));
}

function applies(rule: GateRule, request: ChatRequest): boolean {
	switch (rule) {
		case "tools":
			return hasTools(request);
		case "images":
			return request.messages.some(holdsMoreThanText);
		case "response-format":
			return asksForJson(request.body["response_format"]);
		case "several-choices":
			return request.choices > 1;
	}
}

/** A part that repeats a model's refusal is text too. */
function holdsMoreThanText({ content }: ChatMessage): boolean {
	if (!Array.isArray(content)) return false;
	return content.some(
		(part: unknown) => !isJsonObject(part) || (part["type"] !== "text" && part["type"] !== "refusal"),
	);
}

const BYTES_A_TOKEN = 4;
const TOKENS_A_MESSAGE = 4;

/**
 * About how many tokens a request's prompt has: of each message the UTF-8 bytes ÷ 4, rounded up, and 4 for its frame;
 * and the bytes ÷ 4 of the JSON that models are shown as well: tools, tool calls, a response format. An estimate, as
 * no tokeniser runs here: near the truth for English, and rather too high for other scripts, whose characters take two
 * to four bytes each. Pictures and sound count nothing.
 */
export function estimatedTokens(request: ChatRequest): number {
	let tokens = 0;
	for (const message of request.messages) {
		tokens += TOKENS_A_MESSAGE + tokensOf(messageText(message)) + tokensOfJson(message["tool_calls"]);
	}
	return tokens + tokensOfJson(request.body["tools"]) + tokensOfJson(request.body["response_format"]);
}

function tokensOfJson(value: unknown): number {
	return value === undefined || value === null ? 0 : tokensOf(JSON.stringify(value));
}

/** The UTF-8 bytes of a text ÷ 4, rounded up. */
export function tokensOf(text: string): number {
	return Math.ceil(bytesOf(text) / BYTES_A_TOKEN);
}

/** Bytes of the text in UTF-8. Counted, since encoding it only for that would copy every prompt. */
function bytesOf(text: string): number {
	let bytes = text.length;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		if (unit < 0x80) continue;
		// Half of a surrogate pair is two of its four bytes.
		bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
	}
	return bytes;
}
