import { describe, expect, it } from "vitest";
import { parseRoute, routeHash } from "../../src/dashboard/app/route.ts";

describe("a route", () => {
	it("is read from an address as it was written into it", () => {
		const hash = routeHash("acme", "chat", "requests", ["req_1/2"], { reason: "low-confidence", stage: "" });
		expect(hash).toBe("#/acme/chat/requests/req_1%2F2?reason=low-confidence");
		expect(parseRoute(hash)).toEqual({
			tenant: "acme",
			cascade: "chat",
			view: "requests",
			rest: ["req_1/2"],
			query: { reason: "low-confidence" },
		});
	});

	it("has what an address lacks as null, and what is malformed as it stands", () => {
		const none = { tenant: null, cascade: null, view: null, rest: [], query: {} };
		for (const hash of ["", "#", "#/", "?"]) expect(parseRoute(hash)).toEqual(none);
		expect(parseRoute("#/%E0%A4%A/chat")).toMatchObject({ tenant: "%E0%A4%A", cascade: "chat", view: null });
	});
});
