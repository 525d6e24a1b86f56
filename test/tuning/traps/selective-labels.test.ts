import { describe, expect, it } from "vitest";
import { withLabelledRows } from "../../../src/cli/tune/labelled-rows.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../../../src/tuning/selection/choose-threshold.ts";
import { twoStageLog } from "../two-stage-log.ts";
import { countFalse } from "./trials.ts";

const ROWS = 2_000;

/** Labels with a chance that may depend on the confidence. */
function drawLabelled(random: () => number, chanceAt: (confidence: number) => number) {
	const confidence = Float64Array.from({ length: ROWS }, random);
	const labelled = Uint8Array.from(confidence, (score) => (random() < chanceAt(score) ? 1 : 0));
	const wrong = Uint8Array.from(confidence, (score, row) =>
		labelled[row] === 0 || random() < 0.3 * (1 - score) ? 1 : 0,
	);
	return twoStageLog({ confidence, wrong, small: { labelled } });
}

describe("trap: labels that exist because the cascade escalated", () => {
	const onlyDeferred = (score: number) => (score < 0.7 ? 1 : 0);
	const mostlyDeferred = (score: number) => (score < 0.7 ? 1 : 0.05);

	it.each([
		["only of deferred answers", onlyDeferred],
		["of deferred answers, and of one in twenty others", mostlyDeferred],
	])("are refused: %s", (_, chanceAt) => {
		const labelled = withLabelledRows(drawLabelled(seededRandom(1), chanceAt), "selective");
		expect(labelled.ok).toBe(false);
		expect(labelled.ok ? "" : labelled.error).toContain("not drawn at random");
	});

	it("labels drawn at random are not, however few", () => {
		const refused = countFalse(
			200,
			2,
			(random) =>
				!withLabelledRows(
					drawLabelled(random, () => 0.1),
					"selective",
				).ok,
		);
		expect(refused).toBeLessThanOrEqual(2);
	});

	it("a row that was never labelled is never tested", () => {
		const log = withLabelledRows(
			drawLabelled(seededRandom(3), () => 0.3),
			"selective",
		);
		if (!log.ok) return expect.unreachable();
		const { calibrationRows } = chooseThreshold(log.value, { risk: "selective", target: 0.1, delta: 0.1, seed: 1 });
		expect(calibrationRows.length).toBeGreaterThan(0);
		expect(calibrationRows.every((row) => log.value.labelled?.[row] === 1)).toBe(true);
	});
});
