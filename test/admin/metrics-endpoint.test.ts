import { describe, expect, it } from "vitest";
import { formatApiKey } from "../../src/core/api-key.ts";
import { METRIC_SHARDS } from "../../src/core/metrics/metric-report.ts";
import { err, ok } from "../../src/core/result.ts";
import { answerMetrics, type MetricsPorts } from "../../src/admin/metrics-endpoint.ts";
import { parsePrometheus, sampleOf } from "../support/parse-prometheus.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";

/** One request in ten counted by each shard. */
const shardOf: NonNullable<MetricsPorts["shardOf"]> = () => ({
	totals: async () => ({
		counters: { edge_cascade_audits_total: 10 },
		gauges: { 'edge_cascade_certificates{state="certified"}': 1 },
	}),
});

/** Asks with these headers; the operator's key where none are given. */
async function ask(
	world: FakeWorld,
	{
		headers = { authorization: `Bearer ${world.operatorKey}` } as Readonly<Record<string, string>>,
		path = "/metrics",
		method = "GET",
		...ports
	}: Partial<MetricsPorts> & {
		readonly headers?: Readonly<Record<string, string>>;
		readonly path?: string;
		readonly method?: string;
	} = {},
) {
	const faults: string[] = [];
	const request = new Request(`https://edge.example${path}`, { method, headers });
	const logFault = (fault: string) => void faults.push(fault);
	const response = await answerMetrics(request, { admin: ok(world.ports), shardOf, logFault, ...ports });
	return { response, text: await response.text(), faults };
}

const codeOf = (text: string) => (JSON.parse(text) as { error: { code: string } }).error.code;

describe("GET /metrics", () => {
	it("answers an operator with the sum of all shards, in Prometheus' text format", async () => {
		const { response, text } = await ask(await createFakeWorld());
		expect(response.status).toBe(200);
		expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
		expect(response.headers.get("cache-control")).toBe("no-store");
		const families = parsePrometheus(text);
		expect(sampleOf(families, "edge_cascade_audits_total")).toBe(10 * METRIC_SHARDS);
		expect(sampleOf(families, "edge_cascade_certificates", { state: "certified" })).toBe(METRIC_SHARDS);
	});

	it("answers an operator behind Cloudflare Access too", async () => {
		const world = await createFakeWorld();
		const headers = { "cf-access-jwt-assertion": world.access.valid };
		expect((await ask(world, { headers })).response.status).toBe(200);
	});

	it("is for operators: nobody else, a tenant's key not either", async () => {
		const world = await createFakeWorld();
		const tenants = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		expect((await ask(world, { headers: {} })).response.status).toBe(401);
		expect((await ask(world, { headers: { authorization: "Bearer wrong" } })).response.status).toBe(401);
		const refused = await ask(world, { headers: { authorization: `Bearer ${tenants}` } });
		expect([refused.response.status, codeOf(refused.text)]).toEqual([403, "insufficient_scope"]);
	});

	it("takes no key in the address, and no other method", async () => {
		const world = await createFakeWorld();
		const inQuery = await ask(world, { path: `/metrics?key=${world.operatorKey}` });
		expect([inQuery.response.status, codeOf(inQuery.text)]).toEqual([400, "key_in_query"]);
		const posted = await ask(world, { method: "POST" });
		expect([posted.response.status, posted.response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
	});

	it("is a passing fault where one shard cannot be read: a sum of the others would look like a restart", async () => {
		const { response, text, faults } = await ask(await createFakeWorld(), {
			shardOf: (name) => ({
				async totals() {
					if (name === "metrics-3") throw new Error("Network connection lost.");
					return { counters: {}, gauges: {} };
				},
			}),
		});
		expect([response.status, codeOf(text), response.headers.get("retry-after")]).toEqual([
			503,
			"metrics_unavailable",
			"2",
		]);
		expect(faults).toEqual(["metrics-unavailable"]);
	});

	it("says what is not configured: the admin API to the log alone, shards to the operator", async () => {
		const world = await createFakeWorld();
		const without = await ask(world, { admin: err("OPERATOR_KEY_SHA256 is missing") });
		expect([without.response.status, codeOf(without.text)]).toEqual([503, "admin_not_configured"]);
		expect(without.text).not.toContain("OPERATOR_KEY_SHA256");
		expect(without.faults).toEqual(["admin-not-configured"]);
		expect((await ask(world, { shardOf: null })).response.status).toBe(404);
		expect((await ask(world, { shardOf: null, headers: {} })).response.status).toBe(401);
	});
});
