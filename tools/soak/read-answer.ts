import type { SoakRequest } from "./requests.ts";

/** How an answer ended, in what was received of it. */
export interface AnswerEnd {
	/** Finish reasons, terminal events, or whole objects: one, where all is well. */
	readonly finishes: number;
	/** Errors in OpenAI's shape, by code: none or one. */
	readonly errors: readonly (string | null)[];
	/** End markers of a stream of chat completions. */
	readonly ends: number;
	/** Times that usage was told. */
	readonly usages: number;
	/** What was said, all pieces together. */
	readonly text: string;
	/** Labels or verdicts, in the order of their texts. */
	readonly results: readonly unknown[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a whole body by its endpoint; throws where it is not of its form at all. */
export function readAnswer({ endpoint, stream }: SoakRequest, body: string, isStream: boolean): AnswerEnd {
	if (stream && isStream) return endpoint === "chat" ? readChunks(body) : readEvents(body);
	const answer = JSON.parse(body) as Fields;
	const errors = "error" in answer && answer["error"] !== null ? [codeOf(answer["error"])] : [];
	const usages = hasTokens(answer["usage"]) ? 1 : 0;
	const read = { errors, ends: 0, usages, finishes: 0, text: "", results: [] as readonly unknown[] };
	if (errors.length > 0) return read;
	switch (endpoint) {
		case "chat": {
			const choices = answer["choices"] as { message: { content: string }; finish_reason: string | null }[];
			const finishes = choices.filter(({ finish_reason }) => typeof finish_reason === "string").length;
			return { ...read, finishes, text: choices.map(({ message }) => message.content).join("") };
		}
		case "responses":
			return { ...read, finishes: answer["status"] === "completed" ? 1 : 0, text: JSON.stringify(answer["output"]) };
		case "classifications":
			return { ...read, finishes: 1, results: answer["data"] as unknown[], text: body };
		case "moderations":
			return { ...read, finishes: 1, results: answer["results"] as unknown[] };
		case "feedback":
			return { ...read, finishes: answer["object"] === "feedback" ? 1 : 0, text: String(answer["request_id"]) };
	}
}

function readChunks(body: string): AnswerEnd {
	const datas = dataOf(body);
	const chunks = datas.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data) as Fields);
	const choices = chunks.flatMap(
		(chunk) => (chunk["choices"] ?? []) as { delta?: { content?: string }; finish_reason?: string | null }[],
	);
	return {
		finishes: choices.filter(({ finish_reason }) => typeof finish_reason === "string").length,
		errors: chunks.flatMap((chunk) => ("error" in chunk ? [codeOf(chunk["error"])] : [])),
		// One that is not the last is no end.
		ends: datas.filter((data) => data === "[DONE]").length + (datas.at(-1) === "[DONE]" ? 0 : 1_000),
		usages: chunks.filter((chunk) => hasTokens(chunk["usage"])).length,
		text: choices.map(({ delta }) => delta?.content ?? "").join(""),
		results: [],
	};
}

const TERMINAL = ["response.completed", "response.failed", "response.incomplete"];

function readEvents(body: string): AnswerEnd {
	const events = dataOf(body)
		.filter((data) => data !== "[DONE]")
		.map((data) => JSON.parse(data) as Fields);
	const terminal = events.filter(({ type }) => TERMINAL.includes(String(type)));
	const deltas = events.filter(({ type }) => type === "response.output_text.delta");
	return {
		finishes: terminal.filter(({ type }) => type === "response.completed").length,
		errors: events.filter(({ type }) => type === "error").map(codeOf),
		// The last event, and so the only one of its kind.
		ends: events.at(-1) === terminal[0] ? 1 : 0,
		usages: terminal.filter(({ response }) => hasTokens((response as Fields)["usage"])).length,
		text: deltas.map(({ delta }) => String(delta)).join(""),
		results: [],
	};
}

function dataOf(body: string): string[] {
	return body
		.split("\n\n")
		.flatMap((event) => event.split("\n"))
		.filter((line) => line.startsWith("data:"))
		.map((line) => line.slice("data:".length).trim());
}

function codeOf(error: unknown): string | null {
	const { code, message } = (error ?? {}) as Fields;
	if (typeof message !== "string") throw new Error("an error without a message");
	return typeof code === "string" ? code : null;
}

function hasTokens(usage: unknown): boolean {
	const counted = (usage ?? {}) as Fields;
	return typeof counted["total_tokens"] === "number";
}
