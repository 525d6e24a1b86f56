import { ASKS, flaggedCategories, labelsOf, scoreOf, unitOf } from "../marker.ts";

/** Who is asked: the small model, a middle one, or either origin. */
export type Upstream = "workers-ai" | "origin-a" | "origin-b";

const USAGE = { prompt_tokens: 40, completion_tokens: 24, total_tokens: 64 };
const IDENTITY = { id: "chatcmpl-far-side", created: 1_790_000_000 };
const WORDS =
	"was read in full and the sums in it agree with the books of the month so it needs no further answer".split(" ");

/** Share of small answers of little confidence that are not what the origin says. */
const WRONG_SHARE = 0.3;
const UNSURE_BELOW = 0.3;

/** The words of an answer; both upstreams say the same, unless the small model is mistaken. */
export function answerText(marker: string, prompt: string, upstream: Upstream): string {
	if (prompt.includes(ASKS.classification)) return labelsOf(marker).right;
	if (prompt.includes(ASKS.moderation)) return `unsafe\n${flaggedCategories(marker).join(", ")}`;
	const isMistaken =
		upstream === "workers-ai" && confidenceOf(marker) < UNSURE_BELOW && unitOf(`${marker} wrong`) < WRONG_SHARE;
	return `Letter ${marker} ${isMistaken ? "was lost and" : ""} ${WORDS.join(" ")}.`;
}

/** Uniform over markers, so that a threshold of a half accepts one answer in two. */
function confidenceOf(marker: string): number {
	return 0.01 + 0.98 * unitOf(`${marker} confidence`);
}

/** A whole answer in OpenAI's form. */
export function wholeAnswer(model: string, marker: string, text: string): string {
	const message = { role: "assistant", content: text, refusal: null };
	const logprobs = { content: tokensOf(text).map((token) => tokenOf(token, marker)), refusal: null };
	return JSON.stringify({
		...IDENTITY,
		object: "chat.completion",
		model,
		choices: [{ index: 0, message, logprobs, finish_reason: "stop" }],
		usage: USAGE,
	});
}

/** The same as the events of a stream, without its end marker. */
export function streamedAnswer(model: string, marker: string, text: string): string[] {
	const chunk = (delta: object, finishReason: string | null, token?: string) => ({
		...IDENTITY,
		object: "chat.completion.chunk",
		model,
		choices: [
			{
				index: 0,
				delta,
				logprobs: token === undefined ? null : { content: [tokenOf(token, marker)], refusal: null },
				finish_reason: finishReason,
			},
		],
	});
	return [
		chunk({ role: "assistant", content: "" }, null),
		...tokensOf(text).map((content) => chunk({ content }, null, content)),
		chunk({}, "stop"),
		{ ...chunk({}, null), choices: [], usage: USAGE },
	].map((value) => `data: ${JSON.stringify(value)}\n\n`);
}

/** OpenAI's moderation endpoint. */
export function moderationAnswer(marker: string): string {
	const flagged = flaggedCategories(marker);
	const all = [
		"harassment",
		"harassment/threatening",
		"hate",
		"hate/threatening",
		"illicit",
		"illicit/violent",
		"self-harm",
		"self-harm/intent",
		"self-harm/instructions",
		"sexual",
		"sexual/minors",
		"violence",
		"violence/graphic",
	];
	const of = <Value>(value: (name: string) => Value) => Object.fromEntries(all.map((name) => [name, value(name)]));
	return JSON.stringify({
		id: "modr-far-side",
		model: "far-side",
		results: [
			{
				flagged: true,
				categories: of((name) => flagged.includes(name)),
				category_scores: of((name) => (flagged.includes(name) ? scoreOf(marker) : 0)),
				category_applied_input_types: of(() => ["text"]),
			},
		],
	});
}

/** Words with the space before them: a marker is one token, and is never cut. */
function tokensOf(text: string): string[] {
	return text.match(/\s*\S+/gu) ?? [text];
}

function tokenOf(token: string, marker: string) {
	return { token, logprob: Math.log(confidenceOf(marker)), bytes: null, top_logprobs: [] };
}
