import { describe, expect, it } from "vitest";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { createAdminApp } from "../../src/admin/admin-app.ts";
import { createDocumentReader, NONCE_MARK, type AssetsBinding } from "../../src/admin/document-files.ts";
import { documentTexts } from "../../src/admin/document-texts.ts";
import { err } from "../../src/core/result.ts";
import { documentAssets } from "./document-assets.ts";

describe("the files of the admin API's description", () => {
	it("are one for each route that anyone may call", () => {
		const files = ADMIN_ROUTES.flatMap((route) => (route.roles === "anyone" ? [route.file] : []));
		expect(Object.keys(documentTexts())).toEqual(files);
	});

	it("hold a place for a nonce only where there are scripts and styles", () => {
		const texts = documentTexts();
		expect(texts["openapi.json"]).not.toContain(NONCE_MARK);
		expect(texts["docs.txt"].split(NONCE_MARK)).toHaveLength(3);
	});

	it("are read as they were built", async () => {
		const read = createDocumentReader(documentAssets);
		for (const [name, text] of Object.entries(documentTexts())) expect(await read(name as "docs.txt")).toBe(text);
	});
});

describe("a deployment without these files", () => {
	const nothing: AssetsBinding = { fetch: async () => new Response("not found", { status: 404 }) };

	it.each([
		["without the binding", undefined],
		["without the files", nothing],
	])("says so: %s", async (_, assets) => {
		const faults: unknown[] = [];
		const app = createAdminApp(
			() => err("nothing is configured"),
			() => createDocumentReader(assets),
			(fault, { what }) => faults.push([fault, what]),
		);
		for (const [path, file] of [
			["openapi.json", "openapi.json"],
			["docs", "docs.txt"],
		]) {
			const response = await app.fetch(new Request(`https://edge.example/admin/v1/${path}`), {});
			const { error } = (await response.json()) as { readonly error: { readonly code: string } };
			expect([response.status, error.code]).toEqual([503, "documents_missing"]);
			expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
			expect(faults.pop()).toEqual(["admin-documents-missing", file]);
		}
	});
});
