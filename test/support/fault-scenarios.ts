import type { ServerResponse } from "node:http";
import type { OriginScenario } from "./fake-origin.ts";
import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { chunkBody, completionBody, event, streamEvents, usageChunk } from "./openai-answers.ts";
import { openStream, sendJson } from "./send.ts";

/**
 * Faults of a far side below and beside HTTP: connections that are reset, bodies that stop, drip or lie about
 * themselves, and answers that hold what no answer should. `docs/reliability.md` has the table that they are for.
 */
interface Exchange {
	readonly model: string;
	readonly wantsStream: boolean;
	readonly response: ServerResponse;
}

type Fault = (exchange: Exchange) => void;

/** The faults that both upstreams may have, whatever they were asked. */
const SHARED: Readonly<Record<string, Fault>> = {
	"close-before-headers": ({ response }) => response.destroy(),
	"reset-before-headers": ({ response }) => void response.socket?.resetAndDestroy(),
	"no-http": ({ response }) => void response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n\r\n"),
	"silent-before-headers": () => {},
	"silent-after-headers": ({ wantsStream, response }) => begin(response, wantsStream, ""),
	"silent-mid-body": ({ model, wantsStream, response }) => begin(response, wantsStream, half(model, wantsStream)),
	/** A byte now and then, each of which may stand before an answer that never comes. */
	"drip-for-ever": ({ wantsStream, response }) => {
		begin(response, wantsStream, " ");
		const timer = setInterval(() => response.write(wantsStream ? ":\n" : " "), 10);
		response.on("close", () => clearInterval(timer));
	},
	/** In pieces that split characters and events, a few milliseconds apart, to its end. */
	"drip-to-the-end": ({ model, wantsStream, response }) => {
		const bytes = Buffer.from(whole(model, wantsStream, "na\u00EFve \u65E5\u672C \u{1F44D}"));
		begin(response, wantsStream, "");
		let next = 0;
		const timer = setInterval(() => {
			response.write(bytes.subarray(next, (next += 29)));
			if (next < bytes.length) return;
			clearInterval(timer);
			response.end();
		}, 2);
		response.on("close", () => clearInterval(timer));
	},
	"reset-mid-body": ({ model, wantsStream, response }) => {
		begin(response, wantsStream, half(model, wantsStream));
		setTimeout(() => response.socket?.resetAndDestroy(), 30);
	},
	/** Says that it is longer than it is. */
	"short-body": ({ model, wantsStream, response }) => {
		response.writeHead(200, { "content-type": typeOf(wantsStream), "content-length": "100000" });
		response.write(half(model, wantsStream));
		setTimeout(() => response.destroy(), 30);
	},
	"truncated-json": ({ model, wantsStream, response }) => {
		begin(response, wantsStream, half(model, false));
		response.end();
	},
	"trailing-garbage": ({ model, response }) =>
		response
			.writeHead(200, { "content-type": "application/json" })
			.end(`${JSON.stringify(completionBody(model, "spam"))}</html>`),
	"wrong-content-type": ({ model, wantsStream, response }) =>
		response.writeHead(200, { "content-type": "text/plain" }).end(whole(model, wantsStream)),
	"html-instead": ({ response }) =>
		response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in at https://gpu.internal/sso</html>"),
	"empty-body": ({ wantsStream, response }) => begin(response, wantsStream, "").end(),
	"error-in-200": ({ wantsStream, response }) => {
		const error = { error: { message: "Provider at https://gpu.internal failed", type: "x", code: 502 } };
		const begun = begin(response, wantsStream, wantsStream ? event(error) : JSON.stringify(error));
		if (!wantsStream) begun.end();
	},
	"request-error-in-200": ({ wantsStream, response }) => {
		const error = { object: "error", message: "top_k must be positive", param: "top_k", code: 400 };
		const begun = begin(response, wantsStream, wantsStream ? event(error) : JSON.stringify(error));
		if (!wantsStream) begun.end();
	},
	"not-compressed": ({ model, wantsStream, response }) =>
		response
			.writeHead(200, { "content-type": typeOf(wantsStream), "content-encoding": "gzip" })
			.end(whole(model, wantsStream)),
	"utf-16": ({ model, wantsStream, response }) =>
		response
			.writeHead(200, { "content-type": typeOf(wantsStream) })
			.end(Buffer.from(whole(model, wantsStream), "utf16le")),
	/** One letter of another encoding in an answer that is UTF-8 otherwise. */
	"latin-1": ({ model, wantsStream, response }) =>
		response
			.writeHead(200, { "content-type": typeOf(wantsStream) })
			.end(Buffer.from(whole(model, wantsStream, "na\u00EFve"), "latin1")),
	"usage-absurd": ({ model, wantsStream, response }) => {
		const usage = { prompt_tokens: -10, completion_tokens: "many", total_tokens: null };
		if (!wantsStream) sendJson(response, completionBody(model, "spam", { usage }));
		else
			begin(
				response,
				true,
				[...content(model), event({ ...usageChunk(model), usage }), event("[DONE]")].join(""),
			).end();
	},
	"usage-missing": ({ model, wantsStream, response }) => {
		if (!wantsStream) sendJson(response, completionBody(model, "spam", { usage: undefined }));
		else begin(response, true, [...content(model), event("[DONE]")].join("")).end();
	},
	/** An answer, or a first event, that goes on for as long as anybody reads. */
	"endless-body": ({ wantsStream, response }) => {
		begin(response, wantsStream, wantsStream ? "data: " : '{"choices": "');
		const write = (): void => {
			while (response.write("x".repeat(256 * 1024)));
			response.once("drain", write);
		};
		write();
	},
	"no-choices": ({ model, wantsStream, response }) => {
		const { choices: _choices, ...chunk } = chunkBody(model, {});
		if (!wantsStream) sendJson(response, completionBody(model, null, { choices: [] }));
		else begin(response, true, event(chunk)).end();
	},
	"stream-reset": ({ model, response }) => {
		begin(response, true, event(chunkBody(model, { role: "assistant", content: "half" })));
		setTimeout(() => response.socket?.resetAndDestroy(), 30);
	},
	"stream-cut-in-event": ({ model, response }) => {
		const next = event(chunkBody(model, { content: "never shown" }));
		begin(response, true, event(chunkBody(model, { role: "assistant", content: "half" })) + next.slice(0, 60));
		setTimeout(() => response.socket?.resetAndDestroy(), 30);
	},
	"stream-silent": ({ model, response }) =>
		void begin(response, true, event(chunkBody(model, { role: "assistant", content: "half" }))),
	"stream-silent-when-finished": ({ model, response }) => void begin(response, true, content(model).join("")),
	"stream-reset-when-finished": ({ model, response }) => {
		begin(response, true, content(model).join(""));
		setTimeout(() => response.socket?.resetAndDestroy(), 30);
	},
	"stream-without-done": ({ model, response }) => void begin(response, true, content(model).join("")).end(),
	"stream-done-twice": ({ model, response }) =>
		void begin(response, true, [...content(model), event("[DONE]"), event("[DONE]")].join("")).end(),
	"stream-goes-on-after-done": ({ model, response }) => {
		const more = [event("[DONE]"), event(chunkBody(model, { content: "never shown" })), event("<html>")];
		begin(response, true, [...content(model), ...more].join(""));
	},
	"stream-two-finish-reasons": ({ model, response }) => {
		const again = event(chunkBody(model, {}, "length"));
		begin(response, true, [...content(model), again, event("[DONE]")].join("")).end();
	},
	"stream-without-finish-reason": ({ model, response }) =>
		void begin(response, true, [...content(model).slice(0, 1), event("[DONE]")].join("")).end(),
	"stream-error-late": ({ model, response }) => {
		const error = { error: { message: "CUDA out of memory at https://gpu.internal", code: 500 } };
		begin(response, true, [...content(model).slice(0, 1), event(error), event("[DONE]")].join(""));
	},
	"stream-not-json": ({ model, response }) =>
		void begin(response, true, [...content(model).slice(0, 1), event("<html>"), event("[DONE]")].join("")),
	"stream-giant-event": ({ model, response }) => {
		const giant = event(chunkBody(model, { content: "x".repeat(5 * 1024 * 1024) }));
		begin(response, true, [...content(model).slice(0, 1), giant, event("[DONE]")].join(""));
	},
	/** What Python's serialiser writes of numbers that JSON does not have. */
	"stream-nan": ({ model, response }) => {
		const [first = ""] = content(model);
		const next = event(chunkBody(model, { content: "b" })).replace('"finish_reason"', '"score": NaN, "finish_reason"');
		begin(response, true, [first, next, event("[DONE]")].join(""));
	},
	endless: ({ model, response }) => {
		begin(response, true, event(chunkBody(model, { role: "assistant", content: "word " })));
		const timer = setInterval(() => response.write(event(chunkBody(model, { content: "word " }))), 20);
		response.on("close", () => clearInterval(timer));
	},
	/** As much as the connection takes, up to 64 MiB. */
	firehose: ({ model, response }) => {
		begin(response, true, "");
		const text = event(chunkBody(model, { role: "assistant", content: "x".repeat(64 * 1024) }));
		let rest = 1024;
		const write = () => {
			while (rest-- > 0) if (!response.write(text)) return void response.once("drain", write);
			response.end();
		};
		write();
	},
};

