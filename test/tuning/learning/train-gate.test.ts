import { describe, expect, it } from "vitest";
import { decideGate } from "../../../src/core/gate.ts";
import { PROMPT_FEATURES, promptFeatures } from "../../../src/core/prompt-features.ts";
import { gateScores, trainGate, withGate } from "../../../src/tuning/learning/train-gate.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exampleRequest } from "../../core/examples.ts";
import { twoStageLog } from "../two-stage-log.ts";

const MOST_OUTPUT = 256;

/** Prompts that a small model gets wrong the more often the longer they are. */
function prompts(count: number, seed: number) {
	const random = seededRandom(seed);
	return Array.from({ length: count }, () => {
		const length = Math.ceil(1_000 ** random());
		const request = exampleRequest({
			messages: [{ role: "user", content: "x".repeat(length) }],
			body: { temperature: random() },
		});
		return { request, isWrong: random() < Math.log(length) / Math.log(1_000) };
	});
}

function logOf(rows: ReturnType<typeof prompts>, costs: { small: number; large: number }) {
	const read = rows.map(({ request }) => promptFeatures(request, MOST_OUTPUT));
	const features = Object.fromEntries(
		PROMPT_FEATURES.map((name) => [name, Float64Array.from(read, (row) => row[name])]),
	);
	const flat = (value: number) => new Float64Array(rows.length).fill(value);
	const log = twoStageLog({
		confidence: rows.map((_, row) => (row % 10) / 10),
		wrong: rows.map(({ isWrong }) => Number(isWrong)),
		small: { costUsd: flat(costs.small), latencyMs: flat(100) },
		large: { costUsd: flat(costs.large), latencyMs: flat(900) },
	});
	return { ...log, features };
}

const costs = { small: 0.4, large: 1 };

describe("a trained gate", () => {
	const trained = trainGate(logOf(prompts(500, 1), costs), { seed: 1 });
	if (!trained.ok) throw new Error(trained.error.kind);
	const { score } = trained.value;

	it("scores prompts as the Worker does, and skips the same ones", () => {
		const others = prompts(100, 2);
		const log = logOf(others, costs);
		const scores = gateScores(log, score);
		const behind = withGate(log, score);
		for (const [row, { request }] of others.entries()) {
			const decision = decideGate({ skipWhen: [], score }, request, MOST_OUTPUT);
			expect(scores[row]).toBeCloseTo(decision.score as number, 14);
			expect(Number.isNaN(behind.stages[0]?.confidence[row])).toBe(decision.skip);
		}
	});

	it("lets fewer of the long prompts pass", () => {
		const request = (length: number) => exampleRequest({ messages: [{ role: "user", content: "x".repeat(length) }] });
		expect(decideGate({ skipWhen: [], score }, request(2), MOST_OUTPUT).skip).toBe(false);
		expect(decideGate({ skipWhen: [], score }, request(900), MOST_OUTPUT).skip).toBe(true);
	});

	it("closes where asking the small model first costs what it saves", () => {
		expect(score.threshold).toBeCloseTo(0.4, 12);
		const free = trainGate(logOf(prompts(100, 1), { small: 0, large: 1 }), { seed: 1 });
		expect(free.ok && free.value.score.threshold).toBe(0);
		const dear = trainGate(logOf(prompts(100, 1), { small: 3, large: 1 }), { seed: 1 });
		expect(dear.ok && dear.value.score.threshold).toBe(1);
		const given = trainGate(logOf(prompts(100, 1), costs), { seed: 1, threshold: 0.7 });
		expect(given.ok && given.value.score.threshold).toBe(0.7);
	});

	it("counts only answers that would be accepted where the threshold is known", () => {
		const log = logOf(prompts(500, 1), costs);
		const meanScore = (acceptedAt?: number) => {
			const trained = trainGate(log, { seed: 1, acceptedAt });
			if (!trained.ok) throw new Error(trained.error.kind);
			return gateScores(log, trained.value.score).reduce((sum, value) => sum + value, 0) / log.rows;
		};
		const rights = [...(log.stages[0]?.wrong ?? [])].map((wrong) => 1 - wrong);
		const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
		expect(meanScore()).toBeCloseTo(mean(rights), 6);
		// A tie is accepted: 0.5 to 0.9 are.
		expect(meanScore(0.5)).toBeCloseTo(mean(rights.map((right, row) => (row % 10 >= 5 ? right : 0))), 6);
	});

	it("saves the small model's cost and time on what it gates, and leaves the last stage alone", () => {
		const log = logOf(prompts(50, 3), costs);
		const behind = withGate(log, score);
		const open = gateScores(log, score).map((value) => Number(value >= score.threshold));
		expect(new Set(open)).toEqual(new Set([0, 1]));
		expect(behind.stages[0]?.costUsd).toEqual(open.map((isOpen) => (isOpen === 1 ? 0.4 : 0)));
		expect(behind.stages[0]?.latencyMs).toEqual(open.map((isOpen) => (isOpen === 1 ? 100 : 0)));
		expect(behind.stages[1]).toBe(log.stages[1]);
	});

	it("gates where a feature that it reads is missing", () => {
		const log = twoStageLog({ confidence: [0.9], wrong: [0] });
		expect(gateScores(log, score)).toEqual(Float64Array.of(Number.NaN));
		expect(withGate(log, score).stages[0]?.confidence).toEqual(Float64Array.of(Number.NaN));
	});

	it("needs costs or a threshold, and features", () => {
		const unknown = logOf(prompts(100, 1), { small: Number.NaN, large: 1 });
		expect(trainGate(unknown, { seed: 1 })).toEqual({ ok: false, error: { kind: "no-costs" } });
		expect(trainGate(unknown, { seed: 1, threshold: 0.5 }).ok).toBe(true);
		const bare = twoStageLog({ confidence: [0.9, 0.8], wrong: [0, 1] });
		expect(trainGate(bare, { seed: 1, threshold: 0.5 })).toEqual({ ok: false, error: { kind: "no-features" } });
	});
});
