import { describe, expect, it } from "vitest";
import { ADMIN_ROUTES } from "../../../src/admin/routes.ts";
import { REQUESTS } from "../../../src/cli/admin/requests.ts";

describe("the command line's requests", () => {
	it("are the admin API's guarded routes, every one with its method and path", () => {
		const guarded = ADMIN_ROUTES.filter(({ roles }) => roles !== "anyone");
		expect(REQUESTS).toEqual(
			Object.fromEntries(guarded.map(({ operationId, method, path }) => [operationId, `${method} ${path}`])),
		);
	});
});
