import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { ask, createCallers } from "./admin-world.ts";
import { createFakeWorld } from "./fake-world.ts";

interface Operation {
	readonly operationId: string;
	readonly security?: readonly unknown[];
	readonly responses: Readonly<Record<string, unknown>>;
	readonly parameters?: readonly {
		readonly name: string;
		readonly in: string;
		readonly required: boolean;
		readonly schema: unknown;
	}[];
	readonly requestBody?: {
		readonly content: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
	};
}
interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const document = openApiDocument(ADMIN_ROUTES) as unknown as Document;
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const operation = (id: string) => operations.find(({ operationId }) => operationId === id);

describe("the OpenAPI document", () => {
	it("is valid by the schema of OpenAPI 3.1", async () => {
		const validator = new Validator();
		const result = await validator.validate(structuredClone(document) as never);
		expect(result.errors ?? []).toEqual([]);
		expect([result.valid, validator.version]).toEqual([true, "3.1"]);
	});

	it("describes every route, and no other", () => {
		const described = Object.entries(document.paths).flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path]),
		);
		expect(described.toSorted()).toEqual(
			ADMIN_ROUTES.map(({ operationId, method, path }) => [operationId, method, path]).toSorted(),
		);
	});

	it("refers to nothing that it does not hold, and holds nothing that nobody refers to", () => {
		const references = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/gu)];
		for (const [, kind = "", name = ""] of references) expect(document.components[kind]).toHaveProperty(name);
		const used = new Set(references.map(([, kind, name]) => `${kind}/${name}`));
		for (const kind of ["schemas", "responses", "headers"])
			for (const name of Object.keys(document.components[kind] ?? {})) {
				// A wrong method is answered before any operation is known.
				if (name !== "Refusal405") expect([...used]).toContain(`${kind}/${name}`);
			}
	});

	it("asks for a key or an Access token everywhere but where anyone may look", () => {
		const open = operations.filter(({ security }) => security !== undefined);
		expect(open.map(({ operationId }) => operationId)).toEqual(["openapi.get", "docs.get"]);
		for (const { security } of open) expect(security).toEqual([]);
		expect(Object.keys(document.components["securitySchemes"] ?? {})).toEqual(["key", "access"]);
	});

	it("has the bounds of the schemas that validate", () => {
		expect(operation("tenants.list")?.parameters).toContainEqual(
			expect.objectContaining({
				name: "limit",
				in: "query",
				required: false,
				schema: { type: "integer", minimum: 1, maximum: 200 },
			}),
		);
		expect(operation("revisions.get")?.parameters).toContainEqual(
			expect.objectContaining({ name: "revision", in: "path", required: true }),
		);
		expect(operation("usage.get")?.parameters?.map(({ name, required }) => [name, required])).toEqual([
			["tenant", true],
			["from", true],
			["to", true],
			["by", false],
		]);
		expect(document.components["schemas"]?.["NewKey"]).toMatchObject({
			required: ["name", "scopes"],
			additionalProperties: false,
			properties: { scopes: { minItems: 1, items: { enum: ["inference", "read", "admin"] } } },
		});
		expect(operation("canary.put")?.requestBody?.content["application/json"]?.schema).toMatchObject({
			properties: { share: { exclusiveMinimum: 0, exclusiveMaximum: 1 } },
		});
		expect(Object.keys(operation("policy.patch")?.requestBody?.content ?? {})).toEqual([
			"application/merge-patch+json",
			"application/json",
		]);
	});

	it("tells of headers that a request must or may have", () => {
		const headers = (id: string) =>
			operation(id)?.parameters?.flatMap((each) => (each.in === "header" ? [[each.name, each.required]] : []));
		expect(headers("policy.put")).toEqual([
			["x-reason", false],
			["If-Match", false],
			["If-None-Match", false],
		]);
		expect(headers("policy.rollback")).toEqual([["If-Match", false]]);
		expect(headers("tenants.delete")).toEqual([["x-confirm", true]]);
		expect(headers("tenants.list")).toEqual([]);
	});

	it("names the statuses of what a route reads", () => {
		const statuses = (id: string) => Object.keys(operation(id)?.responses ?? {});
		expect(statuses("policy.put")).toEqual([
			"200",
			"201",
			"400",
			"401",
			"403",
			"404",
			"409",
			"412",
			"413",
			"422",
			"428",
			"429",
			"500",
			"503",
		]);
		expect(statuses("tenants.list")).toEqual(["200", "400", "401", "403", "500", "503"]);
		expect(statuses("keys.rotate")).toEqual(["201", "400", "401", "403", "404", "409", "413", "422", "500", "503"]);
	});

	it("is served to anyone, with and without a key", async () => {
		const world = await createFakeWorld();
		await createCallers(world);
		for (const key of ["", "sk-1234", world.operatorKey]) {
			const { status, headers, body } = await ask(world, "GET", "/openapi.json", { key });
			expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
			expect(body).toEqual(JSON.parse(JSON.stringify(document)));
		}
	});
});
