import type { Reply } from "./ask-model.ts";

/** What a probe asks about, in the order of the report. */
export const PROBE_TITLES = {
	answer: "plain answer",
	logprobs: "log-probabilities",
	tools: "tool call",
	toolChoice: "tool_choice honoured",
	jsonObject: "JSON mode",
	jsonSchema: "JSON schema",
	stream: "stream",
	streamUsage: "usage of a stream",
	choices: "two choices (n)",
	stop: "stop honoured",
	seed: "seed repeats",
	maxTokens: "says when cut off",
} as const;

export type ProbeName = keyof typeof PROBE_TITLES;

/** What a probe found. */
export type Outcome =
	| { readonly result: "yes" | "no"; readonly detail?: string }
	/** The model, or its server, does not take such a request. */
	| { readonly result: "refused"; readonly status: number; readonly message: string }
	/** Nothing follows from what came back, or nothing came back. */
	| { readonly result: "unclear"; readonly detail: string }
	/** The model's shape has no such thing. */
	| { readonly result: "not-asked" };

/** Yes or no, with what was seen. */
export function found(isSo: boolean, detail?: string): Outcome {
	return { result: isSo ? "yes" : "no", ...(detail === undefined ? {} : { detail }) };
}

/** What was seen allows no conclusion. */
export function unclear(detail: string): Outcome {
	return { result: "unclear", detail };
}

/** The outcome of a reply that holds no answer. */
export function outcomeWithoutAnswer(reply: Reply): Outcome {
	switch (reply.kind) {
		case "refused":
			return { result: "refused", status: reply.status, message: reply.message };
		case "failed":
			return unclear(reply.message);
		case "events":
			return unclear("answered with a stream");
		case "answer":
			return found(false, "the answer has another shape");
	}
}

/** One outcome in a line. */
export function describeOutcome(outcome: Outcome): string {
	switch (outcome.result) {
		case "yes":
		case "no":
			return outcome.detail === undefined ? outcome.result : `${outcome.result}: ${outcome.detail}`;
		case "refused":
			return `refused (${outcome.status})${outcome.message === "" ? "" : `: ${outcome.message}`}`;
		case "unclear":
			return `unclear: ${outcome.detail}`;
		case "not-asked":
			return "–";
	}
}
