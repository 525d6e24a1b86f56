import { describe, expect, it } from "vitest";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { pathOf } from "../../src/dashboard/api/admin-client.ts";
import { REQUESTS } from "../../src/dashboard/api/requests.ts";

describe("the dashboard's table of operations", () => {
	it("has each where the admin API has it", () => {
		const routes = new Map<string, string>(
			ADMIN_ROUTES.map(({ operationId, method, path }) => [operationId, `${method} ${path}`]),
		);
		for (const [operation, request] of Object.entries(REQUESTS)) expect(request).toBe(routes.get(operation));
	});
});

describe("a path", () => {
	it("has its parameters encoded, so that none reaches another path", () => {
		expect(pathOf("/tenants/{tenant}/requests/{requestId}", { tenant: "a/b", requestId: "../keys?x" })).toBe(
			"/tenants/a%2Fb/requests/..%2Fkeys%3Fx",
		);
	});
});
