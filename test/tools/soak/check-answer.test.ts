import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../../tools/soak/check-answer.ts";
import { explainFailure, type FailedAnswer } from "../../../tools/soak/check-failures.ts";
import type { Received } from "../../../tools/soak/client.ts";
import { flaggedCategories, labelsOf, scoreOf } from "../../../tools/soak/marker.ts";
import type { SoakRequest } from "../../../tools/soak/requests.ts";

const MARKER = "mk-plain-0123456789ab";
const OTHER = "mk-stages-0123456789ab";

function sent(changes: Partial<SoakRequest> = {}): SoakRequest {
	const path = "/v1/chat/completions";
	const usual = { tenant: "plain", endpoint: "chat", path, stream: false, markers: [MARKER], body: "{}" } as const;
	return { ...usual, headers: {}, behaviour: "reads", leavesAfterMs: 0, ...changes };
}

function received(body: unknown, changes: Partial<Received> = {}): Received {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	return { status: 200, headers: { "x-request-id": "req_1" }, body: text, end: "whole", ms: 1, ...changes };
}

const USAGE = { total_tokens: 3 };
const completion = (content: string) => ({
	choices: [{ message: { content }, finish_reason: "stop" }],
	usage: USAGE,
});

/** Events of a stream of chat completions; each is a piece of text, a finish, an end or something else. */
function stream(...events: readonly unknown[]): Received {
	const body = events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
	return received(body, { headers: { "x-request-id": "req_1", "content-type": "text/event-stream; charset=utf-8" } });
}
const piece = (content: string) => ({ choices: [{ delta: { content }, finish_reason: null }] });
const FINISH = { choices: [{ delta: {}, finish_reason: "stop" }] };
const TOLD = { choices: [], usage: USAGE };
const BROKEN = { error: { message: "It broke off.", code: "upstream_broken_off" } };
const END = "[DONE]";

describe("an answer in one piece", () => {
	it("is well with its own marker, one finish reason and its usage", () => {
		expect(checkAnswer(sent(), received(completion(`Read ${MARKER}.`)))).toEqual({
			outcome: "answered",
			code: null,
			violations: [],
		});
	});

	it.each<[string, Received, string]>([
		["another's marker beside its own", received(completion(`${MARKER} ${OTHER}`)), `mixed: holds ${OTHER}`],
		[
			"another's marker in a header",
			received(completion(MARKER), { headers: { "x-cascade-model": OTHER } }),
			`mixed: holds ${OTHER}`,
		],
		["no marker", received(completion("Read it.")), "marker: its own stands 0 times in the answer"],
		["its marker twice", received(completion(MARKER + MARKER)), "marker: its own stands 2 times in the answer"],
		["no usage", received({ ...completion(MARKER), usage: null }), "usage: told 0 times"],
		["no choices", received({ choices: [], usage: USAGE }), "ending: 0 finish reasons and 0 errors"],
		["half of its JSON", received('{"choices": ['), "form: SyntaxError"],
		["a connection that ended", received("", { end: "broken" }), "lost: the connection ended after status 200"],
		["silence", received("", { end: "silent", status: 0 }), "lost: nothing more came after status 0"],
		["another status", received(completion(MARKER), { status: 201 }), "status: 201 without an error"],
	])("is not with %s", (_what, got, violation) => {
		expect(checkAnswer(sent(), got).violations).toContainEqual(expect.stringContaining(violation));
	});

	it("of a client that left is nothing, unless it is another's", () => {
		const left = { end: "left", status: 0 } as const;
		expect(checkAnswer(sent(), received("", left))).toMatchObject({ outcome: "left", violations: [] });
		expect(checkAnswer(sent(), received(OTHER, left)).violations).toEqual([`mixed: holds ${OTHER}`]);
	});

	it.each<[number, string, readonly string[]]>([
		[502, "upstream_invalid", []],
		[500, "upstream_invalid", ["status: 500 with the code upstream_invalid"]],
		[500, "internal_error", ["status: the error internal_error is not expected"]],
	])("may be an error of the status that its code has: %i %s", (status, code, violations) => {
		const got = received({ error: { message: "It failed.", code } }, { status });
		expect(checkAnswer(sent(), got)).toEqual({ outcome: "failed", code, violations });
	});
});

describe("a stream", () => {
	const streamed = sent({ stream: true });

	it.each<[string, Received]>([
		["an answer", stream(piece(`Read ${MARKER}.`), FINISH, TOLD, END)],
		[
			"an answer of which the marker came in two pieces",
			stream(piece(MARKER.slice(0, 9)), piece(MARKER.slice(9)), FINISH, TOLD, END),
		],
		["one error after some words", stream(piece(MARKER), BROKEN, END)],
	])("is well with one end: %s", (_what, got) => {
		expect(checkAnswer(streamed, got).violations).toEqual([]);
	});

	it.each<[string, Received, string]>([
		["two end markers", stream(piece(MARKER), FINISH, TOLD, END, END), "ending: 2 end markers"],
		["none", stream(piece(MARKER), FINISH, TOLD), "ending: 0 end markers"],
		["one before the end", stream(piece(MARKER), END, FINISH, TOLD), "ending: 1 end markers, or not at the end"],
		["two finish reasons", stream(piece(MARKER), FINISH, FINISH, TOLD, END), "ending: 2 finish reasons and 0 errors"],
		[
			"a finish reason and an error",
			stream(piece(MARKER), FINISH, BROKEN, END),
			"ending: 1 finish reasons and 1 errors",
		],
		["usage twice", stream(piece(MARKER), FINISH, TOLD, TOLD, END), "usage: told 2 times"],
		["half an event", stream(piece(MARKER), '{"choices', END), "form: SyntaxError"],
	])("is not with %s", (_what, got, violation) => {
		expect(checkAnswer(streamed, got).violations).toContainEqual(expect.stringContaining(violation));
	});
});

