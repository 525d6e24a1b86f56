import { describe, expect, it } from "vitest";
import { ExactRouter } from "../../src/http/exact-router.ts";

function routerOf(routes: readonly (readonly [method: string, path: string])[]): ExactRouter<string> {
	const router = new ExactRouter<string>();
	for (const [method, path] of routes) router.add(method, path, `${method} ${path}`);
	return router;
}

/** The handlers of a match, with their parameters. */
function found(router: ExactRouter<string>, method: string, path: string): unknown {
	return router.match(method, path)[0];
}

describe("the router of paths", () => {
	const router = routerOf([
		["GET", "/v1/models"],
		["POST", "/v1/chat/completions"],
		["GET", "/v1/models/:id"],
	]);

	it("finds a path by its method, and only as it was written", () => {
		expect(found(router, "POST", "/v1/chat/completions")).toEqual([["POST /v1/chat/completions", {}]]);
		expect(found(router, "GET", "/v1/chat/completions")).toEqual([]);
		expect(found(router, "POST", "/v1/chat/completions/")).toEqual([]);
		expect(found(router, "POST", "/v1/chat")).toEqual([]);
	});

	it("finds a path with a parameter beside those without, and tells the parameter", () => {
		expect(found(router, "GET", "/v1/models")).toEqual([["GET /v1/models", {}]]);
		expect(found(router, "GET", "/v1/models/fast")).toEqual([["GET /v1/models/:id", { id: "fast" }]]);
		expect(found(router, "GET", "/v1/models/fast/")).toEqual([]);
	});

	it("keeps to the first of two handlers of one method and path", () => {
		const twice = new ExactRouter<string>();
		twice.add("GET", "/healthz", "first");
		twice.add("GET", "/healthz", "second");
		expect(found(twice, "GET", "/healthz")).toEqual([["first", {}]]);
	});
});
