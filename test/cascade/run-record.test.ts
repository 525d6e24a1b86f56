import { describe, expect, it } from "vitest";
import {
	emptyRecord,
	recordAnswer,
	recordCall,
	recordEstimatedCall,
	recordFailedCall,
} from "../../src/cascade/run-record.ts";
import { estimatedTokens } from "../../src/core/gate.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { exampleAnswer, exampleRequest } from "../core/examples.ts";

const call = { stage: "edge", model: "m", purpose: "answer", ms: 5 } as const;
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

describe("a call that was answered", () => {
	it("costs its tokens at the stage's price", () => {
		const record = emptyRecord();
		recordCall(record, call, price, { inputTokens: 1_000, outputTokens: 500 });
		expect(record.calls).toEqual([{ ...call, usage: { inputTokens: 1_000, outputTokens: 500 }, costUsd: 0.002 }]);
	});

	it("costs nobody knows what where its tokens are unknown", () => {
		const record = emptyRecord();
		recordCall(record, call, price, null);
		expect(record.calls).toEqual([{ ...call, usage: null, costUsd: null }]);
	});
});

describe("a call that failed", () => {
	const costOf = (failure: StageFailure) => {
		const record = emptyRecord();
		recordFailedCall(record, call, failure);
		return record.calls[0]?.costUsd;
	};

	it("costs nothing where it was refused", () => {
		const refusals: readonly StageFailure[] = [
			{ kind: "unreachable" },
			{ kind: "overloaded", retryAfterSeconds: null },
			{ kind: "daily-allocation" },
			{ kind: "bad-request", message: "", param: null, code: null },
			{ kind: "misconfigured", what: "model" },
			{ kind: "upstream-error", status: 500, message: "" },
		];
		for (const failure of refusals) expect(costOf(failure), failure.kind).toBe(0);
	});

	it("costs nobody knows what where it was cut short or useless", () => {
		const cuts: readonly StageFailure[] = [
			{ kind: "timeout", afterMs: 1 },
			{ kind: "aborted" },
			{ kind: "invalid-answer", detail: "" },
			{ kind: "too-large", limitBytes: 1 },
		];
		for (const failure of cuts) expect(costOf(failure), failure.kind).toBeNull();
	});
});

describe("a call whose usage nobody reports", () => {
	it("costs what the likely tokens do, and says that this is an estimate", () => {
		const record = emptyRecord();
		recordEstimatedCall(record, call, price, { inputTokens: 1_000, outputTokens: 500 });
		expect(record.calls).toEqual([{ ...call, usage: null, costUsd: 0.002, estimated: true }]);
	});

	it("costs nobody knows what where nothing is likely", () => {
		const record = emptyRecord();
		recordEstimatedCall(record, call, price, null);
		expect(record.calls).toEqual([{ ...call, usage: null, costUsd: null }]);
	});

	it("is a classifier's, at the tokens that the request is estimated at", () => {
		const record = emptyRecord();
		const request = exampleRequest({ messages: [{ role: "user", content: "x".repeat(400) }] });
		const scores = [{ label: "spam", score: 1 }];
		recordAnswer(record, call, price, request, exampleAnswer({ usage: null, scores }));
		expect(record.calls[0]).toMatchObject({ usage: null, estimated: true });
		expect(record.calls[0]?.costUsd).toBeCloseTo(estimatedTokens(request) / 1e6, 12);
		recordAnswer(record, call, price, request, exampleAnswer({ usage: null }));
		expect(record.calls[1]).toMatchObject({ usage: null, costUsd: null });
	});
});
