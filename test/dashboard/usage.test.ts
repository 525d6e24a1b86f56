import { describe, expect, it } from "vitest";
import type { UsageRow } from "../../src/dashboard/api/recorded-types.ts";
import { PERIODS, periodOf, startsOf, usageQueryOf } from "../../src/dashboard/usage/period.ts";
import { rowsByStart, sumUsage } from "../../src/dashboard/usage/sum-usage.ts";

const NOW = Date.parse("2026-11-25T14:35:00Z");

const row = (over: Partial<UsageRow>): UsageRow => ({
	start: 0,
	cascade: "chat",
	policyRevision: 1,
	requests: 10,
	outcomes: { answered: 10 },
	stages: { edge: 6, origin: 4 },
	reasons: { accepted: 6, "low-confidence": 4 },
	cost: { usd: 1, unknown: 0, estimated: 0 },
	saved: { usd: 2, unknown: 0 },
	audits: { count: 0, usd: 0, unknown: 0 },
	inputTokens: 100,
	outputTokens: 50,
	latency: { p50: 100, p95: 200, p99: 300 },
	confidence: {},
	stageLatency: {},
	firstToken: null,
	...over,
});

describe("a period", () => {
	it("ends with the present hour or day of UTC, and begins its steps before", () => {
		const hours = startsOf(periodOf("24h"), NOW).map((start) => new Date(start).toISOString());
		expect([hours.length, hours[0], hours.at(-1)]).toEqual([
			24,
			"2026-11-24T15:00:00.000Z",
			"2026-11-25T14:00:00.000Z",
		]);
		expect(usageQueryOf(periodOf("30d"), NOW)).toEqual({
			from: "2026-10-27T00:00:00.000Z",
			to: "2026-11-26T00:00:00.000Z",
			by: "day",
		});
	});

	it("is never longer than the admin API answers, and the shortest where its name is unknown", () => {
		for (const { by, steps } of PERIODS) expect(steps).toBeLessThanOrEqual(by === "hour" ? 31 * 24 : 366);
		expect(periodOf("forever")).toBe(PERIODS[0]);
	});
});

describe("usage added up", () => {
	it("has what was spent, saved and would have been spent, audits included", () => {
		const sum = sumUsage([
			row({}),
			row({ audits: { count: 3, usd: 0.5, unknown: 0 }, saved: { usd: -4, unknown: 0 } }),
		]);
		expect(sum).toMatchObject({ requests: 20, costUsd: 2, auditUsd: 0.5, savedUsd: -2, alwaysLastUsd: 0.5, audits: 3 });
		expect(sum.stages).toEqual({ edge: 12, origin: 8 });
	});

	it("weighs quantiles by requests, and leaves out rows that have none", () => {
		const quantiles = (p50: number) => ({ p50, p95: p50, p99: p50 });
		const sum = sumUsage([
			row({ requests: 30, latency: quantiles(100), firstToken: quantiles(10), stageLatency: { edge: quantiles(40) } }),
			row({ requests: 10, latency: quantiles(500), firstToken: null }),
			row({ requests: 0, latency: quantiles(0) }),
		]);
		expect(sum.latency?.p50).toBe(200);
		expect(sum.firstToken?.p50).toBe(10);
		expect(sum.stageLatency).toEqual({ edge: quantiles(40) });
	});

	it("adds the bins of each stage, and has none of rows that were stored without", () => {
		const bins = (accepted: number) => ({ edge: { all: [1, 2], accepted: [0, accepted] } });
		expect(sumUsage([row({ confidence: bins(1) }), row({ confidence: bins(2) }), row({})]).confidence).toEqual({
			edge: { all: [2, 4], accepted: [0, 3] },
		});
		expect(sumUsage([row({})]).confidence).toEqual({});
	});

	it("of nothing is nothing, and no time is zero", () => {
		expect(sumUsage([])).toMatchObject({ requests: 0, costUsd: 0, alwaysLastUsd: 0, latency: null, firstToken: null });
	});

	it("is grouped by the hour it belongs to, the hours without requests too", () => {
		const [first, second] = [row({ start: 1 }), row({ start: 3, policyRevision: 2 })];
		expect(rowsByStart([second, first, row({ start: 9 })], [1, 2, 3])).toEqual([[first], [], [second]]);
	});
});
