import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { chunkBody, completionBody, event, FAKE_USAGE, usageChunk } from "./openai-answers.ts";
import { openStream, sendJson } from "./send.ts";
import { logprobsOf, type SaidToken } from "./workers-ai-tokens.ts";

/** A call of the tool `label`, its value told with this probability, and what surrounds the value with less. */
const labelTokens = (label: string, probability: number): readonly SaidToken[] => [
	['{"label":', 0.6],
	[`"${label}"`, probability],
	["}", 0.6],
];

interface Call {
	readonly name: string;
	readonly arguments: unknown;
}

const SPAM: Call = { name: "label", arguments: { label: "spam" } };
const HAM: Call = { name: "label", arguments: { label: "ham" } };

/** Models that call tools, in both dialects, well and badly. */
export const workersAiToolScenarios: Readonly<Record<string, (exchange: WorkersAiExchange) => void>> = {
	"tool-call": (exchange) => callInChoices(exchange, [SPAM], labelTokens("spam", 0.9)),
	"tool-call-unsure": (exchange) => callInChoices(exchange, [SPAM], labelTokens("spam", 0.55)),
	/** As servers do that leave the tokens of calls out. */
	"tool-call-without-its-tokens": (exchange) => callInChoices(exchange, [SPAM], [["\n", 0.9]]),
	"tool-call-unknown": (exchange) => callInChoices(exchange, [{ ...SPAM, name: "delete" }], labelTokens("spam", 0.9)),
	"tool-call-invalid": (exchange) =>
		callInChoices(exchange, [{ ...SPAM, arguments: { label: "maybe" } }], labelTokens("maybe", 0.9)),
	"tool-call-not-json": (exchange) =>
		callInChoices(exchange, [{ ...SPAM, arguments: '{"label":' }], [['{"label":', 0.9]]),
	"tool-call-twice": (exchange) => callInChoices(exchange, [SPAM, HAM], labelTokens("spam", 0.9)),
	/** Says that it calls, and does not. */
	"tool-call-none": (exchange) => callInChoices(exchange, [], [["\n", 0.9]]),

	/** Flat, with its arguments as an object. */
	"native-tool-call": (exchange) => callNatively(exchange, [SPAM]),
	/** As newer native models have it. */
	"native-tool-call-nested": (exchange) =>
		callNatively(exchange, [
			{ id: "chatcmpl-tool-9", type: "function", function: { name: "label", arguments: '{"label":"spam"}' } },
		]),
	"native-tool-call-unknown": (exchange) => callNatively(exchange, [{ ...SPAM, name: "delete" }]),
	"native-tool-call-invalid": (exchange) => callNatively(exchange, [{ name: "label" }]),
	"native-tool-call-twice": (exchange) => callNatively(exchange, [SPAM, HAM]),
	/** Sampled, it names the arguments in another order. */
	"native-tool-call-reordered": (exchange) =>
		callNatively(exchange, [
			{ ...SPAM, arguments: isSample(exchange) ? { sure: true, label: "spam" } : { label: "spam", sure: true } },
		]),
	/** Greedy it calls with one argument, sampled with another. */
	"native-tool-call-inconsistent": (exchange) => callNatively(exchange, [isSample(exchange) ? HAM : SPAM]),
	/** Sampled, it says in words what it calls a tool with otherwise. */
	"native-tool-call-or-words": (exchange) =>
		isSample(exchange)
			? sendJson(exchange.response, { response: "spam", usage: FAKE_USAGE })
			: callNatively(exchange, [SPAM]),
};

function isSample({ inputs }: WorkersAiExchange): boolean {
	return inputs["temperature"] !== undefined;
}

function callInChoices(
	{ model, inputs, response }: WorkersAiExchange,
	calls: readonly Call[],
	tokens: readonly SaidToken[],
): void {
	const toolCalls = calls.map(({ name, arguments: given }, index) => ({
		id: `call_of_${index}`,
		type: "function",
		function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
	}));
	if (inputs["stream"] !== true) {
		const changes = { finish_reason: "tool_calls", message: { tool_calls: toolCalls }, ...logprobsOf(tokens, inputs) };
		sendJson(response, completionBody(model, null, changes));
		return;
	}
	openStream(response);
	const events = toolCalls.flatMap(({ function: { name, arguments: given }, ...call }, index) => [
		{ tool_calls: [{ index, ...call, function: { name, arguments: "" } }] },
		{ tool_calls: [{ index, function: { arguments: given.slice(0, 5) } }] },
		{ tool_calls: [{ index, function: { arguments: given.slice(5) } }] },
	]);
	response.end(
		[
			chunkBody(model, { role: "assistant", content: null }),
			...events.map((delta) => chunkBody(model, delta)),
			chunkBody(model, {}, "tool_calls"),
			usageChunk(model),
			"[DONE]",
		]
			.map(event)
			.join(""),
	);
}

function callNatively({ inputs, response }: WorkersAiExchange, calls: readonly unknown[]): void {
	if (inputs["stream"] !== true) {
		sendJson(response, { response: null, tool_calls: calls, usage: FAKE_USAGE });
		return;
	}
	openStream(response);
	const events = [{ response: null, tool_calls: calls }, { response: "", usage: FAKE_USAGE }, "[DONE]"];
	response.end(events.map(event).join(""));
}
