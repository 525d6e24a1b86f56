import type { CascadeFacts } from "../core/cascade-facts.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";

/**
 * Whether an upstream's answer has the form that clients are sent, with nothing to be mended, added or renumbered: then its text
 * can go out as it came (`answerAsSent`). What `normaliseCompletion` and the encoder would change makes it false.
 */
export function isInClientForm(body: unknown): boolean {
	if (!isJsonObject(body) || body["object"] !== "chat.completion" || "cascade" in body) return false;
	const { id, created, model, choices } = body;
	if (typeof id !== "string" || id === "" || !Number.isSafeInteger(created) || typeof model !== "string") return false;
	return Array.isArray(choices) && choices.length > 0 && choices.every(isChoiceInClientForm);
}

function isChoiceInClientForm(choice: unknown): boolean {
	if (!isJsonObject(choice) || typeof choice["index"] !== "number") return false;
	const { message, logprobs } = choice;
	if (!isJsonObject(message) || message["role"] !== "assistant") return false;
	if (logprobs !== null && !isJsonObject(logprobs)) return false;
	const { content, refusal, tool_calls: calls } = message;
	if ((content !== null && typeof content !== "string") || (refusal !== null && typeof refusal !== "string"))
		return false;
	return calls === undefined || (Array.isArray(calls) && calls.length > 0 && calls.every(isCallInClientForm));
}

function isCallInClientForm(call: unknown): boolean {
	if (!isJsonObject(call) || typeof call["id"] !== "string" || call["id"] === "") return false;
	const { type, function: called } = call;
	if (type !== "function" || !isJsonObject(called) || Object.keys(call).length !== 3) return false;
	return (
		typeof called["name"] === "string" && typeof called["arguments"] === "string" && Object.keys(called).length === 2
	);
}

/** A field of that name, or a text of that one word; a text that only holds the word has its quotes escaped. */
const MODEL = '"model"';
const COLON = /\s*:\s*/uy;

/**
 * An answer's own text with the client's name for the model in place of the upstream's, and the `cascade` object at its end: it is
 * read once, to know that it is an answer, and never written again. Null where the one place of the model's name is not found.
 *
 * @param sent valid JSON of an object in the client's form (`isInClientForm`)
 * @param body what it parses to
 */
export function answerAsSent(sent: string, body: JsonObject, model: string, facts: CascadeFacts): string | null {
	const at = placeOfModel(sent, JSON.stringify(body["model"]));
	if (at === null) return null;
	const before = sent.slice(0, at.start) + JSON.stringify(model);
	return `${before}${sent.slice(at.end, sent.lastIndexOf("}"))},"cascade":${JSON.stringify(facts)}}`;
}

/** Where the value of the only field `model` stands; null where there are several, or it is written in another way. */
function placeOfModel(sent: string, value: string): { readonly start: number; readonly end: number } | null {
	const field = sent.indexOf(MODEL);
	if (field === -1 || sent.includes(MODEL, field + 1)) return null;
	COLON.lastIndex = field + MODEL.length;
	if (!COLON.test(sent)) return null;
	const start = COLON.lastIndex;
	return sent.startsWith(value, start) ? { start, end: start + value.length } : null;
}
