import type { Completion, TokenLogprob } from "../completion.ts";
import { parseJson } from "../json.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";
import { leafValues, type Span } from "./json-values.ts";
import { sampleQuantile, usableLogprobs } from "./logprob-confidence.ts";

/**
 * `value-token`: exp of a quantile of log p over the tokens that carry values of the JSON answered, or of the arguments
 * of the one tool called; at quantile 0, the probability of the least likely of them. Braces, keys and quotes, which a
 * model is nearly always sure of, would otherwise hide a doubtful value. After the quantiles of Gupta et al., ICLR 2024.
 *
 * A token counts as soon as one of its characters is a value's. Not applicable where the JSON does not stand exactly
 * once in what the tokens spell, since it would be unknown which of them say it, or where several tools are called.
 */
export function valueTokenConfidence(answer: Completion, quantile: number): ConfidenceReading {
	const { tokens, toolCalls, text } = answer;
	if (tokens === null || tokens.length === 0) return unavailable("no-logprobs");
	if (toolCalls.length > 1) return unavailable("not-applicable");
	const given = toolCalls[0]?.arguments ?? text;
	if (parseJson(given) === undefined) return unavailable("not-applicable");
	const json = given.trim();
	const values = leafValues(json);
	if (values.length === 0) return unavailable("no-values");
	const logprobs = usableLogprobs(tokens);
	if (logprobs === null || !tokens.every((token) => typeof token.token === "string"))
		return unavailable("bad-logprobs");
	const start = onlyPlaceOf(json, tokens.map((token) => token.token).join(""));
	if (start === undefined) return unavailable("not-applicable");
	const carriers = carriersOf(tokens, values, start);
	const carried = logprobs.filter((_logprob, index) => carriers.has(index));
	return measured(Math.exp(sampleQuantile(carried, quantile)));
}

function onlyPlaceOf(part: string, whole: string): number | undefined {
	const first = whole.indexOf(part);
	return first === -1 || first !== whole.lastIndexOf(part) ? undefined : first;
}

/** Indices of the tokens that overlap one of these spans, which are in order and begin at `start` in the tokens' text. */
function carriersOf(tokens: readonly TokenLogprob[], spans: readonly Span[], start: number): Set<number> {
	const carriers = new Set<number>();
	let next = 0;
	let from = -start;
	for (const [index, { token }] of tokens.entries()) {
		const to = from + token.length;
		let span = spans[next];
		while (span !== undefined && span.to <= from) span = spans[(next += 1)];
		if (span !== undefined && span.from < to && from < to) carriers.add(index);
		from = to;
	}
	return carriers;
}
