import { isJsonObject, parseJson, type JsonObject } from "../../src/core/json.ts";
import { BASE64_FLOATS } from "../../src/web/base64-floats.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { signatureOf } from "./signature.ts";

/** An answer as it came, with whom it was for. */
export interface FuzzAnswer {
	readonly fuzzed: FuzzCase;
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	readonly marker: number;
	readonly secret: string;
	readonly otherSecrets: readonly string[];
}

/** Everything the product ever puts into a reply's head. */
const KNOWN_HEADERS =
	/^(?:x-request-id|cache-control|content-type|x-content-type-options|x-should-retry|retry-after|allow|server-timing|x-cascade-(?:policy-revision|stage|model|reason|confidence|threshold|threshold-source|cost-usd|saved-usd)|content-security-policy|strict-transport-security|permissions-policy|cross-origin-[a-z]+-policy|referrer-policy|x-frame-options|etag|www-authenticate|content-length)$/u;

/** What a bug would show: a place in a file, or an error's own name. */
const INSIDES =
	/\bat [^"]{1,80}:\d+:\d+|node_modules|file:\/\/|\/src\/|\b(?:Range|Type|Reference|Syntax)Error\b|cloudflare:|\[object /u;

/** No error needs more; one that repeats what was sent could be any length. */
export const MOST_ERROR_CHARACTERS = 16_384;

/** What is wrong with any answer whatever, to whatever was sent; empty where nothing is. */
export function commonProblems(
	{ status, headers, text, otherSecrets }: FuzzAnswer,
	allowed: readonly number[],
	mostErrorCharacters: number,
): string[] {
	const problems: string[] = [];
	if (!allowed.includes(status)) problems.push(`the status is ${status}`);
	for (const [name, value] of headers) {
		if (!KNOWN_HEADERS.test(name)) problems.push(`there is a header ${name}`);
		if (!/^[\x20-\x7e]*$/u.test(value)) problems.push(`the header ${name} is ${JSON.stringify(value)}`);
	}
	if (!/^req_[0-9a-f-]{36}$/u.test(headers.get("x-request-id") ?? "")) problems.push("there is no request id");
	if (status >= 400) {
		if (INSIDES.test(text)) problems.push("the error tells of our insides");
		if (text.length > mostErrorCharacters) problems.push(`the error has ${text.length} characters`);
		problems.push(...errorProblems(text));
	}
	const seen = text + JSON.stringify([...headers]);
	if (otherSecrets.some((secret) => seen.includes(secret))) problems.push("the answer holds another tenant's secret");
	return problems;
}

function errorProblems(text: string): string[] {
	const body = parseJson(text);
	if (!isJsonObject(body) || !isJsonObject(body["error"])) return ["the error has not OpenAI's shape"];
	const { message, type, param, code, ...others } = body["error"];
	const problems: string[] = [];
	if (typeof message !== "string" || !/\w/u.test(message)) problems.push("the error has no message");
	if (typeof type !== "string" || typeof code !== "string") problems.push("the error has no type or code");
	if (param !== null && typeof param !== "string") problems.push("the error's param is neither text nor null");
	if (Object.keys(others).length > 0) problems.push("the error has other fields");
	return problems;
}

/** The field that is to blame, where one thing was changed and the answer says it is wrong. */
export function blameProblems({ fuzzed: { mutations }, status, text }: FuzzAnswer): string[] {
	if (status !== 400 && status !== 422) return [];
	const { error } = JSON.parse(text) as { error: { message: string; param: string | null; code: string } };
	if (error.code !== "invalid_request") return [];
	if (error.param === null) {
		return /^The body (?:must be a JSON object|is nested)/u.test(error.message) ? [] : ["no field is to blame"];
	}
	const [mutation, ...others] = mutations;
	if (mutation?.field == null || others.length > 0) return [];
	const root = error.param.split(/[.[]/u)[0] ?? "";
	const blamed = [mutation.field, ...(ALSO_BLAMED.get(mutation.field) ?? [])];
	// A shortened name is the beginning of the field's.
	const isNamed = blamed.some((field) => field === root || field.split(/[.[]/u)[0] === root || error.param === field);
	return isNamed || ALWAYS_BLAMED.includes(root)
		? []
		: [`'${mutation.field}' was changed and '${error.param}' is blamed`];
}

/** Fields that are wrong only beside others: without the one that was changed they ask for nothing. */
const ALSO_BLAMED: ReadonlyMap<string, readonly string[]> = new Map([
	["logprobs", ["top_logprobs"]],
	["stream", ["stream_options"]],
	["tools", ["tool_choice"]],
	["tool_choice", ["tools"]],
	["policy", ["revision"]],
	["revision", ["policy"]],
	["overlapSeconds", ["expiresAt"]],
]);

/** The walk of the schema does not know the rules between `correct` and `rating`, or `revision` and `policy`, and may break them. */
const ALWAYS_BLAMED = ["correct", "revision"];

/** What is wrong with an answer that was given: it must be this request's. */
export function ownershipProblems(answer: FuzzAnswer): string[] {
	const { status, headers, text, secret, marker, fuzzed } = answer;
	if (status !== 200) return [];
	const { path } = fuzzed.endpoint;
	switch (path) {
		case "/v1/chat/completions":
		case "/v1/responses": {
			const isStream = headers.get("content-type")?.startsWith("text/event-stream") === true;
			const said = isStream ? streamedText(text) : text;
			if (said === undefined) return ["the stream does not end as one should"];
			return said.includes(signatureOf(secret, marker)) ? [] : ["the answer is not this request's"];
		}
		case "/v1/embeddings":
			return firstNumber(text) === marker ? [] : ["the vector is not this request's"];
		case "/v1/feedback":
			return [];
		default:
			return text.includes(secret) ? [] : ["the answer is not this tenant's"];
	}
}

/** What the events say; undefined where the stream failed or broke off. U+2028 ends no line of an event stream. */
function streamedText(text: string): string | undefined {
	const events = text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice("data: ".length)] : []));
	const bodies = events.map(parseJson).filter(isJsonObject);
	if (bodies.some((body) => "error" in body && body["error"] !== null)) return undefined;
	const last = bodies.at(-1);
	if (events.at(-1) !== "[DONE]" && last?.["type"] !== "response.completed") return undefined;
	return bodies.map(deltaOf).join("");
}

function deltaOf(body: JsonObject): string {
	if (body["type"] === "response.output_text.delta") return String(body["delta"]);
	const choices = Array.isArray(body["choices"]) ? (body["choices"] as unknown[]) : [];
	const [choice] = choices;
	const delta = isJsonObject(choice) && isJsonObject(choice["delta"]) ? choice["delta"] : {};
	return typeof delta["content"] === "string" ? delta["content"] : "";
}

function firstNumber(text: string): number | undefined {
	const { data } = JSON.parse(text) as { data: { embedding: number[] | string }[] };
	const embedding = data[0]?.embedding;
	return typeof embedding === "string" ? BASE64_FLOATS.decode(embedding)?.[0] : embedding?.[0];
}
