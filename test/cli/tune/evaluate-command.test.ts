import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";
import { exampleTrace } from "./example-trace.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
	place.write("log.jsonl", exampleTrace(1_200, 1));
});
afterEach(() => place.stop());

const cascade = (...args: readonly string[]) => place.cascade(...args);
const TRACE = join(import.meta.dirname, "../../../../shared/data/traces/mmlu-llama.jsonl");

interface Printed {
	readonly auroc: number;
	readonly qualitySmall: number;
	readonly qualityLarge: number;
	readonly deferral: {
		readonly curve: { readonly points: readonly { escalation: number; quality: number }[] };
		readonly area: number;
		readonly random: { readonly area: number };
		readonly oracle: { readonly area: number };
	};
	readonly riskCoverage: { readonly points: readonly { coverage: number; selectiveRisk: number }[] };
	readonly comparison: {
		readonly cascade: { escalation: number };
		readonly baselines: readonly { name: string; escalation: number }[];
	};
}

describe("cascade evaluate", () => {
	it("prints curves, metrics and baselines as one object", async () => {
		const run = await cascade("evaluate", "log.jsonl", "--json", "--points", "50");
		expect(run).toMatchObject({ status: 0, stderr: "" });
		const { auroc, deferral, riskCoverage, comparison } = JSON.parse(run.stdout) as Printed;
		expect(auroc).toBeGreaterThan(0.65);
		expect(deferral.curve.points).toHaveLength(50);
		expect(deferral.curve.points[0]).toMatchObject({ escalation: 0 });
		expect(deferral.curve.points.at(-1)).toMatchObject({ escalation: 1 });
		expect(deferral.random.area).toBeLessThan(deferral.area);
		expect(deferral.area).toBeLessThan(deferral.oracle.area);
		expect(riskCoverage.points.at(-1)?.coverage).toBe(1);
		expect(comparison.baselines.map(({ name }) => name)).toEqual(
			expect.arrayContaining(["always-small", "always-large", "random", "mean-logprob-naive"]),
		);
		const random = comparison.baselines.find(({ name }) => name === "random");
		expect(random?.escalation).toBeCloseTo(comparison.cascade.escalation, 12);
	});

	it("says it in words, and that nothing of it is certified", async () => {
		const run = await cascade("evaluate", "log.jsonl");
		expect(run.stdout).toMatch(/^@cf\/openai\/gpt-oss-20b → large, 1,200 labelled rows\n/u);
		expect(run.stdout).toContain("Risk by coverage, surest answers first");
		expect(run.stdout).toContain("nothing here is certified");
	});

	it("gives the same figures again", async () => {
		const [first, second] = [await cascade("evaluate", "log.jsonl"), await cascade("evaluate", "log.jsonl")];
		expect(first.stdout).toBe(second.stdout);
	});

	it.runIf(existsSync(TRACE))("finds the figures that are known of a recorded trace", async () => {
		const run = await cascade(
			"evaluate",
			TRACE,
			"--edge",
			"llama3.1-8b",
			"--origin",
			"llama3.1-405b",
			"--json",
			"--points",
			"2000",
		);
		const { auroc, qualitySmall, qualityLarge, deferral } = JSON.parse(run.stdout) as Printed;
		expect([auroc, qualitySmall, qualityLarge].map((value) => value.toFixed(3))).toEqual(["0.809", "0.632", "0.846"]);
		const qualities = [0.1, 0.2, 0.3, 0.5].map((escalation) =>
			deferral.curve.points.find((point) => point.escalation >= escalation)?.quality.toFixed(3),
		);
		expect(qualities).toEqual(["0.669", "0.716", "0.746", "0.803"]);
	});

	it("needs one small model, and labels of both", async () => {
		const three =
			'{"models":["a","b","c"]}\n{"id":"1","stages":[{"correct":1,"confidence":1},{"correct":1,"confidence":1},{"correct":1}]}\n';
		place.write("three.jsonl", three);
		expect(await cascade("evaluate", "three.jsonl", "--edge", "a,b", "--origin", "c")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("one small model at a time"),
		});
		place.write("one.csv", "confidence,correct\n0.5,1\n");
		expect(await cascade("evaluate", "one.csv")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("no row has the labels"),
		});
	});
});
