import { describe, expect, it } from "vitest";
import { reportModel } from "../../../src/cli/report/build-report-model.ts";
import { MOST_POINTS } from "../../../src/cli/report/thin-points.ts";
import { pValue } from "../../../src/tuning/selection/risk.ts";
import { recordedTrace, tuned } from "./tuned.ts";

describe("the steps of a report", () => {
	it("are the path of the certificate, counted again, and agree with it at the chosen one", async () => {
		const result = await tuned(recordedTrace());
		const { path, outcome, certificate } = reportModel(result);
		expect(path.map(({ thresholds }) => thresholds)).toEqual(certificate?.path);
		const chosen = path.filter(({ verdict }) => verdict === "chosen");
		expect(chosen).toEqual([
			expect.objectContaining({
				thresholds: outcome.thresholds,
				accepted: outcome.counts?.accepted,
				wrong: outcome.counts?.wrong,
				upper: outcome.upperBound,
				pValue: outcome.pValue,
			}),
		]);
	});

	it("passed from the start to the chosen one, then one failed, and the others were not tested", async () => {
		const result = await tuned(recordedTrace());
		const { path, claim } = reportModel(result);
		const verdicts = path.map(({ verdict }) => verdict);
		const [start, chosen] = [result.outcome.start, verdicts.indexOf("chosen")];
		expect(verdicts.indexOf("passed")).toBe(start);
		expect(new Set(verdicts.slice(start, chosen))).toEqual(new Set(["passed"]));
		expect(verdicts[chosen + 1]).toBe("failed");
		expect(new Set([...verdicts.slice(0, start), ...verdicts.slice(chosen + 2)])).toEqual(new Set(["untested"]));
		for (const step of path) {
			if (step.verdict === "passed" || step.verdict === "chosen") {
				expect(step.pValue).toBeLessThanOrEqual(claim.deltaSpent);
				expect(step.upper).toBeLessThanOrEqual(claim.target);
			}
			if (step.verdict === "failed") expect(step.pValue).toBeGreaterThan(claim.deltaSpent);
		}
	});

	it("failed at once where nothing is certified", async () => {
		const { path, outcome, certificate, riskCoverage, quality } = reportModel(
			await tuned(recordedTrace(), { target: "0.001" }),
		);
		expect([outcome.thresholds, certificate, riskCoverage?.chosen, quality?.chosen]).toEqual([null, null, null, null]);
		expect(path.filter(({ verdict }) => verdict !== "untested").map(({ verdict }) => verdict)).toEqual(["failed"]);
		expect(quality?.baselines.map(({ name }) => name)).toEqual(
			expect.not.arrayContaining(["at random", "longest prompts"]),
		);
	});

	it("have the observed risk between their bounds, whichever risk it is", async () => {
		for (const risk of ["selective", "joint", "regret"] as const) {
			const { path } = reportModel(await tuned(recordedTrace(), { risk, target: "0.1" }));
			expect(path.length).toBeGreaterThan(20);
			for (const { risk: observed, lower, upper } of path) {
				expect(lower).toBeLessThanOrEqual((observed ?? 0) + 1e-12);
				expect(upper).toBeGreaterThanOrEqual((observed ?? 0) - 1e-12);
			}
		}
	});

	it("count three models by whole vectors", async () => {
		const trace = recordedTrace({ models: ["small", "middle", "large"] });
		const result = await tuned(trace, { edge: ["small,middle"], origin: "large" });
		const { path, reliability, quality } = reportModel(result);
		const chosen = path.find(({ verdict }) => verdict === "chosen");
		expect([chosen?.accepted, chosen?.wrong]).toEqual([result.outcome.counts?.accepted, result.outcome.counts?.wrong]);
		expect(chosen?.pValue).toBe(pValue("selective", result.outcome.counts!, 0.1));
		expect(reliability.map(({ model }) => model)).toEqual(["small", "middle"]);
		expect(quality?.baselines.map(({ name }) => name)).toEqual(["small alone", "middle alone", "large alone"]);
		expect(quality?.points[0]?.escalation).toBeLessThan(0.05);
		expect(quality?.points.at(-1)).toMatchObject({ escalation: 1, quality: quality?.qualityLast });
	});
});

