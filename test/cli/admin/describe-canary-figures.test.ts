import { describe, expect, it } from "vitest";
import { describeCanaryFigures } from "../../../src/cli/admin/describe-canary-figures.ts";
import { canaryFigures, type RevisionTotals } from "../../../src/core/ledger/canary-figures.ts";
import { sumUsage, usageOf } from "../../../src/core/ledger/usage-totals.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";

const SINCE = Date.parse("2026-11-24T10:20:30Z");

/** So many requests, of which some were accepted, and the first was not paid for by anything known. */
function totals(revision: number, cascade: string, requests: number, accepted: number): RevisionTotals {
	const observations = Array.from({ length: requests }, (_, index) =>
		exampleObservation({
			reason: index < accepted ? "accepted" : "low-confidence",
			costUsd: index === 0 ? null : 0.002,
			savedUsd: 0.004,
			durationMs: 200,
		}),
	);
	return { revision, cascade, totals: sumUsage(observations.map(usageOf)) };
}

const shown = (...rows: RevisionTotals[]) =>
	describeCanaryFigures(canaryFigures({ since: SINCE, current: 3, revision: 4 }, rows), 4).split("\n");

describe("a canary's figures in words", () => {
	it("stand below those of the current revision, with the interval that so few requests leave open", () => {
		expect(shown(totals(3, "chat", 100, 80), totals(4, "chat", 10, 9))).toEqual([
			"cascade           revision  requests            accepted            failed  cost a request  saved a request     p50     p95     p99",
			"chat     current         3       100  80.0% [71.1–86.7%]   0.0% [0.0–3.7%]       $0.002000        $0.004000  198 ms  198 ms  198 ms",
			"chat     canary          4        10  90.0% [59.6–98.2%]  0.0% [0.0–27.8%]       $0.002000        $0.004000  198 ms  198 ms  198 ms",
			"Of requests that arrived since 2026-11-24 10:20:30Z. In brackets the 95% interval of a share: where two overlap, the difference may be chance.",
			"",
			"cascade  reason          current and other  canary",
			"chat     accepted                    80.0%   90.0%",
			"chat     low-confidence              20.0%   10.0%",
			"",
		]);
	});

	it("have a line for a revision that is neither any more, and dashes where there is none yet", () => {
		const lines = shown(totals(2, "chat", 5, 5), totals(4, "mail", 1, 1));
		expect(lines.slice(1, 6).map((line) => line.split(/ {2,}/u).slice(0, 4))).toEqual([
			["chat", "other", "2", "5"],
			["chat", "current", "3", "0"],
			["chat", "canary", "4", "0"],
			["mail", "current", "3", "0"],
			["mail", "canary", "4", "1"],
		]);
		expect(lines[2]).toMatch(/^chat +current +3 +0(?: +–){7}$/u);
		// The cost of the only request is not known.
		expect(lines[5]).toMatch(/^mail +canary .*\[20\.7–100\.0%\] +0\.0% \[0\.0–79\.3%\] +– +\$0\.004000 /u);
	});

	it("say that there are none", () => {
		expect(shown()).toEqual(["No request that arrived since 2026-11-24 10:20:30Z is counted yet.", ""]);
	});
});
