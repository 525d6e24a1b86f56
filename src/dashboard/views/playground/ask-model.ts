import { createParser } from "eventsource-parser";
import type { CascadeFacts } from "../../../core/cascade-facts.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../../core/json.ts";

/** What is asked, as a client of the Worker would ask it. */
export interface Question {
	readonly key: string;
	readonly model: string;
	readonly system: string;
	readonly prompt: string;
	readonly stream: boolean;
	/** Empty: the cascade decides. */
	readonly route: string;
}

/** What has come of it so far; of a plain answer all at once. */
export interface Answer {
	readonly text: string;
	readonly requestId: string | null;
	readonly policyRevision: string | null;
	/** How the answer came to be: known at its end. */
	readonly facts: CascadeFacts | null;
	/** Milliseconds to the first text, of a stream; and to the last byte. */
	readonly firstMs: number | null;
	readonly totalMs: number | null;
	/** Why there is no answer, or no more of it. */
	readonly failure: string | null;
}

/** Of what nothing has come yet. */
export const NOTHING: Answer = {
	text: "",
	requestId: null,
	policyRevision: null,
	facts: null,
	firstMs: null,
	totalMs: null,
	failure: null,
};

/** Asks, and tells `onAnswer` of each piece that arrives; ends when all of it is there, or `signal` is aborted. */
export async function askModel(
	question: Question,
	{ signal, onAnswer }: { readonly signal: AbortSignal; readonly onAnswer: (answer: Answer) => void },
): Promise<void> {
	const began = performance.now();
	let answer = NOTHING;
	const tell = (more: Partial<Answer>) => {
		answer = { ...answer, ...more };
		if (!signal.aborted) onAnswer(answer);
	};
	const elapsed = () => Math.round(performance.now() - began);
	try {
		const response = await fetch("/v1/chat/completions", {
			method: "POST",
			headers: {
				"content-type": "application/json",
				authorization: `Bearer ${question.key}`,
				...(question.route === "" ? {} : { "x-cascade-route": question.route }),
			},
			body: JSON.stringify(bodyOf(question)),
			credentials: "omit",
			cache: "no-store",
			signal,
		});
		tell({
			requestId: response.headers.get("x-request-id"),
			policyRevision: response.headers.get("x-cascade-policy-revision"),
		});
		if (response.ok && question.stream && response.body !== null) {
			const parser = createParser({
				onEvent: ({ data }) => {
					const event = parseJson(data);
					if (!isJsonObject(event)) return;
					const piece = pieceOf(event, "delta");
					if (piece !== "") tell({ text: answer.text + piece, firstMs: answer.firstMs ?? elapsed() });
					if (isJsonObject(event["cascade"])) tell({ facts: event["cascade"] as unknown as CascadeFacts });
					if (isJsonObject(event["error"])) tell({ failure: failureOf(event) });
				},
			});
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
			for (let read = await reader.read(); !read.done; read = await reader.read()) parser.feed(read.value);
			tell({ totalMs: elapsed() });
			return;
		}
		const body = parseJson(await response.text());
		const known = isJsonObject(body) ? body : {};
		tell(
			response.ok
				? {
						text: pieceOf(known, "message"),
						facts: isJsonObject(known["cascade"]) ? (known["cascade"] as unknown as CascadeFacts) : null,
						totalMs: elapsed(),
					}
				: { failure: failureOf(known) ?? `The Worker answered with status ${response.status}.`, totalMs: elapsed() },
		);
	} catch {
		tell({ failure: "The Worker did not answer, or the connection broke.", totalMs: elapsed() });
	}
}

function bodyOf({ model, system, prompt, stream }: Question): JsonObject {
	const messages = [
		...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
		{ role: "user", content: prompt },
	];
	return { model, messages, ...(stream ? { stream: true } : {}) };
}

/** The text of a whole answer's message, or of an event's delta; empty where there is none. */
function pieceOf(body: JsonObject, part: "message" | "delta"): string {
	const [choice] = Array.isArray(body["choices"]) ? (body["choices"] as unknown[]) : [];
	const said = isJsonObject(choice) ? choice[part] : undefined;
	const content = isJsonObject(said) ? said["content"] : undefined;
	return typeof content === "string" ? content : "";
}

function failureOf(body: JsonObject): string | null {
	const { error } = body;
	return isJsonObject(error) && typeof error["message"] === "string" ? error["message"] : null;
}