describe("a stream of a response", () => {
	const streamed = sent({ endpoint: "responses", stream: true });
	const delta = { type: "response.output_text.delta", delta: MARKER };
	const completed = { type: "response.completed", response: { usage: USAGE } };
	const error = { type: "error", code: "upstream_broken_off", message: "It broke off." };
	const failed = { type: "response.failed", response: {} };

	it.each([
		["an answer", stream(delta, completed), "answered"],
		["an error and a failed response", stream(delta, error, failed), "failed"],
	])("is well with one last event: %s", (_what, got, outcome) => {
		expect(checkAnswer(streamed, got)).toMatchObject({ outcome, violations: [] });
	});

	it.each([
		["no last event", stream(delta)],
		["two", stream(delta, completed, completed)],
		["both", stream(delta, completed, error, failed)],
		["an error alone", stream(delta, error)],
		["a failure without an error", stream(delta, failed)],
		["something after it", stream(delta, completed, delta)],
	])("is not with %s", (_what, got) => {
		expect(checkAnswer(streamed, got).violations).not.toEqual([]);
	});
});

describe("answers that have no words of their own", () => {
	it("of a classification are the label that its marker says", () => {
		const { labels, right } = labelsOf(MARKER);
		const wrong = labels.find((label) => label !== right) ?? "";
		const request = sent({ endpoint: "classifications" });
		const answer = (label: string) => received({ data: [{ label }], usage: USAGE });
		expect(checkAnswer(request, answer(right)).violations).toEqual([]);
		expect(checkAnswer(request, answer(wrong)).violations).toEqual([`mixed: labelled ${wrong}`]);
	});

	it("of moderations are the categories that their markers say, in the texts' order", () => {
		const markers = [MARKER, "mk-plain-0123456789ac", "mk-plain-0123456789ae"];
		const request = sent({ endpoint: "moderations", markers });
		const verdict = (marker: string) => {
			const flagged = flaggedCategories(marker);
			return {
				categories: Object.fromEntries(["sexual", ...flagged].map((name) => [name, flagged.includes(name)])),
				category_scores: { violence: scoreOf(marker) },
				cascade: { stage: "origin" },
			};
		};
		const results = markers.map(verdict);
		expect(checkAnswer(request, received({ results })).violations).toEqual([]);
		expect(checkAnswer(request, received({ results: results.toReversed() })).violations).not.toEqual([]);
		const [first, ...others] = results;
		const scored = [{ ...first, category_scores: { violence: scoreOf(OTHER) } }, ...others];
		expect(checkAnswer(request, received({ results: scored })).violations).toContainEqual(
			expect.stringContaining("mixed: verdicts of the score"),
		);
	});

	it("of feedback name the request that it is about", () => {
		const request = sent({ endpoint: "feedback", markers: [], about: "req_1" });
		const answer = (id: string) => received({ object: "feedback", request_id: id });
		expect(checkAnswer(request, answer("req_1")).violations).toEqual([]);
		expect(checkAnswer(request, answer("req_2")).violations).toEqual(["mixed: feedback on req_1 was taken for req_2"]);
	});
});

describe("a failed answer", () => {
	const report = (...kinds: string[]) => ({ callsBy: {}, faultsBy: {}, faultsOf: { [MARKER]: kinds }, cpuSeconds: 0 });
	const failure = (code: string, changes: Partial<SoakRequest> = {}, wasResting = false) => ({
		sent: sent(changes),
		received: received(""),
		code,
		wasResting,
	});
	const explain = (
		failed: FailedAnswer,
		faults: ReturnType<typeof report>,
		own: Readonly<Record<string, string>> = {},
	) => explainFailure(failed, faults, new Map(Object.entries(own)));

	it("is explained by a fault that befell its request", () => {
		expect(explain(failure("upstream_error"), report("drip", "status-503"))).toBe("status-503");
		expect(explain(failure("origin_unavailable", {}, true), report())).toBe("circuit-open");
		expect(explain(failure("insufficient_quota", { tenant: "thrifty" }), report())).toBe("budget");
	});

	it("is not by a fault of another kind, nor by none, nor by a budget that its tenant has not", () => {
		expect(explain(failure("upstream_error"), report("html"))).toBeNull();
		expect(explain(failure("upstream_timeout"), report())).toBeNull();
		expect(explain(failure("upstream_broken_off"), report("drip", "no-done"))).toBeNull();
		expect(explain(failure("insufficient_quota"), report("reset"))).toBeNull();
	});

	it("is explained by a record that could not be reached only where the Worker has logged that of this very request", () => {
		const unavailable = {
			...failure("idempotency_record_unavailable"),
			received: { ...received(""), headers: { "x-request-id": "req_1" } },
		};
		const fault = "idempotency-record-unavailable";
		expect(explain(unavailable, report(), { req_1: fault })).toBe(fault);
		expect(explain(unavailable, report("reset"), { req_2: fault })).toBeNull();
		expect(explain(unavailable, report(), { req_1: "outage-not-shared" })).toBeNull();
	});
});
