import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	byRecency,
	findRequest,
	placeText,
	readPlace,
	recentPage,
	recentRequestOf,
	type RecentRequest,
} from "../../../src/core/ledger/recent-requests.ts";
import { exampleObservation } from "./observations.ts";

const request = (requestId: string, differences: Partial<RecentRequest> = {}): RecentRequest =>
	recentRequestOf(exampleObservation({ requestId, ...differences }));
const ids = (requests: readonly RecentRequest[]) => requests.map(({ requestId }) => requestId);
const ALL = { cascade: null, before: null, limit: 50 };

describe("a request as its tenant is shown it", () => {
	it("is the observation, without whose it is", () => {
		const { tenant: _tenant, version: _version, ...rest } = exampleObservation({ item: 3, firstTokenMs: 20 });
		expect(recentRequestOf(exampleObservation({ item: 3, firstTokenMs: 20 }))).toEqual(rest);
	});
});

describe("the list of requests", () => {
	const requests = [
		request("req_b", { at: 1_000 }),
		request("req_d", { at: 3_000, cascade: "mail" }),
		request("req_a", { at: 1_000, item: 1 }),
		request("req_a", { at: 1_000, item: 0 }),
		request("req_c", { at: 2_000 }),
	];

	it("is newest first; of one moment by id, and of one request by text", () => {
		const { items, next } = recentPage(requests, ALL);
		expect(items.map(({ requestId, item }) => [requestId, item])).toEqual([
			["req_d", undefined],
			["req_c", undefined],
			["req_a", 0],
			["req_a", 1],
			["req_b", undefined],
		]);
		expect(next).toBeNull();
	});

	it("may be of one cascade", () => {
		expect(ids(recentPage(requests, { ...ALL, cascade: "mail" }).items)).toEqual(["req_d"]);
		expect(recentPage(requests, { ...ALL, cascade: "other" })).toEqual({ items: [], next: null });
	});

	it("has every request on exactly one of its pages, whatever came meanwhile", () => {
		const known = fc.uniqueArray(
			fc.record({
				at: fc.integer({ min: 0, max: 5 }),
				requestId: fc.constantFrom("req_a", "req_b", "req_c"),
				item: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
			}),
			{ selector: ({ requestId, item }) => `${requestId} ${item}`, maxLength: 12 },
		);
		fc.assert(
			fc.property(known, fc.integer({ min: 1, max: 5 }), (places, limit) => {
				const all = places.map(({ requestId, item, at }) =>
					request(requestId, { at, ...(item === undefined ? {} : { item }) }),
				);
				const seen: RecentRequest[] = [];
				let before: ReturnType<typeof readPlace> = null;
				let newer: RecentRequest[] = [];
				for (;;) {
					const page = recentPage([...newer, ...all], { cascade: null, before, limit });
					seen.push(...page.items);
					if (page.next === null) break;
					before = readPlace(page.next);
					newer = [...newer, request(`req_new${newer.length}`, { at: 9 })];
				}
				expect(seen).toEqual(all.toSorted(byRecency));
			}),
		);
	});
});

describe("a place in the list", () => {
	it("is read as it was written", () => {
		for (const place of [{ at: 5, requestId: "req_1" }, { at: 0, requestId: "a.b.c", item: 0 }])
			expect(readPlace(placeText(place))).toEqual(place);
	});

	it.each(["", "5", "5.", "5..", "x..req_1", "-1..req_1", "5.-1.req_1", `5..${"x".repeat(257)}`])("is not %j", (text) => {
		expect(readPlace(text)).toBeNull();
	});
});

describe("one of the requests", () => {
	const requests = [request("req_b", { item: 2 }), request("req_b", { item: 1 }), request("req_a")];

	it("is found by its id, and one text of a batch by its number", () => {
		expect(findRequest(requests, { requestId: "req_a" })).toBe(requests[2]);
		expect(findRequest(requests, { requestId: "req_b", item: 2 })).toBe(requests[0]);
	});

	it("is the first known text of a batch where no number is given", () => {
		expect(findRequest(requests, { requestId: "req_b" })).toBe(requests[1]);
	});

	it("is none where the id or the text is not known", () => {
		expect(findRequest(requests, { requestId: "req_c" })).toBeNull();
		expect(findRequest(requests, { requestId: "req_b", item: 0 })).toBeNull();
		expect(findRequest(requests, { requestId: "req_a", item: 0 })).toBeNull();
	});
});
