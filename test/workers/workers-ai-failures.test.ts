import { describe, expect, it } from "vitest";
import type { CascadeChanges } from "../support/cascades.ts";
import { edgeEntry, type Reply } from "./ask.ts";
import { faultWorld } from "./faults/fault-world.ts";
import { publishTenant } from "./tenant.ts";

/** An isolate for each: after some of these failures one does not ask Workers AI again. */
async function ask(changes: CascadeChanges, route?: "edge"): Promise<Reply> {
	const tenant = await publishTenant(changes);
	const response = await faultWorld().ask(tenant, route === undefined ? {} : { route });
	return { status: response.status, headers: response.headers, body: await response.json(), tenant };
}

/** Each error of Workers AI: what the cascade makes of it, and what a client is told where there is no other stage. */
const FAILURES = [
	[
		"3036, the daily allocation",
		"error-3036",
		"edge-unavailable",
		"daily-allocation",
		503,
		"daily_allocation_used",
		"60",
	],
	[
		"3036 in a list of errors",
		"errors-3036",
		"edge-unavailable",
		"daily-allocation",
		503,
		"daily_allocation_used",
		"60",
	],
	["3036 in a text", "text-3036", "edge-unavailable", "daily-allocation", 503, "daily_allocation_used", "60"],
	["3040, no capacity", "error-3040", "edge-unavailable", "overloaded", 429, "rate_limit_exceeded", "5"],
	["3040 in a list of errors", "errors-3040", "edge-unavailable", "overloaded", 429, "rate_limit_exceeded", "5"],
	["429 without a code", "errors-429", "edge-unavailable", "overloaded", 429, "rate_limit_exceeded", "5"],
	["3007, a timeout of the platform's", "error-3007", "edge-failed", "unreachable", 503, "origin_unavailable", "5"],
	["408 without a code", "errors-408", "edge-failed", "unreachable", 503, "origin_unavailable", "5"],
	["3006, a request too large", "error-3006", "edge-failed", "bad-request", 400, "invalid_request", null],
	["5006, input that is no model's", "errors-5006", "edge-failed", "bad-request", 400, "invalid_request", null],
	["5007, no such model", "error-5007", "edge-failed", "misconfigured", 502, "origin_model", null],
	["3042, an invalid model id", "errors-3042", "edge-failed", "misconfigured", 502, "origin_model", null],
	["5016, terms not agreed to", "error-5016", "edge-failed", "misconfigured", 502, "origin_auth", null],
	["401 without a code", "errors-401", "edge-failed", "misconfigured", 502, "origin_auth", null],
	["a code that nobody knows", "unknown-error", "edge-failed", "upstream-error", 502, "upstream_error", "2"],
	["a page of HTML", "html", "edge-failed", "upstream-error", 502, "upstream_error", "2"],
	["an answer that is not JSON", "garbage", "edge-failed", "invalid-answer", 502, "upstream_invalid", "2"],
	["a broken connection", "broken", "edge-failed", "broken-off", 502, "upstream_broken_off", "2"],
] as const;

describe.each(FAILURES)("Workers AI failing with %s", (_what, scenario, reason, detail, status, code, retryAfter) => {
	const edge = { model: `@fake/${scenario}` };

	it("leads to the origin", async () => {
		const reply = await ask({ edge });
		expect(reply.status).toBe(200);
		expect(reply.body.cascade).toMatchObject({ stage: "origin", reason, confidence: null, threshold: 0.8 });
		expect(edgeEntry(reply)).toEqual({
			stage: "edge",
			outcome: "failed",
			reason,
			confidence: null,
			threshold: 0.8,
			detail,
		});
		expect(await reply.tenant.workersAiCalls()).toHaveLength(1);
	});

	it("is told to a client that insisted on the edge", async () => {
		const reply = await ask({ edge }, "edge");
		expect(reply.status).toBe(status);
		expect(reply.body.error).toMatchObject({ code, param: null });
		expect(reply.headers.get("retry-after")).toBe(retryAfter);
		expect(reply.headers.get("x-should-retry")).toBe(status >= 429 && retryAfter === null ? "false" : null);
		expect(JSON.stringify(reply.body)).not.toContain("internal.example");
		expect(await reply.tenant.originCalls()).toEqual([]);
	});
});

it("an answer that broke off may have been paid for, so the cost of its request is not known", async () => {
	const { body } = await ask({ edge: { model: "@fake/broken" } });
	expect(body.cascade.costUsd).toBeNull();
});

describe("Workers AI that does not answer", () => {
	const edge = { model: "@fake/hang", timeoutMs: 100 };

	it("is left after its share of the time, and the origin answers", async () => {
		const reply = await ask({ edge });
		expect(reply.body.cascade).toMatchObject({ stage: "origin", reason: "edge-timeout" });
		expect(edgeEntry(reply)).toMatchObject({ outcome: "failed", reason: "edge-timeout", detail: "timeout" });
		// It may have generated an answer all the same, so the cost of the request is not known.
		expect(reply.body.cascade.costUsd).toBeNull();
		expect(reply.headers.has("x-cascade-cost-usd")).toBe(false);
		expect(await reply.tenant.workersAiLeft()).toBe(true);
	});

	it("is a 504 where the client insisted on the edge", async () => {
		const reply = await ask({ edge: { ...edge, timeoutMs: 500 } }, "edge");
		expect(reply.status).toBe(504);
		expect(reply.body.error).toMatchObject({
			code: "upstream_timeout",
			message: "The stage 'edge' did not answer within 500 ms.",
		});
		expect(reply.headers.get("retry-after")).toBe("1");
	});
});