describe("the curves of a report", () => {
	it("have at most four hundred points, of however many rows", async () => {
		const { quality, riskCoverage } = reportModel(await tuned(recordedTrace({ rows: 6_000 })));
		const curves = [quality?.points, quality?.hull, quality?.gate, riskCoverage?.points];
		for (const curve of curves) {
			expect(curve?.length).toBeGreaterThan(2);
			expect(curve?.length).toBeLessThanOrEqual(MOST_POINTS);
		}
	});

	it("are of the rows held out where there are any, and the chosen point is theirs", async () => {
		const { quality, heldOut } = reportModel(await tuned(recordedTrace(), { calibrationShare: "0.5" }));
		expect([quality?.rows, quality?.count]).toEqual(["held-out", heldOut?.rows]);
		expect(quality?.chosen).toMatchObject({ rows: heldOut?.rows, escalation: heldOut?.escalationRate });
		expect(quality?.chosen?.quality).toBeCloseTo(heldOut?.quality ?? 0, 12);
		expect(quality?.chosen?.saving).toBeCloseTo(heldOut?.saving ?? 0, 12);
	});

	it("compare the cascade with every baseline at its own escalation; fitted ones are measured on other rows", async () => {
		const { quality } = reportModel(await tuned(recordedTrace()));
		const byName = new Map(quality?.baselines.map((baseline) => [baseline.name, baseline]));
		expect([...byName.keys()]).toEqual([
			"small alone",
			"large alone",
			"at random",
			"longest prompts",
			"naive tuning",
			"gate before",
		]);
		for (const name of ["at random", "longest prompts", "gate before"])
			expect(byName.get(name)?.escalation).toBeCloseTo(quality?.chosen?.escalation ?? -1, 3);
		expect(byName.get("at random")?.rows).toBe(quality?.count);
		for (const name of ["naive tuning", "gate before"])
			expect(byName.get(name)?.rows).toBe((quality?.count ?? 0) - Math.floor((quality?.count ?? 0) / 2));
	});

	it("have a hull over everything that is drawn", async () => {
		const { quality } = reportModel(await tuned(recordedTrace()));
		const hull = quality?.hull ?? [];
		const heightAt = (cost: number): number => {
			const after = hull.findIndex(({ costUsd }) => costUsd >= cost);
			const [from, to] = [hull[Math.max(0, after - 1)]!, hull[after]!];
			return to.costUsd === from.costUsd
				? to.quality
				: from.quality + ((cost - from.costUsd) / (to.costUsd - from.costUsd)) * (to.quality - from.quality);
		};
		for (const { costUsd, quality: share } of [...(quality?.points ?? []), ...(quality?.baselines ?? [])])
			expect(share).toBeLessThanOrEqual(heightAt(costUsd ?? 0) + 1e-9);
	});

	it("put the best possible order under the curve of risk, and both meet where everything is accepted", async () => {
		const { riskCoverage, outcome } = reportModel(await tuned(recordedTrace()));
		expect(riskCoverage?.oracle?.at(-1)?.risk).toBeCloseTo(riskCoverage?.points.at(-1)?.risk ?? 0, 12);
		expect(riskCoverage?.oracle?.at(-1)?.coverage).toBeCloseTo(1, 12);
		const counts = outcome.counts;
		expect(riskCoverage?.chosen?.coverage).toBe((counts?.accepted ?? 0) / (counts?.rows ?? 1));
		expect(riskCoverage?.excessArea).toBeGreaterThan(0);
	});

	it("say nothing of quality where nobody labelled the last model, nor of cost where none is known", async () => {
		const unlabelled = reportModel(await tuned(recordedTrace({ isLastLabelled: false })));
		expect(unlabelled.quality).toBeNull();
		expect(unlabelled.outcome.thresholds).not.toBeNull();
		const unpriced = reportModel(await tuned(recordedTrace({ hasCosts: false })));
		expect(unpriced.quality?.hull).toBeNull();
		expect(unpriced.quality?.points.every(({ costUsd }) => costUsd === null)).toBe(true);
	});
});
