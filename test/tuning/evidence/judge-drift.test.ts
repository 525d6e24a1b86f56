import { describe, expect, it } from "vitest";
import {
	hasDrifted,
	judgeLogs,
	missedAtMost,
	stepJudge,
	watchJudge,
} from "../../../src/tuning/evidence/judge-drift.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** How many checks until the watch fires, at most so many; each anchor disagrees by its own chance. */
function checksUntilDrift(chances: readonly number[], target: number, most: number, random: () => number): number {
	let watch = watchJudge(target);
	for (let check = 1; check <= most; check++) {
		const disagreements = chances.filter((chance) => random() < chance).length;
		watch = stepJudge(watch, { n: chances.length, disagreements });
		if (hasDrifted(watch)) return check;
	}
	return most + 1;
}

const spread = (n: number, mean: number) => Array.from({ length: n }, (_, index) => (2 * mean * (index + 0.5)) / n);

describe("a labeller on its anchors", () => {
	it("has not drifted before it was checked", () => {
		expect(hasDrifted(watchJudge(0.1))).toBe(false);
		expect(judgeLogs(watchJudge(0.1)).value).toBe(Number.NEGATIVE_INFINITY);
	});

	it("that disagrees a little less than it may does not fire, whatever the number of checks", () => {
		let watch = watchJudge(0.1);
		for (let check = 0; check < 2_000; check++) watch = stepJudge(watch, { n: 100, disagreements: 10 });
		expect(hasDrifted(watch)).toBe(false);
	});

	it("that comes to disagree three times as often fires at the next check of a hundred", () => {
		let watch = watchJudge(0.1);
		for (let check = 0; check < 50; check++) watch = stepJudge(watch, { n: 100, disagreements: 6 });
		watch = stepJudge(watch, { n: 100, disagreements: 30 });
		expect(hasDrifted(watch)).toBe(true);
	});

	it("that is worse by half fires in some checks", () => {
		const random = seededRandom(5);
		const delays = Array.from({ length: 50 }, () => checksUntilDrift(spread(100, 0.15), 0.1, 500, random));
		const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
		expect(mean).toBeGreaterThan(1);
		expect(mean).toBeLessThan(15);
	});

	it.each([
		["equal", Array.from({ length: 50 }, () => 0.1)],
		["different", spread(50, 0.1)],
		["all or nothing", Array.from({ length: 50 }, (_, index) => (index < 5 ? 1 : 0))],
	])("at the boundary, with %s chances, fires at most once in 1,000 checks", (_what, chances) => {
		const random = seededRandom(11);
		const runs = 60;
		// A run of 400 checks fires with chance at most 400/1,000; 60 of them would have to exceed that by three deviations.
		const fired = Array.from({ length: runs }, () => checksUntilDrift(chances, 0.1, 400, random)).filter(
			(at) => at <= 400,
		);
		expect(fired.length).toBeLessThan(runs * 0.4 + 3 * Math.sqrt(runs * 0.24));
	});

	it("adds to the risk what it may have missed", () => {
		expect(missedAtMost({ n: 100, missed: 0 }, 0.05)).toBeCloseTo(1 - 0.05 ** (1 / 100), 12);
		expect(missedAtMost({ n: 100, missed: 3 }, 0.05)).toBeGreaterThan(0.03);
		expect(missedAtMost({ n: 0, missed: 0 }, 0.05)).toBe(1);
	});
});
