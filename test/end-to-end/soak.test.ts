import { describe, expect, it } from "vitest";
import { startSpoilingProxy } from "../support/spoiling-proxy.ts";
import { soakReport, violationReport } from "../../tools/soak/report.ts";
import { runSoak } from "../../tools/soak/run-soak.ts";

/** Few clients: the test machine has other work, and their deadlines are short. */
const SHORT = { seconds: 6, connections: 12, faultShare: 0.05 };
/** Building, traffic, breakers that close, a queue that empties. */
const PATIENCE = { timeout: 120_000 };

describe("a short soak", () => {
	it("finds nothing wrong with the product, and has met faults", PATIENCE, async () => {
		const result = await runSoak({ ...SHORT, seed: 1 });
		expect(violationReport(result.violations)).toBe("");
		expect(result.tally.totals.sent).toBeGreaterThan(100);
		expect(Object.keys(result.farSide.faultsBy).length).toBeGreaterThan(3);
		expect(result.ledgers.rows.every(({ logged, counted }) => counted > 0 && counted === logged)).toBe(true);
		expect(soakReport(result)).toMatch(/^No violation in /u);
	});

	it("finds answers that were mixed up, lost, and ended twice", PATIENCE, async () => {
		const proxies: Awaited<ReturnType<typeof startSpoilingProxy>>[] = [];
		try {
			const { violations, tally } = await runSoak({
				...SHORT,
				seed: 2,
				mixesAnswers: true,
				async through(url) {
					const proxy = await startSpoilingProxy(url, { losesAfter: 30, endsTwiceEach: 10 });
					proxies.push(proxy);
					return proxy.url;
				},
			});
			const found = violations.map(({ what }) => what);
			expect(found).toContainEqual(expect.stringMatching(/^mixed: holds mk-/u));
			expect(found).toContainEqual(expect.stringMatching(/^mixed: (?:labelled|verdicts) /u));
			expect(found).toContainEqual(expect.stringMatching(/^lost: the connection ended/u));
			expect(found).toContain("ending: 2 end markers, or not at the end");
			expect([...tally.kinds.values()].reduce((sum, { outcomes }) => sum + outcomes.lost, 0)).toBe(1);
		} finally {
			for (const proxy of proxies) proxy.stop();
		}
	});
});
