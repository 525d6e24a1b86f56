import { describe, expect, it } from "vitest";
import type { RecentRequest } from "../../src/dashboard/api/recorded-types.ts";
import { areaPath, linePath } from "../../src/dashboard/charts/paths.ts";
import { dollarsByStage } from "../../src/dashboard/views/overview/dollars-by-stage.ts";
import { travels } from "../../src/dashboard/views/overview/travels.ts";
import { readTuning } from "../../src/dashboard/views/reports/read-report.ts";
import { placeCalls } from "../../src/dashboard/views/requests/call-spans.ts";
import { recentRequests } from "../browser/dashboard-replies.ts";

describe("a path", () => {
	it("goes straight from place to place, and leaves out what is not there", () => {
		expect(linePath([[0, 1], [2, 3.14], null, [4, 5]])).toBe("M0,1L2,3.1M4,5");
		expect(linePath([null])).toBe("");
	});

	it("encloses an area with the floor of each place", () => {
		expect(areaPath([[0, 1], [2, 3], null, [6, 7]], (index) => index * 10)).toBe("M0,1L2,3L2,10L0,0ZM6,7L6,30Z");
	});
});

describe("the calls of a request in time", () => {
	const call = (ms: number, startMs?: number) =>
		({
			stage: "edge",
			model: "m",
			purpose: "answer",
			usage: null,
			costUsd: null,
			ms,
			...(startMs === undefined ? {} : { startMs }),
		}) as const;

	it("begin when they were recorded to, in that order, also where they were made at once", () => {
		const placed = placeCalls({ calls: [call(50, 30), call(100, 5)] });
		expect(placed.map(({ start, end, isRecorded }) => [start, end, isRecorded])).toEqual([
			[5, 105, true],
			[30, 80, true],
		]);
	});

	it("follow one another where that was not recorded", () => {
		const placed = placeCalls({ calls: [call(50), call(100)] });
		expect(placed.map(({ start, end, isRecorded }) => [start, end, isRecorded])).toEqual([
			[0, 50, false],
			[50, 150, false],
		]);
	});
});

describe("requests on their way through the cascade", () => {
	const [accepted, deferred] = recentRequests(0, 2) as [RecentRequest, RecentRequest];

	it("pass over each link up to the stage that answered, the oldest first", () => {
		const [first, second] = travels([accepted, deferred], ["edge", "origin"]);
		expect(first?.map(({ id, tone }) => [id, tone])).toEqual([
			[`${deferred.requestId} 0`, "origin"],
			[`${accepted.requestId} 0`, "edge"],
		]);
		expect(second?.map(({ id }) => id)).toEqual([`${deferred.requestId} 0`]);
		expect(second?.[0]?.delayMs).toBeGreaterThan(first?.[0]?.delayMs ?? Number.POSITIVE_INFINITY);
	});

	it("pass over all of them where nobody answered", () => {
		const failed = { ...deferred, stage: null };
		expect(travels([failed], ["edge", "middle", "origin"]).map((link) => link.length)).toEqual([1, 1, 1]);
	});
});

describe("what a stage costs", () => {
	it("is the mean over requests that asked it and whose costs are known", () => {
		const [accepted, deferred] = recentRequests(0, 2) as [RecentRequest, RecentRequest];
		const failed = recentRequests(0, 8)[7] as RecentRequest;
		expect(dollarsByStage([accepted, deferred, failed])).toEqual({
			edge: (0.000_041 + 0.000_084) / 2,
			origin: 0.000_749,
		});
	});
});

describe("a tuner's JSON", () => {
	const good = {
		certified: true,
		models: ["a"],
		thresholds: [0.8],
		risk: "joint",
		target: 0.1,
		delta: 0.1,
		rows: 9,
		coverage: 1,
	};

	it("is read where it is one, whatever else it has", () => {
		expect(readTuning({ ...good, n: 5, more: true })).toMatchObject({ thresholds: [0.8], accepted: 5, saving: null });
		expect(readTuning({ ...good, certified: false, thresholds: null })).toMatchObject({ thresholds: [] });
	});

	it.each(["certified", "models", "thresholds", "risk", "target", "delta", "rows", "coverage"])(
		"is none without %s",
		(field) => {
			expect(readTuning({ ...good, [field]: undefined })).toBeNull();
			expect(readTuning({ ...good, [field]: {} })).toBeNull();
		},
	);
});
