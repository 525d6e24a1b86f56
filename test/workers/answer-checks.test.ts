import { describe, expect, it } from "vitest";
import { readEvents } from "../support/read-events.ts";
import { ask, edgeEntry, send } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const schemaOf = (schema: unknown) => ({
	response_format: { type: "json_schema", json_schema: { name: "label", schema } },
});
const LABEL = { type: "object", properties: { label: { enum: ["spam", "ham"] } }, required: ["label"] };
const OTHER = { type: "object", properties: { label: { enum: ["news", "ham"] } } };

/** Every answer here is sure enough; what is wrong with it is something else. */
describe("a sure answer of Workers AI", () => {
	it.each([
		["does not match the schema", "json-text", {}, schemaOf(OTHER), "schema-mismatch"],
		["is JSON in words, where JSON was asked for", "choices", {}, schemaOf(LABEL), "invalid-json"],
		["refuses in the field for it", "refuses", {}, {}, "refused"],
		["refuses in words", "refuses-in-words", {}, {}, "refused"],
		["refuses in the field for it, whatever the policy says of words", "refuses", { refusal: false }, {}, "refused"],
		["lacks what the policy's pattern wants", "choices", { pattern: { mustMatch: "^ham$" } }, {}, "pattern-mismatch"],
		["holds what the policy's pattern forbids", "choices", { pattern: { mustNotMatch: "sp" } }, {}, "pattern-mismatch"],
		["is in another script than the policy's", "says-in-cyrillic", { script: "Latin" }, {}, "wrong-script"],
	])("is passed over for the origin's where it %s", async (_how, scenario, checks, fields, detail) => {
		const reply = await ask({ edge: { model: `@fake/${scenario}` }, checks }, fields);
		expect(edgeEntry(reply)).toMatchObject({
			outcome: "deferred",
			reason: "rejected-by-check",
			detail,
			confidence: null,
		});
		expect(reply.body.cascade).toMatchObject({ stage: "origin", reason: "rejected-by-check" });
		expect(reply.body.choices[0]?.message).toMatchObject({ content: "origin: Is this spam?", refusal: null });
	});

	it.each([
		["matches the schema", "json-text", {}, schemaOf(LABEL)],
		["refuses in words, and the policy allows that", "refuses-in-words", { refusal: false }, {}],
		["has what the policy's pattern wants", "choices", { pattern: { mustMatch: "^spam$", mustNotMatch: "ham" } }, {}],
		["is in the policy's script", "says-in-cyrillic", { script: "Cyrillic" }, {}],
		["is JSON, to which a script does not apply", "json-text", { script: "Cyrillic" }, schemaOf(LABEL)],
	])("is served where it %s", async (_how, scenario, checks, fields) => {
		const { body } = await ask({ edge: { model: `@fake/${scenario}` }, checks }, fields);
		expect(body.cascade).toMatchObject({ stage: "edge", reason: "accepted" });
	});

	it("is held to the same as a stream, of which the client sees the origin's alone", async () => {
		const tenant = await publishTenant({ edge: { model: "@fake/refuses-in-words" } });
		const reply = await readEvents(await send(tenant, { stream: true }));
		expect(reply).toMatchObject({ content: "origin: Is this spam?", finishReasons: ["stop"], done: true });
		expect(reply.facts?.trail[0]).toMatchObject({ reason: "rejected-by-check", detail: "refused" });
		expect(reply.headers.get("x-cascade-reason")).toBe("rejected-by-check");
	});

	it("that fails a check is not served when the origin fails either", async () => {
		const changes = { origin: { model: "status-500" }, onOriginFailure: "serve-edge-answer" };
		expect((await ask({ ...changes, edge: { model: "@fake/refuses-in-words" } })).status).toBe(502);
		const unsure = await ask({ ...changes, edge: { model: "@fake/unsure" } });
		expect(unsure.body.cascade).toMatchObject({ stage: "edge", reason: "origin-failed-served-edge" });
	});
});
