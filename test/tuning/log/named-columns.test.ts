import { describe, expect, it } from "vitest";
import { flatten, planColumns, readMapping } from "../../../src/tuning/log/named-columns.ts";
import { readNamedRow } from "../../../src/tuning/log/read-named-row.ts";

const plan = (columns: readonly string[], mapping: Record<string, string> = {}, group?: string) =>
	planColumns(columns, new Map(Object.entries(mapping)), { defaultModel: "edge", group });

describe("named columns", () => {
	it("are what they say they are: model names may have dots, fields may be written with underscores", () => {
		expect(
			plan(["id", "llama3.1-8b.confidence", "llama3.1-8b.correct", "large.correct", "large.cost_usd", "note"]),
		).toEqual({
			ok: true,
			value: {
				columns: expect.anything(),
				id: 0,
				group: null,
				features: {},
				stages: [
					{ model: "llama3.1-8b", fields: { confidence: 1, correct: 2 }, features: {} },
					{ model: "large", fields: { correct: 3, costUsd: 4 }, features: {} },
				],
			},
		});
	});

	it("belong to the default model where they name none", () => {
		expect(plan(["confidence", "correct"])).toMatchObject({ value: { id: null, stages: [{ model: "edge" }] } });
	});

	it("may be said by the user, and then are nothing else", () => {
		const result = plan(["question", "p", "ok", "confidence"], { id: "question", confidence: "p", correct: "ok" });
		expect(result).toMatchObject({ value: { id: 0, stages: [{ fields: { confidence: 1, correct: 2 } }] } });
	});

	it("hold features of requests and of answers", () => {
		expect(plan(["confidence", "feature.length", "edge.feature.margin"])).toMatchObject({
			value: { features: { length: 1 }, stages: [{ features: { margin: 2 } }] },
		});
	});

	it("put models that say no confidence last", () => {
		expect(plan(["large.correct", "small.confidence", "small.correct"])).toMatchObject({
			value: { stages: [{ model: "small" }, { model: "large" }] },
		});
	});

	it("tell everything that is wrong at once", () => {
		const result = plan(["a", "b"], { confidence: "p", nonsense: "a" }, "user");
		expect(result.ok ? "" : result.error.split("\n")).toEqual([
			"there is no column 'p'; there are: a, b",
			expect.stringContaining("'nonsense' is nothing that a column can be"),
			"there is no column 'user'; there are: a, b",
		]);
		expect(plan(["id", "correct"])).toMatchObject({
			ok: false,
			error: expect.stringContaining("no column is a confidence"),
		});
	});

	it("are named as target=column", () => {
		expect(readMapping("confidence=p, edge.correct = ok")).toEqual({
			ok: true,
			value: new Map([
				["confidence", "p"],
				["edge.correct", "ok"],
			]),
		});
		expect(readMapping("confidence")).toEqual({ ok: false, error: "'confidence' is not target=column" });
	});

	it("of nested objects have dots in their names", () => {
		expect([...flatten({ edge: { confidence: 0.5, feature: { a: 1 } }, id: "x" })]).toEqual([
			["edge.confidence", 0.5],
			["edge.feature.a", 1],
			["id", "x"],
		]);
	});
});

describe("a row of named columns", () => {
	const columns = plan(["id", "confidence", "correct", "latencyMs", "logprob"]);
	if (!columns.ok) throw new Error(columns.error);
	const read = (...cells: readonly unknown[]) => readNamedRow(columns.value, (column) => cells[column], 7);

	it("prefers a confidence to a log-probability, which stays a feature", () => {
		expect(read("q", "0.25", "1", "12", "-0.5")).toMatchObject({
			value: {
				id: "q",
				stages: [{ confidence: 0.25, verdict: "right", latencyMs: 12, features: { meanLogprob: -0.5 } }],
			},
		});
	});

	it("is named by its line where no column has ids, and refused where its id is empty", () => {
		const without = plan(["confidence", "correct"]);
		if (!without.ok) throw new Error(without.error);
		expect(readNamedRow(without.value, () => "1", 7)).toMatchObject({ value: { id: "line 7" } });
		expect(read("", "0.5", "1", "", "")).toMatchObject({ error: { reason: "id is missing" } });
	});

	it("counts an empty label as a labeller that failed, and an empty confidence as no reading", () => {
		expect(read("q", "", "", "", "")).toMatchObject({
			value: { stages: [{ confidence: Number.NaN, verdict: "failed" }] },
		});
	});
});
