import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { describeRequest, describeRequests, timeLine } from "../../../src/cli/admin/describe-requests.ts";
import { recentRequestOf, type RecentRequest } from "../../../src/core/ledger/recent-requests.ts";
import { exampleCall, exampleObservation } from "../../core/ledger/observations.ts";
import { openWorkplace, type Workplace } from "./run-cascade-command.ts";

type Shown = Parameters<typeof describeRequest>[0];

/** A request that the edge answered, as the API sends it. */
const request = (differences: Parameters<typeof exampleObservation>[0] = {}): Shown =>
	JSON.parse(JSON.stringify(recentRequestOf(exampleObservation(differences)))) as Shown;
const cells = (line: string | undefined) => line?.trim().split(/ {2,}/u);

describe("a list of requests", () => {
	it("has a line a request: who answered, why, by which reading, for how much", () => {
		const failed = request({ requestId: "req_2", item: 3, outcome: "failed", stage: null, failure: "timeout" });
		const text = describeRequests({ items: [request({ requestId: "req_1" }), failed], next: "5..req_2" });
		const lines = text.split("\n");
		expect(cells(lines[1])).toEqual([
			"2026-11-25 09:30:00Z",
			"req_1",
			"chat",
			"answered",
			"edge",
			"accepted",
			"0.93",
			"$0.00002000",
			"200 ms",
		]);
		expect(cells(lines[2])?.slice(1, 5)).toEqual(["req_2 text 3", "chat", "timeout", "–"]);
		expect(lines[3]).toBe("There is more: --before 5..req_2");
	});

	it("may be of none", () => {
		expect(describeRequests({ items: [], next: null })).toBe("No request in the last day.\n");
	});
});

describe("one request", () => {
	const escalated = request({
		stream: true,
		stage: "origin",
		reason: "low-confidence",
		canary: true,
		retries: 1,
		costUsd: null,
		durationMs: 2_000,
		firstTokenMs: 900,
		trail: [
			{ stage: "edge", outcome: "deferred", reason: "low-confidence", confidence: 0.412_345, threshold: 0.8 },
			{ stage: "origin", outcome: "accepted", reason: "accepted", confidence: null, threshold: null, detail: "second" },
		],
		calls: [
			exampleCall({ stage: "origin", model: "large", startMs: 500, ms: 1_500, firstTokenMs: 400, usage: null }),
			exampleCall({ startMs: 10, ms: 490, estimated: true }),
			exampleCall({ purpose: "verify", ms: 5, costUsd: null }),
		],
	});

	it("says what came of it, what became of each stage and what each call took", () => {
		const text = describeRequest(escalated);
		const [head = "", trail = "", calls = "", retries] = text.split("\n\n");
		expect(head).toContain("chat.completions, streamed, to chat (revision 1, a canary)");
		expect(head).toContain("answered by origin (low-confidence) after 2000 ms, the first event after 900 ms");
		expect(head).toContain("cost unknown, saved $0.0003800");
		expect(trail.split("\n").slice(1).map(cells)).toEqual([
			["edge", "deferred", "low-confidence", "0.4123", "0.8"],
			["origin", "accepted", "accepted", "–", "–", "second"],
		]);
		const rows = calls.split("\n").slice(1).map(cells);
		expect(rows.map((row) => row?.slice(0, 2))).toEqual([
			["edge", "answer"],
			["origin", "answer"],
			["edge", "verify"],
		]);
		expect(rows[0]).toContain("≤ $0.00002000");
		expect(rows[1]?.slice(5, 9)).toEqual(["$0.00002000", "500 ms", "900 ms", "2000 ms"]);
		expect(rows[2]?.slice(5)).toEqual(["unknown", "–", "–", "5 ms"]);
		expect(retries).toBe("Calls that were made once more: 1.\n");
	});

	it("may have asked nobody", () => {
		expect(describeRequest(request({ trail: [], calls: [] })).split("\n\n")).toHaveLength(1);
	});

	it("shows no control character that a name may hold", () => {
		expect(describeRequest(request({ cascade: "a\u001B[2J" }))).not.toContain("\u001B");
	});
});

describe("a time line", () => {
	it("is thin until the first event and thick after it, from arrival to the last byte", () => {
		expect(timeLine({ startMs: 0, ms: 400 }, 400)).toBe(`|${"█".repeat(40)}|`);
		expect(timeLine({ startMs: 100, ms: 200, firstTokenMs: 100 }, 400)).toBe(
			`|${" ".repeat(10)}${"─".repeat(10)}${"█".repeat(10)}${" ".repeat(10)}|`,
		);
	});

	it("has one width, and shows every call, however short, late or long", () => {
		for (const [startMs, ms, durationMs, firstTokenMs] of [
			[0, 0, 0, 0],
			[400, 0, 400, 0],
			[400, 1, 400, 1],
			[0, 900, 400, 800],
			[500, 10, 400, 0],
		] as const) {
			const line = timeLine({ startMs, ms, firstTokenMs }, durationMs);
			expect([...line]).toHaveLength(42);
			expect(line).toContain("█");
		}
	});
});

describe("cascade requests", () => {
	// Each run starts Node.
	vi.setConfig({ testTimeout: 30_000 });
	let place: Workplace;
	beforeEach(async () => {
		place = await openWorkplace();
		await place.tenant("acme");
		place.api
			.ledgerOf("acme")
			.given.recentRequests.push(
				...[0, 1, 2].map((index): RecentRequest =>
					recentRequestOf(exampleObservation({ requestId: `req_${index}`, at: index, cascade: `c${index % 2}` })),
				),
			);
	});
	afterEach(() => place.stop());

	it("lists them, of one cascade or a page of all, as words or as the API answers", async () => {
		const run = await place.cascade("requests", "acme", "--cascade", "c0", "--limit", "1");
		expect(run).toMatchObject({ status: 0, stderr: "" });
		expect(run.stdout).toContain("req_2");
		const more = /--before (\S+)/u.exec(run.stdout)?.[1] ?? "";
		const next = await place.cascade("requests", "--tenant", "acme", "--cascade", "c0", "--before", more, "--json");
		expect(JSON.parse(next.stdout)).toMatchObject({ items: [{ requestId: "req_0" }], next: null });
	});

	it("shows one, and says so where it is not known", async () => {
		const run = await place.cascade("requests", "show", "req_1", "--tenant", "acme");
		expect(run.stdout).toContain("req_1: chat.completions, to c1");
		expect(await place.cascade("requests", "show", "req_9", "--tenant", "acme")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("request"),
		});
		const wrong = await place.cascade("requests", "show", "req_1", "--item", "x", "--tenant", "acme");
		expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining("--item") });
	});
});
