import { describe, expect, it } from "vitest";
import { designCascade, type DesignRequest } from "../../../src/tuning/design/search-designs.ts";
import { selectRows, type CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { readTraces } from "../../../tools/guarantee/traces.ts";
import { modelledLog, threeModels, type ModelKind } from "./three-stage-log.ts";

const request: DesignRequest = { risk: "regret", target: 0.05, delta: 0.1, seed: 1, margin: 0.05, replicates: 200 };

const small: ModelKind = { model: "small", skill: 0.5, cost: 1, insight: 0.95 };
const large: ModelKind = { model: "large", skill: 0.9, cost: 20, insight: null };

describe("the cascade to build", () => {
	it("is a cascade where the small model knows what it does not know", () => {
		const report = designCascade(modelledLog(3_000, threeModels, 1), request);
		expect(report.kind).toBe("cascade");
		expect(report.reason).toBeUndefined();
		expect(report.models).toEqual(report.design.map((model) => threeModels[model]?.model));
		expect(report.thresholds.length).toBe(report.design.length - 1);
		expect(report.selection?.certified).toBe(true);
		expect(report.measured?.relativeCost.value).toBeLessThan(0.7);
		expect(report.measured?.qualityDifference.value).toBeGreaterThan(-0.05);
	});

	it("is the middle model alone where it is as good as the large one and nobody's confidence helps", () => {
		const middle: ModelKind = { model: "middle", skill: 0.9, cost: 5, insight: 0 };
		const report = designCascade(modelledLog(3_000, [{ ...small, insight: 0 }, middle, large], 2), request);
		expect(report).toMatchObject({ kind: "single-model", design: [1], models: ["middle"], thresholds: [] });
		expect(report.measured?.relativeCost.value).toBe(0.25);
		expect(report.measured?.answeredShares).toEqual([1]);
		// A single model is tested as a rule that accepts everything.
		expect(report.selection?.counts?.accepted).toBe(report.testedRows.length);
	});

	it("is small to middle, without the large model, where that is as good", () => {
		const middle: ModelKind = { model: "middle", skill: 0.9, cost: 10, insight: 0 };
		const report = designCascade(modelledLog(3_000, [small, middle, large], 3), request);
		expect(report).toMatchObject({ kind: "cascade", models: ["small", "middle"] });
		expect(report.thresholds.length).toBe(1);
		expect(report.measured?.relativeCost.value).toBeLessThan(0.5);
	});

	it("is the large model alone where no small one is worth its cost", () => {
		const useless: ModelKind = { model: "useless", skill: -1, cost: 1, insight: 0 };
		const report = designCascade(modelledLog(2_000, [useless, large], 4), { ...request, target: 0.02, margin: 0.02 });
		expect(report).toMatchObject({
			kind: "reference",
			design: [1],
			models: ["large"],
			thresholds: [],
			reason: "nothing-cheaper",
			selection: null,
		});
		expect(report.measured).toMatchObject({
			relativeCost: { value: 1 },
			qualityDifference: { value: 0 },
			answeredShares: [1],
		});
	});

	it("tests a single model's selective risk by the binomial bound on all its answers", () => {
		const good: ModelKind = { model: "good", skill: 2, cost: 1, insight: 0 };
		const report = designCascade(modelledLog(1_000, [good, large], 5), { ...request, risk: "selective", target: 0.1 });
		const { counts, upperBound } = report.selection ?? {};
		expect(report.kind).toBe("single-model");
		expect(upperBound).toBe(clopperPearsonUpper(counts?.wrong as number, report.testedRows.length, 0.1));
	});

	it("is the large model alone where the winner fails its test", () => {
		const log = modelledLog(2_000, threeModels, 6);
		const selective: DesignRequest = { ...request, risk: "selective", target: 0.15 };
		const { testedRows } = designCascade(log, selective);
		const tested = new Set(testedRows);
		// On the tested rows, which chose nothing, the cheaper models are always wrong.
		const spoilt: CascadeLog = {
			...log,
			stages: log.stages.map((stage, position) =>
				position === 2 ? stage : { ...stage, wrong: stage.wrong.map((wrong, row) => (tested.has(row) ? 1 : wrong)) },
			),
		};
		const report = designCascade(spoilt, selective);
		expect(report).toMatchObject({ kind: "reference", models: ["large"], thresholds: [], reason: "not-certified" });
		expect(report.selection?.certified).toBe(false);
		expect(report.winner?.kind).toBe("cascade");
		// What the test shows changes neither the winner nor what others were expected to do.
		expect(report.candidates).toEqual(designCascade(log, selective).candidates);
	});

	it("is not said to cost less where on the tested rows it does not", () => {
		const log = modelledLog(2_000, threeModels, 6);
		const tested = new Set(designCascade(log, request).testedRows);
		const dear = log.stages.map((stage, position) =>
			position === 2
				? stage
				: { ...stage, costUsd: stage.costUsd.map((cost, row) => (tested.has(row) ? 1_000 : cost)) },
		);
		expect(designCascade({ ...log, stages: dear }, request)).toMatchObject({ kind: "reference", reason: "costs-more" });
	});

	it("leaves out a model that would accept nothing", () => {
		for (let seed = 0; seed < 10; seed++) {
			const report = designCascade(modelledLog(400, threeModels, seed), request);
			for (const threshold of report.thresholds) expect(threshold).toBeLessThanOrEqual(1);
			expect(report.thresholds.length).toBe(report.design.length - 1);
		}
	});

	it("lists all designs, the cheapest plan first and those without a plan last", () => {
		const { candidates, winner } = designCascade(modelledLog(1_000, threeModels, 7), request);
		expect(candidates.length).toBe(9);
		expect(candidates).toContain(winner);
		const costs = candidates.map(({ planned }) => planned?.relativeCost ?? Number.POSITIVE_INFINITY);
		expect(costs).toEqual(costs.toSorted((left, right) => left - right));
		expect(candidates.find(({ kind }) => kind === "reference")?.planned).toMatchObject({
			relativeCost: 1,
			qualityDifference: -0,
		});
	});

	it("does not ask a model more for a saving of less than a fiftieth", () => {
		for (let seed = 0; seed < 10; seed++) {
			const { candidates, winner } = designCascade(modelledLog(1_000, threeModels, seed), request);
			const costOf = (candidate: (typeof candidates)[number]) =>
				candidate.planned?.relativeCost ?? Number.POSITIVE_INFINITY;
			const least = Math.min(...candidates.map(costOf));
			const close = candidates.filter((candidate) => costOf(candidate) * 0.98 <= least);
			expect(close).toContain(winner);
			expect(winner?.design.length).toBe(Math.min(...close.map(({ design }) => design.length)));
			for (const candidate of close)
				if (candidate.design.length === winner?.design.length)
					expect(costOf(winner)).toBeLessThanOrEqual(costOf(candidate));
		}
	});

	it("takes the caller's costs of calls for those recorded", () => {
		const log = modelledLog(2_000, threeModels, 8);
		const report = designCascade(log, { ...request, callCosts: [100, 4, 20] });
		expect(report.objective).toBe("given");
		expect(report.models).not.toContain("small");
	});

	it("compares designs by nothing of the tested rows, neither their costs nor their readings", () => {
		const log = modelledLog(3_000, threeModels, 1);
		const before = designCascade(log, request);
		const isTested = new Set(before.testedRows);
		const stages = log.stages.map((stage, model) => ({
			...stage,
			costUsd: stage.costUsd.map((cost, row) => (isTested.has(row) ? 1_000 - 100 * model : cost)),
			confidence: stage.confidence.map((confidence, row) => (isTested.has(row) ? Number.NaN : confidence)),
		}));
		const after = designCascade({ ...log, stages }, request);
		expect(after.candidates).toEqual(before.candidates);
		expect(after.winner).toEqual(before.winner);
	});

	it("says whether the quality measured on the tested rows is within the margin", () => {
		const log = modelledLog(3_000, threeModels, 1);
		const report = designCascade(log, request);
		expect(report.withinMargin).toBe((report.measured?.qualityDifference.value ?? 0) >= -0.05);
		const isTested = new Set(report.testedRows);
		// What the fitting fold cannot know: on the tested rows the small model is wrong wherever it is a little unsure.
		const worse = log.stages.map((stage, model) =>
			model === 2
				? stage
				: {
						...stage,
						wrong: stage.wrong.map((mark, row) =>
							isTested.has(row) && (stage.confidence[row] as number) < 0.9 ? 1 : mark,
						),
					},
		);
		const missed = designCascade({ ...log, stages: worse }, { ...request, risk: "joint", target: 0.9 });
		expect(missed.measured?.qualityDifference.value).toBeLessThan(-0.05);
		expect(missed.withinMargin).toBe(false);
	});

	it("uses each row for one thing", () => {
		const { fittingRows, testedRows } = designCascade(modelledLog(1_000, threeModels, 9), {
			...request,
			fittingShare: 0.4,
		});
		expect(fittingRows.length).toBe(400);
		expect(new Set([...fittingRows, ...testedRows]).size).toBe(1_000);
	});

	it("spends no more than 5,000 rows on choosing", () => {
		expect(
			designCascade(modelledLog(20_000, [small, large], 1), { ...request, replicates: 1 }).fittingRows.length,
		).toBe(5_000);
	});

	it("says so where there is no row to judge by", () => {
		const log = { ...modelledLog(10, threeModels, 1), labelled: new Uint8Array(10) };
		expect(designCascade(log, request)).toMatchObject({
			kind: "reference",
			models: ["large"],
			reason: "no-labelled-rows",
			measured: null,
			winner: null,
		});
	});

	it("needs two models and numbers in range", () => {
		const log = modelledLog(10, threeModels, 1);
		for (const change of [{ margin: -0.1 }, { margin: 1 }, { margin: Number.NaN }, { delta: 0 }, { target: 1 }])
			expect(() => designCascade(log, { ...request, ...change })).toThrow(RangeError);
		expect(() => designCascade(modelledLog(10, [large], 1), request)).toThrow(RangeError);
	});

	it("keeps its promise as often as it says, the choice of the design included", () => {
		const population = modelledLog(3_000, threeModels, 10);
		const random = seededRandom(7);
		const trials = 200;
		let [violations, cheaper] = [0, 0];
		for (let trial = 0; trial < trials; trial++) {
			const drawn = Int32Array.from({ length: 500 }, () => Math.floor(random() * population.rows));
			const { design, thresholds } = designCascade(selectRows(population, drawn), {
				...request,
				seed: trial,
				replicates: 1,
			});
			if (design.length > 1 || design[0] !== 2) cheaper++;
			let regret = 0;
			for (let row = 0; row < population.rows; row++) {
				const accepting = thresholds.findIndex(
					(threshold, stage) => (population.stages[design[stage] as number]?.confidence[row] as number) >= threshold,
				);
				const answering = population.stages[design.at(accepting < 0 ? -1 : accepting) as number];
				regret += ((answering?.wrong[row] as number) - (population.stages[2]?.wrong[row] as number)) / population.rows;
			}
			if (regret > request.target) violations++;
		}
		expect(cheaper).toBeGreaterThan(trials / 2);
		// A binomial of 200 at 0.1 exceeds 34 with chance below 0.001.
		expect(violations).toBeLessThanOrEqual(34);
	}, 60_000);
});

const traces = readTraces().filter(({ log }) => log.stages.length === 5);

describe.runIf(traces.length > 0)("designs for recorded models", () => {
	it.each(traces)("$name: what is proposed is certified and costs less, or it is the largest model", ({ log }) => {
		const report = designCascade(log, request);
		if (report.kind === "reference") expect(report.reason).toBeDefined();
		else {
			expect(report.selection?.upperBound).toBeLessThanOrEqual(0.05);
			expect(report.measured?.relativeCost.interval.upper).toBeLessThan(1);
		}
	});

	it("MMLU: 70B first and 405B for the rest costs less than half of 405B alone at a quality within five points", () => {
		const mmlu = traces.find(({ name }) => name === "mmlu-llama");
		const report = designCascade((mmlu as (typeof traces)[number]).log, request);
		expect(report.models).toEqual(["llama3.1-70b", "llama3.1-405b"]);
		expect(report.measured?.relativeCost.interval.upper).toBeLessThan(0.5);
		expect(report.measured?.qualityDifference.interval.lower).toBeGreaterThan(-0.05);
	});
});
