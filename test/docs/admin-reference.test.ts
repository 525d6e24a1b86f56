import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { adminReference } from "../../tools/docs/admin-reference.ts";

it("The reference of the admin API is what the routes say; where it is not: npm run docs:reference", () => {
	expect(readFileSync("docs/admin-reference.md", "utf8")).toBe(adminReference(openApiDocument(ADMIN_ROUTES)));
});

it("The reference of the admin API has every operation, with its method and path", () => {
	const text = readFileSync("docs/admin-reference.md", "utf8");
	const missing = ADMIN_ROUTES.filter(
		({ operationId, method, path }) => !text.includes(`### ${operationId}\n\n\`${method} ${path}\`: `),
	);
	expect(missing).toEqual([]);
});
