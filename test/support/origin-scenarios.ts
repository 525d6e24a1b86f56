import { gzipSync } from "node:zlib";
import type { OriginScenario } from "./fake-origin.ts";
import { chunkBody, completionBody, event, streamEvents, usageChunk } from "./openai-answers.ts";
import { originTaskScenarios } from "./origin-task-scenarios.ts";
import { destroyAfter, openStream, sendJson, writeSlowly } from "./send.ts";

const TOOL_ARGUMENTS = { label: "spam" };

/** Origins that answer, more or less as OpenAI would. */
export const originScenarios: Readonly<Record<string, OriginScenario>> = {
	...originTaskScenarios,
	plain({ model, body, asked, response }) {
		const content = `origin: ${asked}`;
		if (body["stream"] === true) writeAll(response, streamEvents(model, content));
		else sendJson(response, completionBody(model, content));
	},
	"tool-calls"({ model, body, response }) {
		const text = JSON.stringify(TOOL_ARGUMENTS);
		if (body["stream"] !== true) {
			sendJson(
				response,
				completionBody(model, null, {
					finish_reason: "tool_calls",
					message: { tool_calls: [toolCall("call_7", text)] },
				}),
			);
			return;
		}
		const delta = (call: unknown) => event(chunkBody(model, { tool_calls: [call] }));
		writeAll(response, [
			event(chunkBody(model, { role: "assistant", content: null })),
			delta({ index: 0, id: "call_7", type: "function", function: { name: "label_mail", arguments: "" } }),
			delta({ index: 0, function: { arguments: text.slice(0, 5) } }),
			delta({ index: 0, function: { arguments: text.slice(5) } }),
			event(chunkBody(model, {}, "tool_calls")),
			event("[DONE]"),
		]);
	},
	"arguments-as-objects"({ model, body, response }) {
		const { id: _id, ...call } = toolCall("", TOOL_ARGUMENTS);
		if (body["stream"] !== true) {
			sendJson(response, completionBody(model, null, { finish_reason: "tool_calls", message: { tool_calls: [call] } }));
			return;
		}
		const { type: _type, ...untyped } = call;
		writeAll(response, [
			event(chunkBody(model, { role: "assistant", tool_calls: [{ index: 0, ...untyped }] })),
			event(chunkBody(model, {}, "tool_calls")),
			event("[DONE]"),
		]);
	},
	/** Compressed, as a proxy before the model's server may do. */
	gzip({ model, response }) {
		const bytes = gzipSync(JSON.stringify(completionBody(model, "answer")));
		response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bytes);
	},
	/** As Azure does: what the content filter thinks of the prompt comes first, without choices. */
	"filter-results-first"({ model, response }) {
		const { choices: _choices, ...head } = chunkBody(model, {});
		writeAll(response, [event({ ...head, choices: [], prompt_filter_results: [] }), ...streamEvents(model, "answer")]);
	},
	"named-events"({ model, response }) {
		writeAll(
			response,
			streamEvents(model, "answer").map((text) => `event: message\nid: 1\n${text}`),
		);
	},
	"with-comments"({ model, response }) {
		writeAll(
			response,
			streamEvents(model, "answer").flatMap((text) => [": processing\n\n", text]),
		);
	},
	/** Two choices side by side. */
	"two-choices"({ model, response }) {
		writeAll(response, [...twoChoices(model), event(finishOf(model, 0)), event(finishOf(model, 1)), event("[DONE]")]);
	},
	/** Two choices, of which one ends and the other goes on. */
	"two-choices-in-turn"({ model, response }) {
		const [first, second, ...rest] = twoChoices(model);
		writeAll(response, [
			first ?? "",
			event(finishOf(model, 0)),
			second ?? "",
			...rest,
			event(finishOf(model, 1)),
			event("[DONE]"),
		]);
	},
	"two-choices-one-unfinished"({ model, response }) {
		writeAll(response, [...twoChoices(model), event(finishOf(model, 0)), event("[DONE]")]);
	},
	"no-usage"({ model, body, response }) {
		const events = streamEvents(model, "answer").filter((text) => !text.includes('"usage"'));
		if (body["stream"] === true) writeAll(response, events);
		else sendJson(response, completionBody(model, "answer", { usage: undefined }));
	},
	"no-done"({ model, response }) {
		writeAll(response, streamEvents(model, "answer").slice(0, -1));
	},
	"no-last-line-break"({ model, response }) {
		const events = streamEvents(model, "answer").slice(0, -2);
		writeAll(response, [...events.slice(0, -1), (events.at(-1) ?? "").trimEnd()]);
	},
	"no-role"({ model, response }) {
		writeAll(response, [
			event(chunkBody(model, { content: "answer" })),
			event(chunkBody(model, {}, "stop")),
			event("[DONE]"),
		]);
	},
	crlf({ model, response }) {
		writeAll(
			response,
			streamEvents(model, "answer").map((text) => text.replaceAll("\n", "\r\n")),
		);
	},
	"no-space"({ model, response }) {
		writeAll(
			response,
			streamEvents(model, "answer").map((text) => text.replace("data: ", "data:")),
		);
	},
	"two-finish-reasons"({ model, response }) {
		const finish = event(chunkBody(model, {}, "stop"));
		writeAll(response, [
			event(chunkBody(model, { role: "assistant", content: "answer" })),
			finish,
			finish,
			event("[DONE]"),
		]);
	},
	"usage-with-content"({ model, response }) {
		const { usage } = usageChunk(model);
		const withUsage = (chunk: object) => event({ ...chunk, usage });
		writeAll(response, [
			withUsage(chunkBody(model, { role: "assistant", content: "answer" })),
			withUsage(chunkBody(model, {}, "stop")),
			event("[DONE]"),
		]);
	},
	/** Bytes split inside characters and events, a few milliseconds apart. */
	drip({ model, response }) {
		const bytes = Buffer.from(streamEvents(model, "naïve 日本語 👍🏽 answer").join(""));
		const pieces = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, index) =>
			bytes.subarray(index * 37, index * 37 + 37),
		);
		writeSlowly(response, pieces, 2);
	},
	/** Says one word every 50 ms and never ends. */
	endless({ model, response }) {
		openStream(response);
		response.write(event(chunkBody(model, { role: "assistant", content: "" })));
		const timer = setInterval(() => response.write(event(chunkBody(model, { content: "word " }))), 50);
		response.on("close", () => clearInterval(timer));
	},
	/** As much as the connection takes, up to 64 MiB. */
	firehose({ model, response }) {
		openStream(response);
		const text = event(chunkBody(model, { role: "assistant", content: "x".repeat(64 * 1024) }));
		let rest = 1024;
		const write = () => {
			while (rest-- > 0) if (!response.write(text)) return void response.once("drain", write);
			response.end();
		};
		write();
	},
	"slow-start"({ model, asked, response }) {
		setTimeout(() => writeAll(response, streamEvents(model, `origin: ${asked}`)), 300);
	},
	"break-mid-stream"({ model, response }) {
		openStream(response);
		response.write(event(chunkBody(model, { role: "assistant", content: "half an ans" })));
		destroyAfter(response, 50);
	},
	"break-mid-event"({ model, response }) {
		openStream(response);
		response.write(event(chunkBody(model, { role: "assistant", content: "half" })));
		response.end(event(chunkBody(model, { content: "answer" })).slice(0, 60));
	},
};

function choiceChunk(
	model: string,
	index: number,
	delta: Readonly<Record<string, unknown>>,
	finishReason: string | null = null,
) {
	const chunk = chunkBody(model, delta, finishReason);
	return { ...chunk, choices: chunk.choices.map((choice) => ({ ...choice, index })) };
}

function finishOf(model: string, index: number) {
	return choiceChunk(model, index, {}, "stop");
}

function twoChoices(model: string): string[] {
	return [0, 1].map((index) => event(choiceChunk(model, index, { role: "assistant", content: `answer ${index}` })));
}

function toolCall(id: string, callArguments: unknown) {
	return { id, type: "function", function: { name: "label_mail", arguments: callArguments } };
}

function writeAll(response: Parameters<OriginScenario>[0]["response"], events: readonly string[]): void {
	openStream(response);
	response.end(events.join(""));
}