/** Ways to ask for time in `retry-after`. */
const RETRY_AFTER: Readonly<Record<string, () => string>> = {
	past: () => "Wed, 21 Oct 2015 07:28:00 GMT",
	negative: () => "-5",
	fraction: () => "1.2",
	nonsense: () => "soon",
	empty: () => "",
	"far-date": () => new Date(Date.now() + 86_400_000).toUTCString(),
};

/** A fault of the origin by its name; `retry-after-past-503` is that status with a time that makes no sense. */
export function originFault(name: string): OriginScenario | undefined {
	const [, form, status] = /^retry-after-([a-z-]+)-(\d{3})$/u.exec(name) ?? [];
	const time = RETRY_AFTER[form ?? ""];
	if (time !== undefined)
		return ({ response }) =>
			sendJson(response, { error: { message: "later" } }, Number(status), { "retry-after": time() });
	if (name === "account-empty")
		return ({ response }) =>
			sendJson(response, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } }, 429);
	const logprobs = LOGPROBS[name];
	if (logprobs !== undefined) return ({ model, response }) => sendLogprobs(model, response, logprobs);
	const fault = SHARED[name];
	return fault && (({ model, body, response }) => fault({ model, wantsStream: body["stream"] === true, response }));
}

/** Log-probabilities that are none, as they stand in an answer's text. */
const LOGPROBS: Readonly<Record<string, string>> = {
	"logprobs-nan": '[{"token":"spam","logprob":NaN}]',
	"logprobs-infinite": '[{"token":"spam","logprob":1e999}]',
	"logprobs-positive": '[{"token":"spam","logprob":0.5}]',
	"logprobs-null": '[{"token":"spam","logprob":null}]',
	"logprobs-text": '[{"token":"spam","logprob":"-0.01"}]',
	"logprobs-of-some-tokens": '[{"token":"sp","logprob":-0.01},null,{"token":"am"}]',
	"logprobs-empty": "[]",
	"logprobs-no-list": '{"spam":-0.01}',
};

