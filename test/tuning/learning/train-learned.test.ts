import { describe, expect, it } from "vitest";
import { learnedConfidence } from "../../../src/core/confidence/learned.ts";
import { ANSWER_FEATURES, answerFeatures } from "../../../src/core/confidence/logprob-features.ts";
import { learnedScores, trainLearned, withConfidence } from "../../../src/tuning/learning/train-learned.ts";
import { areaUnderRoc } from "../../../src/tuning/metrics/ranking.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exampleAnswer, exampleRequest, token } from "../../core/examples.ts";
import { twoStageLog } from "../two-stage-log.ts";

/** Answers whose tokens are surer where they are right, read by the Worker's own code. */
function answers(count: number, seed: number) {
	const random = seededRandom(seed);
	return Array.from({ length: count }, (_, index) => {
		const isWrong = random() < 0.4;
		const tokens = Array.from({ length: 1 + Math.floor(random() * 8) }, (_, place) => {
			const probability = isWrong ? 0.2 + 0.6 * random() : 0.45 + 0.5 * random();
			return token(`t${place}`, probability, { [`t${place}`]: probability, other: (1 - probability) / 2 });
		});
		const request = exampleRequest({ messages: [{ role: "user", content: "?".repeat(1 + (index % 40)) }] });
		const answer = exampleAnswer({ tokens, finishReason: random() < 0.9 ? "stop" : "length" });
		return { request, answer, isWrong };
	});
}

function logOf(rows: ReturnType<typeof answers>) {
	const read = rows.map(({ request, answer }) => {
		const features = answerFeatures(request, answer);
		if (!features.ok) throw new Error(features.error);
		return features.value;
	});
	const features = Object.fromEntries(
		ANSWER_FEATURES.map((name) => [name, Float64Array.from(read, (row) => row[name])]),
	);
	const confidence = rows.map(() => 0.5);
	return twoStageLog({ confidence, wrong: rows.map(({ isWrong }) => Number(isWrong)), small: { features } });
}

describe("a learned score", () => {
	it("is what the Worker reads from the same answers, to the last bit", () => {
		const trained = trainLearned(logOf(answers(300, 1)), 0, { seed: 1 });
		if (!trained.ok) throw new Error(trained.error.kind);
		const others = answers(100, 2);
		const log = logOf(others);
		const scores = learnedScores(log.stages[0]?.features, log.rows, trained.value.model);
		for (const [row, { request, answer }] of others.entries()) {
			const reading = learnedConfidence(request, answer, trained.value.model);
			expect(reading).toEqual({ kind: "measured", confidence: scores[row] });
		}
	});

	it("ranks answers that it was not fitted on", () => {
		const trained = trainLearned(logOf(answers(400, 3)), 0, { seed: 1 });
		if (!trained.ok) throw new Error(trained.error.kind);
		const others = answers(400, 4);
		const log = logOf(others);
		const scores = learnedScores(log.stages[0]?.features, log.rows, trained.value.model);
		const area = areaUnderRoc(
			[...scores],
			others.map(({ isWrong }) => !isWrong),
		);
		expect(area).toBeGreaterThan(0.8);
	});

	it("has no weight for a feature that never varies, and reads the rest where it is missing", () => {
		const trained = trainLearned(logOf(answers(200, 5)), 0, { seed: 1 });
		if (!trained.ok) throw new Error(trained.error.kind);
		// No request of these asks for JSON.
		expect(trained.value.model.weights).not.toHaveProperty("formatted");
		expect(Object.keys(trained.value.model.weights).length).toBe(ANSWER_FEATURES.length - 1);
	});

	it("leaves rows with an infinite feature out of the fit, and scores them as the Worker does: not at all", () => {
		const meanLogprob = Float64Array.of(-1, Number.NEGATIVE_INFINITY, -0.1, -2, -0.2, -0.5);
		const log = twoStageLog({
			confidence: new Float64Array(6),
			wrong: [1, 1, 0, 1, 0, 0],
			small: { features: { meanLogprob } },
		});
		const trained = trainLearned(log, 0, { seed: 1 });
		if (!trained.ok) throw new Error(trained.error.kind);
		expect([trained.value.rows, trained.value.leftOut]).toEqual([5, 1]);
		const scores = learnedScores({ meanLogprob }, 6, trained.value.model);
		expect([...scores].map(Number.isNaN)).toEqual([false, true, false, false, false, false]);
	});

	it("scores nothing where the log lacks a feature that it reads", () => {
		const scores = learnedScores({ minLogprob: Float64Array.of(-1) }, 1, { bias: 0, weights: { meanLogprob: 1 } });
		expect(scores).toEqual(Float64Array.of(Number.NaN));
	});

	it("is fitted on labelled rows alone", () => {
		const features = { meanLogprob: Float64Array.of(-1, -2, -0.1, -0.3, -5) };
		const [wrong, confidence] = [[1, 1, 0, 0, 1], new Float64Array(5)];
		const byStage = twoStageLog({ confidence, wrong, small: { features, labelled: Uint8Array.of(1, 1, 1, 1, 0) } });
		const byLog = twoStageLog({ confidence, wrong, labelled: [1, 1, 1, 1, 0], small: { features } });
		for (const log of [byStage, byLog]) {
			const trained = trainLearned(log, 0, { seed: 1 });
			expect(trained.ok && [trained.value.rows, trained.value.leftOut]).toEqual([4, 0]);
		}
	});

	it("takes the ridge that it is given", () => {
		const log = logOf(answers(120, 6));
		const [weak, strong] = [1e-3, 100].map((ridge) => trainLearned(log, 0, { seed: 1, ridge }));
		if (!weak?.ok || !strong?.ok) throw new Error("must train");
		expect([weak.value.ridge, strong.value.ridge]).toEqual([1e-3, 100]);
		expect(Math.abs(strong.value.model.weights.meanLogprob ?? 0)).toBeLessThan(
			Math.abs(weak.value.model.weights.meanLogprob ?? 0),
		);
	});

	it.each([
		["no features at all", {}, "no-features"],
		["no feature that the Worker reads", { logprob: Float64Array.of(1, 2) }, "no-features"],
		["no row that has them", { meanLogprob: Float64Array.of(Number.NaN, Number.NaN) }, "no-usable-rows"],
		["nothing that varies", { meanLogprob: Float64Array.of(-1, -1) }, "constant-features"],
	])("is not trained on %s", (_, features, kind) => {
		const log = twoStageLog({ confidence: [0.1, 0.2], wrong: [0, 1], small: { features } });
		expect(trainLearned(log, 0, { seed: 1 })).toEqual({ ok: false, error: { kind } });
	});

	it("needs a stage that exists", () => {
		expect(() => trainLearned(logOf(answers(5, 1)), 2, { seed: 1 })).toThrow(RangeError);
	});
});

describe("a log with another confidence", () => {
	it("differs in that column alone", () => {
		const log = logOf(answers(3, 1));
		const changed = withConfidence(log, 0, Float64Array.of(0.1, 0.2, 0.3));
		expect(changed.stages[0]?.confidence).toEqual(Float64Array.of(0.1, 0.2, 0.3));
		expect({
			...changed,
			stages: [{ ...changed.stages[0], confidence: log.stages[0]?.confidence }, changed.stages[1]],
		}).toEqual(log);
	});
});
