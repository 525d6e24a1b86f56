import type { OriginScenario } from "./fake-origin.ts";
import { chunkBody, completionBody, event, streamEvents } from "./openai-answers.ts";
import { openStream, sendJson } from "./send.ts";

/** Origins that spell OpenAI's form their own way, in what has broken official clients. */
export const originVariants: Readonly<Record<string, OriginScenario>> = {
	"byte-order-mark": ({ model, response }) => endStream(response, ["\uFEFF", ...streamEvents(model, "answer")]),
	"second-role": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "ans" })),
			event(chunkBody(model, { role: "assistant", content: "wer" })),
			event(chunkBody(model, {}, "stop")),
			event("[DONE]"),
		]),
	/** What a reasoning model thinks, beside what it says. */
	reasoning: ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: null, reasoning_content: "Let me see." })),
			event(chunkBody(model, { content: "answer" })),
			event(chunkBody(model, {}, "stop")),
			event("[DONE]"),
		]),
	/** Only what its authors thought necessary. */
	bare: ({ body, response }) => {
		const message = { content: "answer" };
		if (body["stream"] !== true) sendJson(response, { choices: [{ message, finish_reason: "stop" }] });
		else
			endStream(response, [
				event({ choices: [{ delta: message }] }),
				event({ choices: [{ delta: {}, finish_reason: "stop" }] }),
			]);
	},
	/** Two servers behind one address, each telling of itself. */
	"changing-identity": ({ model, response }) =>
		endStream(
			response,
			["Hel", "lo", null].map((content, index) => {
				const chunk =
					content === null ? chunkBody(model, {}, "stop") : chunkBody(model, { role: "assistant", content });
				return event({ ...chunk, id: `chatcmpl-${index}`, created: 1_790_000_000 + index, model: `${model}-${index}` });
			}),
		),
	/** As SGLang does: every delta has every field, most of them null. */
	"null-tool-fields": ({ model, response }) => {
		const delta = (call: object) => event(chunkBody(model, { role: "assistant", content: null, tool_calls: [call] }));
		endStream(response, [
			delta({ index: 0, id: "call_7", type: "function", function: { name: "label_mail", arguments: "" } }),
			delta({ index: 0, id: null, type: "function", function: { name: null, arguments: '{"label"' } }),
			delta({ index: 0, id: null, type: null, function: { name: null, arguments: ':"spam"}' } }),
			event(chunkBody(model, {}, "tool_calls")),
			event("[DONE]"),
		]);
	},
	/** As some gateways do: the fields that do not repeat are empty. */
	"empty-tool-fields": ({ model, response }) => {
		const delta = (call: object) => event(chunkBody(model, { role: "assistant", content: "", tool_calls: [call] }));
		endStream(response, [
			delta({ index: 0, id: "call_7", type: "function", function: { name: "label_mail", arguments: "" } }),
			delta({ index: 0, id: "", type: "function", function: { name: "", arguments: '{"label":"spam"}' } }),
			event(chunkBody(model, {}, "tool_calls")),
			event("[DONE]"),
		]);
	},
	/** Workers AI's own form. */
	"native-stream": ({ response }) => endStream(response, [event({ response: "Hello" }), event("[DONE]")]),
	"native-stream-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event({ response: "Hello" }),
			event("[DONE]"),
		]),
	"detail-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event({ detail: "boom" }),
			event("[DONE]"),
		]),
	"native-answer": ({ response }) => sendJson(response, { result: { response: "Hello" }, success: true }),
	/** vLLM's words for too long a prompt, by which LangChain knows it. */
	"maximum-context": ({ response }) => {
		const message = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
		sendJson(response, { error: { message, type: "BadRequestError", param: "messages", code: 400 } }, 400);
	},
	/** Cloudflare's own error page in short, when an origin takes too long. */
	"text-524": ({ response }) => response.writeHead(524, { "content-type": "text/plain" }).end("error code: 524"),
	"empty-502": ({ response }) => response.writeHead(502).end(),
	"two-tool-calls": ({ model, body, response }) => {
		const call = (index: number) => ({
			index,
			id: `call_${index}`,
			type: "function",
			function: { name: "label_mail", arguments: JSON.stringify({ label: index === 0 ? "spam" : "ham" }) },
		});
		if (body["stream"] !== true) {
			const message = { tool_calls: [call(0), call(1)] };
			sendJson(response, completionBody(model, null, { finish_reason: "tool_calls", message }));
			return;
		}
		endStream(response, [
			...[0, 1].map((index) => event(chunkBody(model, { role: "assistant", tool_calls: [call(index)] }))),
			event(chunkBody(model, {}, "tool_calls")),
			event("[DONE]"),
		]);
	},
};

function endStream(response: Parameters<OriginScenario>[0]["response"], events: readonly string[]): void {
	openStream(response);
	response.end(events.join(""));
}
