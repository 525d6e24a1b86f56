import type { Received } from "./client.ts";
import { flaggedCategories, labelsOf, MARKERS, scoreOf } from "./marker.ts";
import { readAnswer, type AnswerEnd } from "./read-answer.ts";
import type { SoakRequest } from "./requests.ts";

/** What became of a request, and what is wrong with that. */
export interface Checked {
	readonly outcome: "answered" | "failed" | "left" | "lost";
	/** Of a failure: its code. */
	readonly code: string | null;
	readonly violations: readonly string[];
}

/** The status of each failure that an answer may be. */
const STATUS_OF: Readonly<Record<string, number>> = {
	origin_unavailable: 503,
	upstream_error: 502,
	upstream_invalid: 502,
	upstream_broken_off: 502,
	upstream_timeout: 504,
	rate_limit_exceeded: 429,
	insufficient_quota: 429,
	overloaded: 503,
	idempotency_in_progress: 409,
	idempotency_record_unavailable: 503,
};

/** Judges one answer by itself: its one ending, whose it is, and that it says what it cost. */
export function checkAnswer(sent: SoakRequest, received: Received): Checked {
	const violations: string[] = [];
	for (const other of foreignMarkers(sent, received)) violations.push(`mixed: holds ${other}`);
	if (received.end === "left") return { outcome: "left", code: null, violations };
	if (received.end !== "whole") {
		const how = received.end === "silent" ? "nothing more came" : "the connection ended";
		return { outcome: "lost", code: null, violations: [...violations, `lost: ${how} after status ${received.status}`] };
	}
	const isStream = String(received.headers["content-type"]).startsWith("text/event-stream");
	let end: AnswerEnd;
	try {
		end = readAnswer(sent, received.body, isStream);
	} catch (error) {
		return { outcome: "lost", code: null, violations: [...violations, `form: ${String(error)}`] };
	}
	if (end.finishes + end.errors.length !== 1)
		violations.push(`ending: ${end.finishes} finish reasons and ${end.errors.length} errors`);
	if (isStream && end.ends !== 1) violations.push(`ending: ${end.ends % 1_000} end markers, or not at the end`);
	const [code = null] = end.errors;
	if (end.errors.length > 0) {
		if (code === null || STATUS_OF[code] === undefined) violations.push(`status: the error ${code} is not expected`);
		else if (!isStream && STATUS_OF[code] !== received.status)
			violations.push(`status: ${received.status} with the code ${code}`);
		return { outcome: "failed", code, violations };
	}
	if (received.status !== 200) violations.push(`status: ${received.status} without an error`);
	violations.push(...checkContent(sent, end));
	return { outcome: "answered", code: null, violations };
}

function foreignMarkers({ markers }: SoakRequest, { headers, body }: Received): string[] {
	const found = `${JSON.stringify(headers)} ${body}`.match(MARKERS) ?? [];
	return [...new Set(found)].filter((marker) => !markers.includes(marker));
}

function checkContent(sent: SoakRequest, { text, usages, results }: AnswerEnd): string[] {
	const { endpoint, markers, about } = sent;
	const violations: string[] = [];
	const [marker = ""] = markers;
	if (endpoint === "chat" || endpoint === "responses") {
		const count = text.split(marker).length - 1;
		if (count !== 1) violations.push(`marker: its own stands ${count} times in the answer`);
	}
	if (endpoint === "feedback" && text !== about) violations.push(`mixed: feedback on ${about} was taken for ${text}`);
	if (endpoint === "classifications") {
		const labels = results.map((result) => (result as { readonly label?: unknown }).label);
		if (labels.length !== 1 || labels[0] !== labelsOf(marker).right)
			violations.push(`mixed: labelled ${String(labels)}`);
	}
	if (endpoint === "moderations") violations.push(...checkVerdicts(markers, results as Verdict[]));
	if (endpoint !== "moderations" && endpoint !== "feedback" && usages !== 1)
		violations.push(`usage: told ${usages} times`);
	return violations;
}

interface Verdict {
	readonly categories: Readonly<Record<string, boolean>>;
	readonly category_scores: Readonly<Record<string, number>>;
	readonly cascade?: { readonly stage: string };
}

/** The origin gives scores of its own; a small model's are what is left of its log-probabilities. */
function checkVerdicts(markers: readonly string[], verdicts: readonly Verdict[]): string[] {
	const found = verdicts.map(({ categories }) =>
		Object.keys(categories)
			.filter((name) => categories[name])
			.toSorted()
			.join(),
	);
	const expected = markers.map((marker) => flaggedCategories(marker).toSorted().join());
	if (found.join(";") !== expected.join(";")) return [`mixed: verdicts ${found.join(";")} for ${expected.join(";")}`];
	return verdicts.flatMap(({ category_scores: scores, cascade }, index) => {
		const [score, own] = [Math.max(...Object.values(scores)), scoreOf(markers[index] ?? "")];
		return cascade?.stage === "origin" && score !== own ? [`mixed: verdicts of the score ${score} for ${own}`] : [];
	});
}
