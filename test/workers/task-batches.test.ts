import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { EDGE_COST_USD, ORIGIN_COST_USD } from "../support/cascades.ts";
import { appWithTimes } from "./app-with-times.ts";
import { post } from "./ask-tasks.ts";
import { publishTenant } from "./tenant.ts";

const LABELS = ["ham", "spam"];
const SURE = { confidence: { method: "label-margin" }, threshold: 0.5 };
const UNSURE = { ...SURE, model: "@fake/unsure" };
const ORIGIN = { model: "labeller" };

describe("several texts in one request", () => {
	it("are answered in their order, each by a run of the cascade of its own", async () => {
		const tenant = await publishTenant({ edge: UNSURE, origin: ORIGIN });
		const input = ["free 0", "kind 1", "free 2", "kind 3", "kind 4", "free 5"];
		const { body } = await post(tenant, "classifications", { model: "cascade", input, labels: LABELS });
		expect(body.data.map(({ index, label }) => [index, label])).toEqual([
			[0, "spam"],
			[1, "ham"],
			[2, "spam"],
			[3, "ham"],
			[4, "ham"],
			[5, "spam"],
		]);
		expect(await tenant.workersAiCalls()).toHaveLength(input.length);
		expect(body["usage"]).toEqual({ prompt_tokens: 60, completion_tokens: 12, total_tokens: 72 });
	});

	it("cost what they cost together, and name the stage where it is one", async () => {
		const tenant = await publishTenant({ edge: SURE, origin: ORIGIN });
		const request = { model: "cascade", input: ["a", "b", "c"], labels: LABELS };
		const { body, headers } = await post(tenant, "classifications", request);
		expect(body["cascade"]).toEqual({
			costUsd: expect.closeTo(3 * EDGE_COST_USD, 12),
			savedUsd: expect.closeTo(3 * (ORIGIN_COST_USD - EDGE_COST_USD), 12),
		});
		expect(Number(headers.get("x-cascade-cost-usd"))).toBeCloseTo(3 * EDGE_COST_USD, 10);
		expect(Number(headers.get("x-cascade-saved-usd"))).toBeCloseTo(3 * (ORIGIN_COST_USD - EDGE_COST_USD), 10);
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(headers.has("x-cascade-confidence")).toBe(false);
	});

	it("name no stage where several answered", async () => {
		const guard = { model: "@fake/guard", shape: "llama-guard", confidence: { method: "agreement", samples: 2 } };
		const checks = { pattern: { mustMatch: "^safe" } };
		const tenant = await publishTenant({ edge: { ...guard, threshold: 1 }, origin: { model: "moderator" }, checks });
		const { body, headers } = await post(tenant, "moderations", { model: "cascade", input: ["hello", "a bomb"] });
		expect(body.results.map(({ cascade }) => cascade.stage)).toEqual(["edge", "origin"]);
		expect(headers.has("x-cascade-stage")).toBe(false);
	});
});

describe("one text that fails", () => {
	it("fails the request at its place, and ends the others", async () => {
		const tenant = await publishTenant({ edge: UNSURE, origin: ORIGIN });
		const input = ["kind", "hang", "fail", "hang", "kind", "kind"];
		const { status, body } = await post(tenant, "classifications", { model: "cascade", input, labels: LABELS });
		expect(status).toBe(502);
		expect(body.error).toMatchObject({ code: "upstream_error", param: "input[2]" });
		expect(await tenant.originLeft()).toBe(true);
	});

	it("in a list of one is told at its place as well", async () => {
		const tenant = await publishTenant({ edge: UNSURE, origin: ORIGIN });
		const request = { model: "cascade", input: ["fail"], labels: LABELS };
		expect((await post(tenant, "classifications", request)).body.error.param).toBe("input[0]");
	});

	it("leaves one record a text that was begun: the others failed with it, and no client has left", async () => {
		const tenant = await publishTenant({ edge: UNSURE, origin: ORIGIN });
		const { app, observations } = appWithTimes();
		const request = new Request("https://edge.example/v1/classifications", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}` },
			body: JSON.stringify({ model: "cascade", input: ["hang", "hang", "fail"], labels: LABELS }),
		});
		expect((await app.fetch(request, env, createExecutionContext())).status).toBe(502);
		const records = observations.toSorted((one, other) => (one.item ?? 0) - (other.item ?? 0));
		expect(records.map(({ endpoint, item, outcome, failure }) => [endpoint, item, outcome, failure])).toEqual([
			["classifications", 0, "failed", "upstream-error"],
			["classifications", 1, "failed", "upstream-error"],
			["classifications", 2, "failed", "upstream-error"],
		]);
		expect(new Set(records.map(({ requestId }) => requestId)).size).toBe(1);
	});
});

describe("the record of one text", () => {
	it("has no number, and says which endpoint it was", async () => {
		const tenant = await publishTenant({ edge: SURE });
		const { app, observations } = appWithTimes();
		const request = new Request("https://edge.example/v1/classifications", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}` },
			body: JSON.stringify({ model: "cascade", input: "free", labels: LABELS }),
		});
		await app.fetch(request, env, createExecutionContext());
		expect(observations).toHaveLength(1);
		expect(observations[0]).toMatchObject({ endpoint: "classifications", outcome: "answered", stage: "edge" });
		expect(observations[0]).not.toHaveProperty("item");
		expect(JSON.stringify(observations)).not.toContain("free");
	});
});
