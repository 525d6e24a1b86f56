import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { workersAiFault } from "./fault-scenarios.ts";
import { chunkBody, completionBody, event, FAKE_USAGE, labelLogprobs, usageChunk } from "./openai-answers.ts";
import { workersAiPrefixScenarios } from "./workers-ai-prefix-scenarios.ts";
import { workersAiTaskScenarios } from "./workers-ai-task-scenarios.ts";
import { workersAiTextScenarios } from "./workers-ai-text-scenarios.ts";
import { workersAiToolScenarios } from "./workers-ai-tool-scenarios.ts";

type Scenario = (exchange: WorkersAiExchange) => void;

const OTHER_SCENARIOS: Readonly<Record<string, Scenario>> = {
	...workersAiTaskScenarios,
	...workersAiToolScenarios,
	...workersAiPrefixScenarios,
	...workersAiTextScenarios,
};

/** Finds a behaviour by name; `error-3040`, `errors-3040` and `text-3040` are that error in each shape it comes in. */
export function workersAiScenarios(name: string): Scenario | undefined {
	const [, shape, code] = /^(error|errors|text)-(\d{3,4})$/u.exec(name) ?? [];
	if (shape !== undefined && code !== undefined) return errorScenario(shape, Number(code));
	return SCENARIOS[name] ?? OTHER_SCENARIOS[name] ?? workersAiFault(name);
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
	choices: (exchange) => sayInChoices(exchange, "spam", 0.9),
	unsure: (exchange) => sayInChoices(exchange, "spam", 0.55),
	"no-logprobs": ({ model, response }) => sendJson(response, completionBody(model, "spam")),
	"bad-logprobs": ({ model, response }) =>
		sendJson(
			response,
			completionBody(model, "spam", { logprobs: { content: [{ token: "spam", logprob: "likely" }] } }),
		),
	"impossible-logprobs": ({ model, response }) =>
		sendJson(response, completionBody(model, "spam", { logprobs: { content: [{ token: "spam", logprob: 0.5 }] } })),
	"no-finish-reason": ({ model, response }) =>
		sendJson(response, completionBody(model, "spam", { finish_reason: undefined })),
	"unknown-finish-reason": ({ model, response }) =>
		sendJson(response, completionBody(model, "spam", { finish_reason: "because" })),
	"cut-off": ({ model, response }) =>
		sendJson(
			response,
			completionBody(model, "spam", { finish_reason: "length", logprobs: labelLogprobs("spam", "ham", 0.99) }),
		),
	filtered: ({ model, response }) =>
		sendJson(
			response,
			completionBody(model, "spam", { finish_reason: "content_filter", logprobs: labelLogprobs("spam", "ham", 0.99) }),
		),
	"empty-choices": ({ model, response }) => sendJson(response, completionBody(model, null, { choices: [] })),
	"json-text": (exchange) => sayInChoices(exchange, '{"label":"spam"}', 0.9),
	"other-json": (exchange) => sayInChoices(exchange, '{"verdict":"spam"}', 0.9),
	// Greedy it says one thing, sampled another: an answer that does not agree with itself.
	inconsistent: ({ inputs, response }) =>
		sendJson(response, { response: inputs["temperature"] === undefined ? "spam" : "ham", usage: FAKE_USAGE }),

	native: (exchange) => sayNatively(exchange, "spam"),
	"native-object": (exchange) => sayNatively(exchange, { label: "spam" }),
	"native-empty": (exchange) => sayNatively(exchange, "  "),
	"native-no-usage": ({ response }) => sendJson(response, { response: "spam" }),
	"native-cut-off": ({ inputs, response }) =>
		sendJson(response, { response: "spam", usage: { ...FAKE_USAGE, completion_tokens: inputs["max_tokens"] } }),
	yes: (exchange) => sayNatively(exchange, "Yes."),
	no: (exchange) => sayNatively(exchange, "no"),
	mumble: (exchange) => sayNatively(exchange, "Perhaps"),
	"surely-yes": (exchange) => sayInChoices(exchange, "yes", 0.9, "no"),

	garbage: ({ response }) => send(response, 200, "application/json", "<<not json"),
	list: ({ response }) => sendJson(response, ["spam"]),
	nothing: ({ response }) => sendJson(response, {}),
	html: ({ response }) => send(response, 502, "text/html", "<html>Bad gateway at https://internal.example</html>"),
	"unknown-error": ({ response }) => send(response, 500, "application/json", '{"internalCode":9999,"description":"?"}'),
	broken: ({ response }) => {
		response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
		response.write('{"response": "sp');
		setTimeout(() => response.destroy(), 20);
	},
	hang: () => {},
	slow: (exchange) => {
		setTimeout(() => sayInChoices(exchange, "spam", 0.9), 200);
	},
	"stream-stall": ({ model, response }) => {
		openStream(response);
		response.write(event(chunkBody(model, { role: "assistant", content: "sp" })));
	},
	"stream-error-first": ({ response }) =>
		stream(response, [event({ error: { message: "3040: no capacity", code: 503 } })]),
	"stream-empty": ({ response }) => stream(response, []),
};

/** The answer in OpenAI's shape, whole or streamed, with log-probabilities where they were asked for. */
function sayInChoices(
	{ model, inputs, response }: WorkersAiExchange,
	text: string,
	probability: number,
	other = "ham",
): void {
	const asked = inputs["logprobs"] === true;
	if (inputs["stream"] === true) {
		stream(response, [
			event(chunkBody(model, { role: "assistant", content: text })),
			event(chunkBody(model, {}, "stop")),
			event(usageChunk(model)),
			event("[DONE]"),
		]);
	} else {
		sendJson(response, completionBody(model, text, asked ? { logprobs: labelLogprobs(text, other, probability) } : {}));
	}
}

/** The answer in Workers AI's own shape. */
function sayNatively({ inputs, response }: WorkersAiExchange, answer: unknown): void {
	if (inputs["stream"] === true) {
		const text = String(answer);
		const events = [{ response: text.slice(0, 2) }, { response: text.slice(2) }, { response: "", usage: FAKE_USAGE }];
		stream(response, [...events.map(event), event("[DONE]")]);
	} else {
		sendJson(response, { response: answer, usage: FAKE_USAGE });
	}
}

const STATUS_OF_CODE: Readonly<Record<number, number>> = { 3036: 429, 3040: 429, 3007: 408, 3006: 413, 5016: 403 };

function errorScenario(shape: string, code: number): Scenario {
	const status = STATUS_OF_CODE[code] ?? (code < 1000 ? code : 400);
	return ({ response }) => {
		if (shape === "text") send(response, status, "text/plain", `${code}: something is wrong`);
		else if (shape === "errors") sendJson(response, { errors: [{ code, message: "something is wrong" }] }, status);
		else
			sendJson(
				response,
				{ internalCode: code, description: "something is wrong", name: "InferenceUpstreamError" },
				status,
			);
	};
}

function sendJson(response: WorkersAiExchange["response"], value: unknown, status = 200): void {
	send(response, status, "application/json", JSON.stringify(value));
}

function send(response: WorkersAiExchange["response"], status: number, type: string, text: string): void {
	response.writeHead(status, { "content-type": type }).end(text);
}

function openStream(response: WorkersAiExchange["response"]): void {
	response.writeHead(200, { "content-type": "text/event-stream" });
}

function stream(response: WorkersAiExchange["response"], events: readonly string[]): void {
	openStream(response);
	response.end(events.join(""));
}
