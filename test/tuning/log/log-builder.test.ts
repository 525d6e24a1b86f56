import { describe, expect, it } from "vitest";
import { LogBuilder } from "../../../src/tuning/log/log-builder.ts";
import type { StageRow, Verdict } from "../../../src/tuning/log/log-row.ts";

const stageRow = (stage: number, confidence: number, verdict: Verdict, more: Partial<StageRow> = {}): StageRow => ({
	stage,
	confidence,
	verdict,
	costUsd: Number.NaN,
	latencyMs: Number.NaN,
	...more,
});

function builderWith(...models: readonly string[]): LogBuilder {
	const builder = new LogBuilder();
	for (const model of models) builder.stage(model);
	return builder;
}

describe("the columns of a log", () => {
	it("hold more rows than they began with", () => {
		const builder = builderWith("small");
		for (let row = 0; row < 5_000; row++)
			builder.add(row, { id: `q${row}`, stages: [stageRow(0, row / 5_000, row % 2 === 0 ? "right" : "wrong")] });
		const { log, report } = builder.finish();
		expect(report.rows).toBe(5_000);
		expect(log.stages[0]?.confidence).toHaveLength(5_000);
		expect(log.stages[0]?.confidence[4_999]).toBe(0.9998);
		expect(log.stages[0]?.wrong.reduce((sum, mark) => sum + mark, 0)).toBe(2_500);
		expect(log.stages[0]?.labelled).toBeUndefined();
	});

	it("count a labeller's failure as wrong, and an answer that was never labelled as wrong and unlabelled", () => {
		const builder = builderWith("small", "large");
		const verdicts: readonly Verdict[] = ["right", "wrong", "failed", "none"];
		for (const [row, verdict] of verdicts.entries())
			builder.add(row, { id: String(row), stages: [stageRow(0, 0.5, verdict), stageRow(1, Number.NaN, "right")] });
		const { log, report } = builder.finish();
		expect([...(log.stages[0]?.wrong ?? [])]).toEqual([0, 1, 1, 1]);
		expect([...(log.stages[0]?.labelled ?? [])]).toEqual([1, 1, 1, 0]);
		expect(report.labellerFailed).toEqual({ small: 1 });
		expect(report.unlabelled).toEqual({ small: 1 });
	});

	it("keep the first of rows with one id, and say where the others were", () => {
		const builder = builderWith("small");
		builder.add(2, { id: "a", stages: [stageRow(0, 0.1, "right")] });
		builder.add(3, { id: "a", stages: [stageRow(0, 0.9, "wrong")] });
		const { log, report } = builder.finish();
		expect(log.rows).toBe(1);
		expect(log.stages[0]?.confidence[0]).toBe(0.1);
		expect(report).toMatchObject({ duplicates: 1, firstDuplicates: [3] });
	});

	it("count what a labeller said that is neither right nor wrong as wrong, and say how often", () => {
		const builder = builderWith("small");
		for (const [row, verdict] of (["right", "failed", "unreadable", "disputed"] as const).entries())
			builder.add(row, { id: String(row), stages: [stageRow(0, 0.5, verdict)] });
		const { log, report } = builder.finish();
		expect([...(log.stages[0]?.wrong ?? [])]).toEqual([0, 1, 1, 1]);
		expect([...(log.stages[0]?.failed ?? [])]).toEqual([0, 1, 1, 1]);
		expect(log.stages[0]?.labelled).toBeUndefined();
		expect(report).toMatchObject({
			labellerFailed: { small: 3 },
			labellerUnreadable: { small: 1 },
			labelsDisputed: { small: 1 },
		});
	});

	it.each<[first: Verdict, second: Verdict, wrong: number, disputed: boolean]>([
		["right", "right", 0, false],
		["wrong", "wrong", 1, false],
		["right", "none", 0, false],
		["none", "right", 1, false],
		["failed", "unreadable", 1, false],
		["right", "wrong", 1, true],
		["wrong", "right", 1, true],
		["right", "failed", 1, true],
		["failed", "wrong", 1, true],
		["failed", "right", 1, true],
	])("of one id labelled %s and then %s are wrong: %i, disputed: %s", (first, second, wrong, isDisputed) => {
		const builder = builderWith("small");
		for (const verdict of [first, second]) builder.add(1, { id: "a", stages: [stageRow(0, 0.5, verdict)] });
		const { log, report } = builder.finish();
		expect(log.stages[0]?.wrong[0]).toBe(wrong);
		expect(report.labelsDisputed).toEqual(isDisputed ? { small: 1 } : {});
	});

	it("fill what earlier rows did not have: stages, labels, features and groups", () => {
		const builder = builderWith("small");
		builder.add(1, { id: "a", stages: [stageRow(0, 0.1, "right")] });
		const late = builder.stage("late");
		builder.add(2, {
			id: "b",
			group: "g",
			features: { length: 3 },
			stages: [stageRow(0, 0.2, "right", { label: "yes", features: { margin: 0.5 } }), stageRow(late, 0.7, "wrong")],
		});
		builder.add(3, { id: "c", group: "g", stages: [stageRow(0, 0.3, "right")] });
		const { log, asked } = builder.finish();
		expect([...(log.groups ?? [])]).toEqual([-1, 0, 0]);
		expect([...(log.features?.["length"] ?? [])]).toEqual([Number.NaN, 3, Number.NaN]);
		expect(log.stages[0]?.label).toEqual([null, "yes", null]);
		expect([...(log.stages[0]?.features?.["margin"] ?? [])]).toEqual([Number.NaN, 0.5, Number.NaN]);
		expect([...(log.stages[1]?.confidence ?? [])]).toEqual([Number.NaN, 0.7, Number.NaN]);
		expect([...(log.stages[1]?.wrong ?? [])]).toEqual([1, 1, 1]);
		expect([...(log.stages[1]?.labelled ?? [])]).toEqual([0, 1, 0]);
		expect(asked.map((column) => [...column])).toEqual([
			[1, 1, 1],
			[0, 1, 0],
		]);
	});

	it("count every bad line by its reason, most frequent first, and list the first twenty", () => {
		const builder = builderWith("small");
		for (let line = 1; line <= 30; line++)
			builder.reject(line, { reason: line < 4 ? "rare" : "often", value: `${line}` });
		builder.setAside(31, "no record of a request");
		const { report } = builder.finish();
		expect(report.rejected).toBe(30);
		expect(Object.entries(report.rejectedByReason)).toEqual([
			["often", 27],
			["rare", 3],
		]);
		expect(report.firstRejected).toHaveLength(20);
		expect(report.firstRejected[0]).toEqual({ line: 1, reason: "rare", value: "1" });
		expect(report).toMatchObject({ setAside: 1, setAsideByReason: { "no record of a request": 1 } });
	});
});
