import { describe, expect, it } from "vitest";
import { isForControl } from "../src/admin/control-paths.ts";
import { handOver, type Deployment } from "../src/hand-over.ts";

const DEPLOYMENT: Deployment = {
	rateTiers: ["RATE_TIER_STANDARD"],
	originHosts: undefined,
	allowLoopbackOrigins: false,
	labelPair: async () => ({ verdict: "right", costUsd: 0 }),
};

async function answered(control: Parameters<typeof handOver>[1]) {
	const faults: string[] = [];
	const request = new Request("https://edge.example/admin/v1/tenants", { method: "POST", body: "{}" });
	const response = await handOver(request, control, DEPLOYMENT, (fault, { what, reason }) =>
		faults.push(`${fault}: ${what ?? reason}`),
	);
	return { response, faults, request };
}

describe("which addresses are passed on", () => {
	it.each([
		"/admin/v1",
		"/admin/v1/tenants?after=x",
		"/metrics",
		"/metrics?x",
		"/dashboard",
		"/dashboard/",
		"/dashboard/a.js",
		"/dashboard/../admin/v1/docs",
	])("%s", (path) => {
		expect(isForControl(`https://edge.example${path}`)).toBe(true);
	});

	it.each([
		"/v1/chat/completions",
		"/v1/chat/completions?next=/admin/v1/tenants",
		"/v1/models/dashboard",
		"/v1/metrics",
		"/v1/dashboard/x",
		"/admin/v12",
		"/admin/v2/tenants",
		"/metrics/",
		"/dashboards",
		"/dashboard/../v1/models",
		"/healthz#/metrics",
		"/",
	])("and which are not: %s", (path) => {
		expect(isForControl(`https://edge.example${path}`)).toBe(false);
	});
});

describe("a request that is passed on", () => {
	it("is passed on as it is, with what the Worker says of itself, and so is the answer", async () => {
		let seen: readonly unknown[] = [];
		const given = new Response("the answer");
		const { response, faults, request } = await answered({
			answer: async (...call) => {
				seen = call;
				return given;
			},
		});
		expect(seen).toEqual([request, DEPLOYMENT]);
		expect(seen[0]).toBe(request);
		expect(response).toBe(given);
		expect(faults).toEqual([]);
	});

	it("is answered 503, for good, where there is no control Worker, and the log says what is missing", async () => {
		const { response, faults } = await answered(undefined);
		expect([response.status, response.headers.get("x-should-retry")]).toEqual([503, "false"]);
		expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(await response.json()).toEqual({
			error: {
				message: "The admin API is not configured here; the inference Worker's log says what is missing.",
				type: "server_error",
				param: null,
				code: "admin_not_configured",
			},
		});
		expect(faults).toEqual(["admin-not-configured: the binding CONTROL must be there"]);
	});

	it("is answered 503, for now, where it cannot be reached, and nothing of why is shown", async () => {
		const { response, faults } = await answered({
			answer: async () => {
				throw new Error("a fault of the network's");
			},
		});
		expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
		const text = await response.text();
		expect(JSON.parse(text)).toMatchObject({ error: { code: "control_unavailable", type: "server_error" } });
		expect(text).not.toContain("network's");
		expect(faults).toEqual(["control-unavailable: Error: a fault of the network's"]);
	});
});
