import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { withLabelledRows } from "../../../src/cli/tune/labelled-rows.ts";
import { runTuning } from "../../../src/cli/tune/run-tuning.ts";
import { tune } from "../../../src/cli/tune/tune-command.ts";
import type { TuneOptions } from "../../../src/cli/tune/tune-options.ts";
import { LogBuilder } from "../../../src/tuning/log/log-builder.ts";
import type { Verdict } from "../../../src/tuning/log/log-row.ts";
import type { RiskKind } from "../../../src/tuning/selection/risk.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { countFalse, drawSeed, isMoreThan } from "./trials.ts";

const TRIALS = 100;
const DELTA = 0.1;

interface DrawnRow {
	readonly confidence: number;
	readonly small: Verdict;
	readonly large: Verdict;
}

/** Tunes as the command does, and says which threshold it certifies. */
function tuned(
	random: () => number,
	claim: { readonly risk: RiskKind; readonly target: number },
	draw: () => DrawnRow,
) {
	const builder = new LogBuilder();
	const [small, large] = [builder.stage("small"), builder.stage("large")];
	const amounts = { costUsd: 1, latencyMs: 1 };
	for (let line = 1; line <= 1_500; line++) {
		const row = draw();
		builder.add(line, {
			id: `q${line}`,
			stages: [
				{ stage: small, confidence: row.confidence, verdict: row.small, ...amounts },
				{ stage: large, confidence: Number.NaN, verdict: row.large, ...amounts },
			],
		});
	}
	const calibration = withLabelledRows(builder.finish().log, claim.risk);
	if (!calibration.ok) return expect.unreachable(calibration.error);
	const question = {
		...claim,
		delta: DELTA,
		onLabel: null,
		startCoverages: null,
		seed: drawSeed(random),
		score: "raw",
		calibrationShare: 1,
	} as const;
	const outcome = runTuning({ calibration: calibration.value, heldOut: null }, question);
	return outcome.ok ? (outcome.value.thresholds?.[0] ?? null) : expect.unreachable(outcome.error);
}

describe("trap: rows without a reading are all counted, of the others only those that were labelled", () => {
	// Half have no reading, the rest is wrong at 0.15; one row in five was drawn to be labelled.
	const draw = (random: () => number) => (): DrawnRow => {
		const isDrawn = random() < 0.2;
		const confidence = random() < 0.5 ? Number.NaN : random();
		const isWrong = random() < 0.15;
		return {
			confidence,
			small: isDrawn ? (isWrong ? "wrong" : "right") : "none",
			large: isDrawn ? "right" : "none",
		};
	};

	it.each([
		{ risk: "joint", target: 0.03 },
		{ risk: "regret", target: 0.03 },
	] as const)("$risk risk is not diluted", (claim) => {
		const count = countFalse(TRIALS, 1, (random) => {
			const threshold = tuned(random, claim, draw(random));
			return threshold !== null && 0.5 * (1 - threshold) * 0.15 > claim.target;
		});
		expect(isMoreThan(DELTA, count, TRIALS)).toBe(false);
	});
});

describe("trap: a judge that fails on the large model's answers makes the small one look better", () => {
	it("a failure counts against the small model in either place", () => {
		const claim = { risk: "regret", target: 0.05 } as const;
		const count = countFalse(TRIALS, 2, (random) => {
			const threshold = tuned(random, claim, () => ({
				confidence: random(),
				small: random() < 0.15 ? "wrong" : "right",
				large: random() < 0.3 ? "failed" : random() < 0.05 ? "wrong" : "right",
			}));
			return threshold !== null && (0.15 - 0.05) * (1 - threshold) > claim.target;
		});
		expect(isMoreThan(DELTA, count, TRIALS)).toBe(false);
	});
});

describe("trap: other seeds draw other calibration rows of the same log, and attempts begin anew", () => {
	const folder = mkdtempSync(join(tmpdir(), "tuning-traps-"));
	afterAll(() => rmSync(folder, { recursive: true }));

	it("attempts are counted by the whole log", async () => {
		const random = seededRandom(3);
		const lines = Array.from({ length: 600 }, (_, index) =>
			JSON.stringify({
				id: `q${index}`,
				stages: [
					{ confidence: random(), correct: 1 },
					{ confidence: null, correct: 1 },
				],
			}),
		);
		const log = join(folder, "log.jsonl");
		writeFileSync(log, [JSON.stringify({ models: ["small", "large"] }), ...lines, ""].join("\n"));
		const spy = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
		const attempts: number[] = [];
		for (const seed of ["1", "2", "3"]) {
			const certificate = join(folder, `${seed}.json`);
			const options: TuneOptions = {
				edge: [],
				risk: "selective",
				target: "0.1",
				delta: "0.1",
				seed,
				calibrationShare: "0.9",
				attemptsFile: join(folder, "attempts"),
				certificate,
				json: true,
			};
			await tune(log, options, { now: new Date(0), writeReport: undefined });
			attempts.push((JSON.parse(readFileSync(certificate, "utf8")) as { attempts: number }).attempts);
		}
		spy.mockRestore();
		expect(attempts).toEqual([1, 2, 3]);
	});
});
