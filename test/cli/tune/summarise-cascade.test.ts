import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withThresholds } from "../../../src/cli/tune/apply-thresholds.ts";
import { withLabelledRows } from "../../../src/cli/tune/labelled-rows.ts";
import { summariseCascade, summariseLastStage } from "../../../src/cli/tune/summarise-cascade.ts";
import type { CascadeLog, StageColumns } from "../../../src/tuning/log/cascade-log.ts";
import { countVector } from "../../../src/tuning/selection/count-acceptances.ts";
import { policyWith } from "../admin/example-policy.ts";

const stage = (
	model: string,
	confidence: readonly number[],
	wrong: readonly number[],
	costUsd: readonly number[] = [],
	labelled?: readonly number[],
): StageColumns => ({
	model,
	confidence: Float64Array.from(confidence),
	wrong: Uint8Array.from(wrong),
	costUsd: Float64Array.from(confidence, (_, row) => costUsd[row] ?? Number.NaN),
	latencyMs: Float64Array.from(confidence, () => Number.NaN),
	labelled: labelled === undefined ? undefined : Uint8Array.from(labelled),
});
const logOf = (...stages: readonly StageColumns[]): CascadeLog => {
	const rows = stages[0]?.confidence.length ?? 0;
	return { rows, ids: Array.from({ length: rows }, (_, row) => `q${row}`), stages };
};
const none = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];

describe("what a cascade would have done", () => {
	const log = logOf(
		stage("small", [0.9, 0.8, 0.5, Number.NaN], [0, 1, 1, 0], [1, 1, 1, 1]),
		stage("large", none, [0, 0, 0, 1], [10, 10, 10, 30]),
	);

	it("counts a tie as accepted, and no reading as deferred", () => {
		const summary = summariseCascade(log, [0.8]);
		expect(summary).toMatchObject({
			rows: 4,
			accepted: 2,
			wrong: 1,
			coverage: 0.5,
			escalationRate: 0.5,
			selectiveRisk: 0.5,
			quality: 0.5,
			lastStageQuality: 0.75,
			costUsd: (4 + 10 + 30) / 4,
			lastStageCostUsd: 15,
			isCostEstimated: false,
			latencyMs: null,
		});
		expect(summary.saving).toBeCloseTo(1 - 11 / 15, 12);
		expect(summariseCascade(log, [0.80001]).accepted).toBe(1);
		expect(summariseCascade(log, [0]).accepted).toBe(3);
	});

	it("costs more than the last stage alone where nothing is accepted, since the small model is paid for too", () => {
		expect(summariseCascade(log, [2])).toMatchObject({ accepted: 0, selectiveRisk: null, saving: 1 - 16 / 15 });
		expect(summariseLastStage(log)).toMatchObject({ accepted: 0, costUsd: 15, saving: 0, quality: 0.75 });
	});

	it("takes a missing cost at its stage's mean and says so, and knows none where a stage has none", () => {
		const [small, large] = log.stages as [StageColumns, StageColumns];
		const partly = { ...large, costUsd: Float64Array.of(Number.NaN, 10, Number.NaN, 20) };
		expect(summariseCascade(logOf(small, partly), [0.6])).toMatchObject({
			costUsd: (4 + 15 + 20) / 4,
			lastStageCostUsd: 15,
			isCostEstimated: true,
		});
		const unknown = { ...large, costUsd: new Float64Array(4).fill(Number.NaN) };
		expect(summariseCascade(logOf(small, unknown), [0.6])).toMatchObject({ costUsd: null, saving: null });
	});

	it("knows no quality where an answer that was given has no label", () => {
		const small = stage("small", [0.9, 0.1, 0.1, 0.1], [0, 1, 1, 1], [], [1, 0, 0, 0]);
		const large = stage("large", none, [1, 0, 0, 0], [], [0, 1, 1, 1]);
		expect(summariseCascade(logOf(small, large), [0.5])).toMatchObject({ quality: 1, lastStageQuality: null });
		expect(summariseCascade(logOf(small, large), [0]).quality).toBeNull();
	});

	it("agrees with the counts that are certified, of any number of stages", () => {
		const level = fc.constantFrom(0, 0.25, 0.5, 0.75, 1, Number.NaN);
		const column = (rows: number) => fc.array(level, { minLength: rows, maxLength: rows });
		const marks = (rows: number) => fc.array(fc.constantFrom(0, 1), { minLength: rows, maxLength: rows });
		const cases = fc
			.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }))
			.chain(([rows, small]) =>
				fc.tuple(
					fc.array(fc.tuple(column(rows), marks(rows)), { minLength: small, maxLength: small }),
					marks(rows),
					fc.array(fc.constantFrom(0, 0.25, 0.5, 1, 2), { minLength: small, maxLength: small }),
				),
			);
		fc.assert(
			fc.property(cases, ([smalls, last, thresholds]) => {
				const stages = smalls.map(([confidence, wrong], index) => stage(`m${index}`, confidence, wrong));
				const whole = logOf(
					...stages,
					stage(
						"last",
						last.map(() => Number.NaN),
						last,
					),
				);
				const counts = countVector(whole, thresholds);
				const summary = summariseCascade(whole, thresholds);
				expect([summary.accepted, summary.wrong]).toEqual([counts.accepted, counts.wrong]);
			}),
		);
	});
});

