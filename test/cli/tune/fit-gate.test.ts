import { describe, expect, it } from "vitest";
import { gateScores } from "../../../src/cli/tune/fit-gate.ts";
import { gateScores as scoresOfGate, trainGate } from "../../../src/tuning/learning/train-gate.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { twoStageLog } from "../../tuning/two-stage-log.ts";

/** Rows that are the more often wrong the longer their prompt. */
function logOf(names: readonly string[], seed: number) {
	const random = seededRandom(seed);
	const lengths = Float64Array.from({ length: 400 }, () => 1 + random() * 5);
	const wrong = lengths.map((length) => (random() < length / 7 ? 1 : 0));
	const log = twoStageLog({ confidence: lengths.map(() => 0.5), wrong });
	return { ...log, features: Object.fromEntries(names.map((name) => [name, lengths])) };
}

describe("the gate that a cascade has to beat", () => {
	it("is the Worker's own where the log has the features that it reads and no others", () => {
		const [fitting, measured] = [logOf(["logPromptCharacters"], 1), logOf(["logPromptCharacters"], 2)];
		const gate = trainGate(fitting, { seed: 3, threshold: 0 });
		if (!gate.ok) throw new Error(gate.error.kind);
		expect(gateScores(fitting, measured, 3)).toEqual(scoresOfGate(measured, gate.value.score));
	});

	it("reads all that the log knows of a prompt where that is more", () => {
		for (const names of [["inputTokens"], ["logPromptCharacters", "topic"]]) {
			const scores = gateScores(logOf(names, 1), logOf(names, 2), 3);
			const lengths = logOf(names, 2).features[names[0] ?? ""] ?? new Float64Array(0);
			const [shortest, longest] = [lengths.indexOf(Math.min(...lengths)), lengths.indexOf(Math.max(...lengths))];
			expect(scores?.[shortest]).toBeGreaterThan(scores?.[longest] ?? 1);
		}
	});

	it("is none where nothing is known of prompts, or nothing can be fitted", () => {
		expect(gateScores(logOf([], 1), logOf([], 2), 3)).toBeUndefined();
		const right = { ...logOf(["inputTokens"], 1) };
		const stages = right.stages.map((stage) => ({ ...stage, wrong: new Uint8Array(right.rows) }));
		expect(gateScores({ ...right, stages }, right, 3)).toBeUndefined();
		expect(gateScores({ ...logOf(["hasTools"], 1), stages }, right, 3)).toBeUndefined();
	});
});
