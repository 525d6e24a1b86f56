import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import { readBounded } from "../../web/read-bounded.ts";
import type { Address } from "./addresses.ts";
import type { ProbedModel } from "./probed-models.ts";

/** What came back for one request. */
export type Reply =
	/** A 2xx reply: the parsed body, out of its envelope where it has one, or the events of a stream. */
	| { readonly kind: "answer"; readonly body: unknown }
	| { readonly kind: "events"; readonly text: string }
	/** The request was understood and not served as it is. */
	| { readonly kind: "refused"; readonly status: number; readonly message: string }
	/** Nothing is known of the model: no connection, no key, too many requests, an error of the server, no time left. */
	| { readonly kind: "failed"; readonly message: string };

/** Sends inputs to a model, at its own endpoint or at another of the same origin. */
export type AskModel = (inputs: JsonObject, signal: AbortSignal, endpoint?: string) => Promise<Reply>;

const MOST_REPLY_BYTES = 4 * 1024 * 1024;
const MOST_MESSAGE_CHARACTERS = 160;

/** Statuses that say nothing about the parameter asked for. */
const UNRELATED_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 429]);

/** A way to ask this model: Workers AI by its REST API, an origin by OpenAI's. Never throws. */
export function askModelAt({ url, key }: Address, { adapter, model }: ProbedModel): AskModel {
	// The REST API takes the `@` of a name as it is.
	const path = model.toWellFormed().split("/").map(encodeURIComponent).join("/").replaceAll("%40", "@");
	return async function ask(inputs, signal, endpoint = "chat/completions") {
		const isWorkersAi = adapter === "workers-ai";
		try {
			const response = await fetch(`${url}/${isWorkersAi ? path : endpoint}`, {
				method: "POST",
				headers: {
					"content-type": "application/json",
					...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
				},
				body: JSON.stringify(isWorkersAi ? inputs : { model, ...inputs }),
				signal,
				// The key is meant for this address alone.
				redirect: "manual",
			});
			const text = await readBounded(response, MOST_REPLY_BYTES);
			if (!text.ok) return { kind: "failed", message: `answered with more than ${MOST_REPLY_BYTES} bytes` };
			return readReply(response, text.value, key);
		} catch (error) {
			return { kind: "failed", message: signal.aborted ? "no answer in time" : causeOf(error) };
		}
	};
}

function readReply(response: Response, text: string, key: string | undefined): Reply {
	const { status } = response;
	const body = parseJson(text);
	if (!response.ok || (isJsonObject(body) && body["success"] === false)) {
		const message = presentable(messageOf(body) ?? text, key);
		const isAboutTheRequest = response.ok || (status >= 400 && status < 500 && !UNRELATED_STATUSES.has(status));
		return isAboutTheRequest
			? { kind: "refused", status, message }
			: { kind: "failed", message: message === "" ? String(status) : `${status}: ${message}` };
	}
	const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
	if (isStream) return { kind: "events", text };
	return { kind: "answer", body: isJsonObject(body) && "result" in body ? body["result"] : body };
}

/** OpenAI's `error.message`, Cloudflare's `errors[0].message`, or what others call it. */
function messageOf(body: unknown): string | undefined {
	if (!isJsonObject(body)) return undefined;
	const { error, errors, message, detail } = body;
	const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
	for (const holder of [error, first])
		if (isJsonObject(holder) && typeof holder["message"] === "string") return holder["message"];
	return [error, message, detail].find((value) => typeof value === "string");
}

/** One line of plain text without the key, should the server have repeated it. */
function presentable(text: string, key: string | undefined): string {
	const shown = key === undefined ? text : text.replaceAll(key, "[key]");
	const line = shown
		.replaceAll(/<[^>]*>/gu, " ")
		.replaceAll(/[\s\p{Cc}]+/gu, " ")
		.trim();
	return line.length > MOST_MESSAGE_CHARACTERS ? `${line.slice(0, MOST_MESSAGE_CHARACTERS)}…` : line;
}

/** `fetch failed` says nothing; its cause does, by a code. */
function causeOf(error: unknown): string {
	const cause = error instanceof Error ? error.cause : undefined;
	const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
	return code === undefined ? "nothing answers at the address" : `nothing answers at the address (${code})`;
}