/** A fault of Workers AI by its name. */
export function workersAiFault(name: string): ((exchange: WorkersAiExchange) => void) | undefined {
	const logprobs = LOGPROBS[name];
	if (logprobs !== undefined) return ({ model, response }) => sendLogprobs(model, response, logprobs);
	const fault = SHARED[name];
	return fault && (({ model, inputs, response }) => fault({ model, wantsStream: inputs["stream"] === true, response }));
}

function sendLogprobs(model: string, response: ServerResponse, logprobs: string): void {
	const text = JSON.stringify(completionBody(model, "spam", { logprobs: { content: "here" } }));
	response.writeHead(200, { "content-type": "application/json" }).end(text.replace('"here"', logprobs));
}

/** A whole answer but for its end marker. */
function content(model: string): string[] {
	return [event(chunkBody(model, { role: "assistant", content: "spam" })), event(chunkBody(model, {}, "stop"))];
}

function whole(model: string, wantsStream: boolean, text = "spam"): string {
	return wantsStream ? streamEvents(model, text).join("") : JSON.stringify(completionBody(model, text));
}

function half(model: string, wantsStream: boolean): string {
	const text = whole(model, wantsStream);
	return wantsStream ? text.slice(0, 40) : text.slice(0, text.length / 2);
}

function typeOf(wantsStream: boolean): string {
	return wantsStream ? "text/event-stream" : "application/json";
}

/** Sends the headers and the beginning of a body. */
function begin(response: ServerResponse, wantsStream: boolean, text: string): ServerResponse {
	if (wantsStream) openStream(response);
	else {
		response.writeHead(200, { "content-type": "application/json" });
		response.flushHeaders();
	}
	if (text !== "") response.write(text);
	return response;
}
