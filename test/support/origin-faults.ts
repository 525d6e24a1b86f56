import { FAKE_ORIGIN_KEY } from "./fake-origin-key.ts";
import type { OriginScenario } from "./fake-origin.ts";
import { chunkBody, completionBody, event, streamEvents } from "./openai-answers.ts";
import { openStream, sendJson } from "./send.ts";

/** Origins that fail. `status-503` is OpenAI's error with that status; `status-429-30` also says when to come back. */
export function originFaults(name: string): OriginScenario | undefined {
	const [, status, seconds] = /^status-(\d{3})(?:-(\d+))?$/u.exec(name) ?? [];
	if (status === undefined) return FAULTS[name];
	const headers: Record<string, string> = seconds === undefined ? {} : { "retry-after": seconds };
	return ({ response }) => sendJson(response, openaiError(`origin says ${status}`), Number(status), headers);
}

const FAULTS: Readonly<Record<string, OriginScenario>> = {
	"context-length": ({ response }) =>
		sendJson(
			response,
			openaiError("Too many tokens for https://gpu.internal/v1", "context_length_exceeded", "messages"),
			400,
		),
	/** Shows what it was sent, wherever an error has room for it. */
	"shows-all": ({ asked, response }) =>
		sendJson(
			response,
			openaiError(`Cannot take '${asked}' with '${FAKE_ORIGIN_KEY}'`, `key ${FAKE_ORIGIN_KEY}`, FAKE_ORIGIN_KEY),
			400,
		),
	vllm: ({ response }) =>
		sendJson(
			response,
			{ error: { message: "top_k must be -1", type: "BadRequestError", param: "top_k", code: 400 } },
			400,
		),
	sglang: ({ response }) =>
		sendJson(response, { object: "error", message: "too long", type: "BadRequest", param: null, code: 400 }, 400),
	tgi: ({ response }) => sendJson(response, { error: "Input validation error", error_type: "validation" }, 422),
	fastapi: ({ response }) =>
		sendJson(response, { detail: [{ loc: ["body", "top_k"], msg: "field required", type: "missing" }] }, 422),
	html: ({ response }) =>
		response.writeHead(502, { "content-type": "text/html" }).end("<html>nginx at 10.0.0.7</html>"),
	"html-200": ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>"),
	"retry-date": ({ response }) =>
		sendJson(response, openaiError("slow down"), 429, { "retry-after": new Date(Date.now() + 20_000).toUTCString() }),
	redirect: ({ response }) => response.writeHead(302, { location: "/v1/elsewhere" }).end(),
	"invalid-json": ({ response }) =>
		response.writeHead(200, { "content-type": "application/json" }).end('{"choices": ['),
	"empty-choices": ({ model, response }) => sendJson(response, completionBody(model, null, { choices: [] })),
	"no-finish-reason": ({ model, body, response }) => {
		if (body["stream"] !== true) sendJson(response, completionBody(model, "half", { finish_reason: undefined }));
		else
			endStream(
				response,
				streamEvents(model, "answer").filter((text) => !text.includes('"finish_reason":"stop"')),
			);
	},
	"error-first": ({ response }) => endStream(response, [event(openaiError("CUDA out of memory")), event("[DONE]")]),
	"request-error-first": ({ response }) =>
		endStream(response, [
			event({ object: "error", message: "prompt too long", type: "BadRequestError", param: null, code: 400 }),
		]),
	"error-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event(openaiError("CUDA out of memory")),
			event("[DONE]"),
		]),
	"flat-error-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event({ object: "error", message: "boom", code: 500 }),
		]),
	"text-error-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event({ error: "boom", error_type: "generation" }),
		]),
	"no-content": ({ response }) => response.writeHead(204).end(),
	/** More than we hold of an answer. */
	huge: ({ model, response }) => sendJson(response, completionBody(model, "x".repeat(17 * 1024 * 1024))),
	/** An event that never ends. */
	"huge-event": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			`data: ${"x".repeat(5 * 1024 * 1024)}`,
		]),
	"not-json-late": ({ model, response }) =>
		endStream(response, [
			event(chunkBody(model, { role: "assistant", content: "half" })),
			event('"usage": {"error": <html>'),
			event("[DONE]"),
		]),
	"empty-stream": ({ response }) => endStream(response, []),
	"plain-for-stream": ({ model, response }) => sendJson(response, completionBody(model, "whole")),
	hang: () => {},
	"hang-after-headers": ({ response }) => openStream(response),
	"hang-mid-stream": ({ model, response }) => {
		openStream(response);
		response.write(event(chunkBody(model, { role: "assistant", content: "half" })));
	},
	"close-at-once": ({ response }) => response.destroy(),
};

function openaiError(message: string, code: string | null = null, param: string | null = null) {
	return { error: { message, type: "server_error", param, code } };
}

function endStream(response: Parameters<OriginScenario>[0]["response"], events: readonly string[]): void {
	openStream(response);
	response.end(events.join(""));
}
