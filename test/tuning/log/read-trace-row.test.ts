import { describe, expect, it } from "vitest";
import { isTraceHeader, readTraceHeader, readTraceRow } from "../../../src/tuning/log/read-trace-row.ts";

const header = { models: ["small", "large"], labeller: undefined };
const row = (small: Record<string, unknown>, large: Record<string, unknown> = { correct: 1, confidence: null }) => ({
	id: "q1",
	stages: [small, large],
});
const read = (small: Record<string, unknown>, large?: Record<string, unknown>) =>
	readTraceRow(row(small, large), header, undefined);
const reasonOf = (small: Record<string, unknown>, large?: Record<string, unknown>) => {
	const result = read(small, large);
	return result.ok ? null : result.error.reason;
};

describe("a trace's header", () => {
	it("names at least two models, each once", () => {
		expect(isTraceHeader({ models: [] })).toBe(true);
		expect(isTraceHeader({ id: "q1", stages: [] })).toBe(false);
		expect(readTraceHeader({ models: ["a", "b"], labeller: "judge 2" })).toEqual({
			ok: true,
			value: { models: ["a", "b"], labeller: "judge 2" },
		});
		for (const models of [["a"], ["a", "a"], ["a", ""], ["a", 2], "ab"])
			expect(readTraceHeader({ models })).toMatchObject({ ok: false });
	});
});

describe("a row of a trace", () => {
	it("takes exp(logprob) as the confidence and keeps what learned scores know", () => {
		const result = read({ correct: 1, logprob: -0.5, costUsd: 0.001, latencyMs: 20, inputTokens: 9, outputTokens: 4 });
		expect(result).toMatchObject({ ok: true, value: { id: "q1", features: { inputTokens: 9 } } });
		if (!result.ok) throw new Error("unreachable");
		expect(result.value.stages[0]).toEqual({
			stage: 0,
			confidence: Math.exp(-0.5),
			verdict: "right",
			costUsd: 0.001,
			latencyMs: 20,
			label: undefined,
			features: { meanLogprob: -0.5, tokenCount: 4, logTokenCount: Math.log(4) },
		});
		expect(result.value.stages[1]).toMatchObject({ confidence: Number.NaN, costUsd: Number.NaN, verdict: "right" });
	});

	it("accepts the ends of the scale", () => {
		expect(read({ correct: 0, confidence: 0 })).toMatchObject({ ok: true });
		expect(read({ correct: 0, confidence: 1 })).toMatchObject({ ok: true });
		expect(read({ correct: 0, logprob: 0 })).toMatchObject({ ok: true, value: { stages: [{ confidence: 1 }, {}] } });
	});

	it("refuses what is no confidence, and says why", () => {
		expect(reasonOf({ correct: 1, confidence: 1.0001 })).toBe("small: confidence is outside [0, 1]");
		expect(reasonOf({ correct: 1, confidence: -0.1 })).toBe("small: confidence is outside [0, 1]");
		expect(reasonOf({ correct: 1, confidence: "NaN" })).toBe("small: confidence is not a number");
		expect(reasonOf({ correct: 1, logprob: 0.01 })).toBe("small: logprob is a log-probability above 0");
		expect(reasonOf({ correct: 1 })).toBe("small: has neither confidence nor logprob");
	});

	it("lets the last model say nothing of its confidence", () => {
		expect(read({ correct: 1, confidence: 0.4 }, { correct: 0 })).toMatchObject({ ok: true });
	});

	it("takes null as a labeller that failed, and an absent label as one that was never asked", () => {
		const verdictOf = (small: Record<string, unknown>) => {
			const result = read({ confidence: 0.5, ...small });
			return result.ok ? result.value.stages[0]?.verdict : result.error.reason;
		};
		expect(verdictOf({ correct: null })).toBe("failed");
		expect(verdictOf({})).toBe("none");
		expect(verdictOf({ correct: false })).toBe("wrong");
		expect(verdictOf({ wrong: 0 })).toBe("right");
		expect(verdictOf({ correct: 0.5 })).toBe("unreadable");
	});

	it("refuses costs and durations that cannot be, other numbers of stages, and rows without an id", () => {
		expect(reasonOf({ correct: 1, confidence: 1, costUsd: -1 })).toBe("small: costUsd is negative or infinite");
		expect(readTraceRow({ id: "q", stages: [{}] }, header, undefined)).toMatchObject({
			error: { reason: "stages are not as many as the header's models", value: "1" },
		});
		expect(readTraceRow({ stages: [] }, header, undefined)).toMatchObject({ error: { reason: "id is missing" } });
		expect(readTraceRow([], header, undefined)).toMatchObject({ ok: false });
		expect(readTraceRow({ id: "q", stages: [null, {}] }, header, undefined)).toMatchObject({ ok: false });
	});

	it("reads the group that is asked for, and refuses a row without it", () => {
		const grouped = { ...row({ correct: 1, confidence: 0.5 }), conversation: 7 };
		expect(readTraceRow(grouped, header, "conversation")).toMatchObject({ ok: true, value: { group: "7" } });
		expect(readTraceRow(grouped, header, "user")).toMatchObject({ error: { reason: "user is missing" } });
	});
});