describe("rows with labels", () => {
	const confidence = Array.from({ length: 200 }, (_, row) => row / 200);
	const wrong = confidence.map(() => 0);
	const last = (labelled?: readonly number[]) =>
		stage(
			"large",
			confidence.map(() => Number.NaN),
			wrong,
			[],
			labelled,
		);

	it("need the small model's label, and the last one's too where regret is asked", () => {
		const log = logOf(stage("small", confidence, wrong), last(confidence.map((_, row) => (row % 2 === 0 ? 1 : 0))));
		expect(withLabelledRows(log, "selective")).toMatchObject({ ok: true, value: { labelled: undefined } });
		const regret = withLabelledRows(log, "regret");
		expect(regret.ok && regret.value.labelled?.reduce((sum, mark) => sum + mark, 0)).toBe(100);
	});

	it("need none where there is no reading: such an answer is accepted at no threshold", () => {
		const log = logOf(
			stage("small", [Number.NaN, 0.5], [1, 0], [], [0, 1]),
			stage("large", [Number.NaN, Number.NaN], [0, 0]),
		);
		expect(withLabelledRows(log, "selective")).toMatchObject({ ok: true, value: { labelled: undefined } });
	});

	it("are refused where only what was escalated has them, with the reason", () => {
		const log = logOf(
			stage(
				"small",
				confidence,
				wrong,
				[],
				confidence.map((value) => (value < 0.6 ? 1 : 0)),
			),
			last(),
		);
		const result = withLabelledRows(log, "selective");
		expect(result.ok ? "" : result.error).toContain("the labels were not drawn at random");
		expect(result.ok ? "" : result.error).toContain("only where it escalates");
	});

	it("are refused where there is none", () => {
		const log = logOf(stage("small", confidence, wrong, [], wrong), last());
		expect(withLabelledRows(log, "joint")).toMatchObject({ ok: false, error: expect.stringContaining("--labels") });
	});
});

describe("a policy with certified thresholds", () => {
	const tuned = { models: ["@cf/openai/gpt-oss-20b", "large"], thresholds: [0.625], stages: undefined };

	it("has them at the stages that were tuned, by model or by name, and nothing else is changed", () => {
		const expected = policyWith(0.625);
		expect(withThresholds(policyWith(0.7), "chat", tuned)).toEqual({ ok: true, value: expected });
		expect(
			withThresholds(policyWith(0.7), "chat", { ...tuned, models: ["a", "b"], stages: ["edge", "origin"] }),
		).toEqual({
			ok: true,
			value: expected,
		});
	});

	it("is refused where its cascade is another one than was tuned", () => {
		const refusal = (cascade: string, more: Partial<typeof tuned> & { stages?: readonly string[] }) => {
			const result = withThresholds(policyWith(0.7), cascade, { ...tuned, ...more } as typeof tuned);
			return result.ok ? null : result.error;
		};
		expect(refusal("mail", {})).toBe("the policy has no cascade 'mail'; it has chat");
		expect(refusal("chat", { models: ["other", "large"] })).toContain("--stages NAME,NAME");
		expect(refusal("chat", { models: ["@cf/openai/gpt-oss-20b", "middle", "large"] })).toContain(
			"says nothing of the other",
		);
		expect(refusal("chat", { models: ["large", "@cf/openai/gpt-oss-20b"] })).toContain(
			"edge (@cf/openai/gpt-oss-20b) → origin",
		);
	});
});
