import { describe, expect, it } from "vitest";
import { describeUsage, escalationShare, totalsOf } from "../../../src/cli/admin/usage-summary.ts";
import type { UsageRow } from "../../../src/core/ledger/usage.ts";

/** 100 requests on a day, 80 of them accepted. */
function usageRow(changes: Partial<UsageRow> = {}): UsageRow {
	return {
		start: Date.parse("2026-11-24T00:00:00Z"),
		cascade: "chat",
		policyRevision: 3,
		requests: 100,
		outcomes: { answered: 98, failed: 2 },
		stages: { edge: 80, origin: 18, none: 2 },
		reasons: { accepted: 80, "low-confidence": 18, "origin-failed": 2 },
		cost: { usd: 0.25, unknown: 0, estimated: 0 },
		saved: { usd: 0.75, unknown: 0 },
		audits: { count: 0, usd: 0, unknown: 0 },
		inputTokens: 12_000,
		outputTokens: 3_400,
		latency: { p50: 310, p95: 12_400, p99: 20_000 },
		confidence: {},
		stageLatency: {},
		firstToken: null,
		...changes,
	};
}

describe("usage", () => {
	it("is a table by time, and its totals", () => {
		const later = usageRow({
			start: Date.parse("2026-11-25T00:00:00Z"),
			requests: 1_100,
			reasons: { accepted: 1_000 },
		});
		const report = { from: 0, to: 1, by: "day", rows: [later, usageRow()] } as const;
		expect(describeUsage(report).split("\n")).toEqual([
			"from        cascade  revision  requests  failed  escalated     cost    saved  tokens in    out     p50     p95",
			"2026-11-24  chat            3       100       2      20.0%  $0.2500  $0.7500     12,000  3,400  310 ms  12.4 s",
			"2026-11-25  chat            3     1,100       2       9.1%  $0.2500  $0.7500     12,000  3,400  310 ms  12.4 s",
			"total                             1,200       4      10.0%  $0.5000   $1.500     24,000  6,800",
			"Saved 75.0% of what always asking the last stage would have cost.",
			"",
		]);
	});

	it("shows the hour where it is by hour, and says what is not known", () => {
		const row = usageRow({
			start: Date.parse("2026-11-24T17:00:00Z"),
			cost: { usd: 1, unknown: 3, estimated: 4 },
			saved: { usd: -1.5, unknown: 3 },
		});
		const text = describeUsage({ from: 0, to: 1, by: "hour", rows: [row] });
		expect(text).toContain("2026-11-24 17:00  chat");
		expect(text).toContain("−$1.500");
		expect(text).toContain("The cost of 3 requests is not known, and in no sum.\n");
		expect(text).toContain("The cost of 4 requests is an upper estimate.\n");
		expect(text).not.toContain("Saved");
	});

	it("says that there was none", () => {
		expect(describeUsage({ from: 0, to: 1, by: "day", rows: [] })).toBe("No requests in that time.\n");
	});

	it("counts as escalated whatever no small model was sure enough of, failures too", () => {
		expect(escalationShare(totalsOf([usageRow()]))).toBe("20.0%");
		expect(escalationShare(totalsOf([usageRow({ reasons: {} })]))).toBe("100.0%");
		expect(escalationShare(totalsOf([]))).toBe("–");
	});

	it("does not count embeddings as escalated, for which nothing is decided", () => {
		const embeddings = usageRow({ cascade: "vectors", reasons: { none: 100 } });
		expect(escalationShare(totalsOf([embeddings]))).toBe("–");
		expect(escalationShare(totalsOf([usageRow(), embeddings]))).toBe("20.0%");
	});
});
