import { err, ok, type Result } from "../../core/result.ts";
import type { RowFault, Verdict } from "./log-row.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;
const MOST_SHOWN = 60;

/** A cell that says that a row was never given to the labeller, where a cell cannot be left out. */
const UNLABELLED = "unlabelled";

/** NaN where the value is missing: absent, null or an empty cell. Texts such as `NaN` and `inf` are no numbers. */
export function readNumber(name: string, value: unknown): Result<number, RowFault> {
	if (isMissing(value)) return ok(Number.NaN);
	const number =
		typeof value === "number" ? value : typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : null;
	return number === null || Number.isNaN(number) ? fault(`${name} is not a number`, value) : ok(number);
}

/** A confidence in [0, 1]; NaN where there was no reading. */
export function readConfidence(name: string, value: unknown): Result<number, RowFault> {
	const number = readNumber(name, value);
	if (!number.ok || Number.isNaN(number.value)) return number;
	return number.value >= 0 && number.value <= 1 ? number : fault(`${name} is outside [0, 1]`, value);
}

/** The confidence exp(logprob) of a log-probability, which is at most 0; NaN where there was no reading. */
export function readLogprob(name: string, value: unknown): Result<number, RowFault> {
	const number = readNumber(name, value);
	if (!number.ok || Number.isNaN(number.value)) return number;
	return number.value <= 0 ? ok(Math.exp(number.value)) : fault(`${name} is a log-probability above 0`, value);
}

/** A cost or a duration: at least 0 and finite; NaN where unknown. */
export function readAmount(name: string, value: unknown): Result<number, RowFault> {
	const number = readNumber(name, value);
	if (!number.ok || Number.isNaN(number.value)) return number;
	return number.value >= 0 && number.value !== Number.POSITIVE_INFINITY
		? number
		: fault(`${name} is negative or infinite`, value);
}

/**
 * A labeller's verdict: true or false, 1 or 0. Null and an empty cell mean that the labeller failed, anything else ("error",
 * 0.5, a sentence) that it gave nothing to go by; an absent value and `unlabelled` that it was never asked. `says` is what a
 * true value means. No verdict makes a row a bad one: labellers fail more often on wrong answers, and a row left out would
 * flatter the model.
 */
export function readVerdict(value: unknown, says: "right" | "wrong"): Verdict {
	if (value === undefined) return "none";
	if (value === null) return "failed";
	const text = typeof value === "string" ? value.trim().toLowerCase() : value;
	if (text === "") return "failed";
	if (text === UNLABELLED) return "none";
	if (text === true || text === 1 || text === "1" || text === "true") return says;
	if (text === false || text === 0 || text === "0" || text === "false") return says === "right" ? "wrong" : "right";
	return "unreadable";
}

/** A text, or a number written as one; undefined where it is missing. */
export function readText(name: string, value: unknown): Result<string | undefined, RowFault> {
	if (isMissing(value)) return ok(undefined);
	if (typeof value === "string") return ok(value);
	if (typeof value === "number") return ok(String(value));
	return fault(`${name} is not a text`, value);
}

/**
 * What a log's `logprob` and `outputTokens` are among the features of an answer that learned scores know
 * (`ANSWER_FEATURES`): the mean log-probability of its tokens, and how many they are.
 */
export function answerFeatures(logprob: number, outputTokens: number): Record<string, number> | undefined {
	const features: Record<string, number> = {};
	if (!Number.isNaN(logprob)) features["meanLogprob"] = logprob;
	if (outputTokens > 0) {
		features["tokenCount"] = outputTokens;
		features["logTokenCount"] = Math.log(outputTokens);
	}
	return Number.isNaN(logprob) && !(outputTokens > 0) ? undefined : features;
}

/** A fault with the value that caused it, cut to what can be shown. */
export function fault(reason: string, value: unknown): { readonly ok: false; readonly error: RowFault } {
	const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "absent");
	return err({ reason, value: text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text });
}

function isMissing(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
