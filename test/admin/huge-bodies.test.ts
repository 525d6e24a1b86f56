import { describe, expect, it } from "vitest";
import { ask } from "./admin-world.ts";
import { createFakeWorld } from "./fake-world.ts";

const list = (count: number, value: string) => `[${Array.from({ length: count }, () => value).join()}]`;

async function send(method: string, path: string, text: string) {
	const world = await createFakeWorld();
	await ask(world, "POST", "/tenants", { body: { tenant: "acme" } });
	const headers = method === "PUT" ? { "if-none-match": "*" } : {};
	const reply = await ask(world, method, `/tenants/acme${path}`, { text, headers });
	expect(world.faults).toEqual([]);
	return reply;
}

/** Each was told of all its problems, at up to 83 MB, or of none, where they overflowed the stack. */
describe("a body of half a million values", () => {
	it.each([
		["scopes", "POST", "/keys", `{"name":"a","scopes":${list(500_000, "1")}}`],
		["stages that are none", "PUT", "/policy", `{"version":1,"cascades":{"a":{"stages":${list(500_000, "1")}}}}`],
		["empty stages", "PUT", "/policy", `{"version":1,"cascades":{"a":{"stages":${list(300_000, "{}")}}}}`],
		["stages to check", "POST", "/policy/validate", `{"version":1,"cascades":{"a":{"stages":${list(300_000, "{}")}}}}`],
		["labels", "POST", "/cascades/a/evidence/labels", `{"labels":${list(500_000, "1")}}`],
		["anchors", "PUT", "/cascades/a/evidence/anchors", `{"anchors":${list(500_000, "1")}}`],
	])("is refused before anything judges them: %s", async (_what, method, path, text) => {
		const { status, body } = await send(method, path, text);
		expect([status, body.error.code, body.error.message]).toEqual([
			400,
			"invalid_json",
			"The body holds more than 20000 values.",
		]);
	});
});

describe("a refusal of a body with many problems", () => {
	it("tells the first 50, and how many more there are", async () => {
		const { status, body } = await send("POST", "/keys", `{"name":"a","scopes":${list(60, "1")}}`);
		expect([status, body.problems.length]).toEqual([422, 50]);
		expect(body.error.message).toMatch(/scopes\[49\]: [^:]*\. 10 more\.$/u);
	});

	it("repeats nothing at length that was sent", async () => {
		const { status, body } = await send("POST", "/keys", `{"name":"a","scopes":["read"],"${"x".repeat(500_000)}":1}`);
		expect([status, body.error.param]).toEqual([422, `${"x".repeat(200)}…`]);
		expect(JSON.stringify(body).length).toBeLessThan(2_000);
	});
});
