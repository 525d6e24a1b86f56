import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { formatApiKey } from "../../src/core/api-key.ts";
import { sha256Hex } from "../../src/adapters/kv-key-store.ts";
import { send, type ReplyBody } from "./ask.ts";
import { post } from "./ask-tasks.ts";
import { publishTenant, putRecord, type TestTenant } from "./tenant.ts";

/** What wrangler.toml lets a tenant of the tier `standard` ask in a minute. */
const LIMIT = 600;
const MINUTE_MS = 60_000;
/** More than a test needs from then on. */
const TEST_MS = 10_000;

vi.setConfig({ testTimeout: 2 * TEST_MS });

afterEach(() => {
	vi.restoreAllMocks();
});

/** A tenant of the tier `standard` who has used up all of it, through the very binding that the Worker asks. */
async function exhaustedTenant(): Promise<TestTenant> {
	const tenant = await publishTenant({}, { rateTier: "standard" });
	await useUp(tenant);
	return tenant;
}

/** Uses up the minute's allowance, and leaves the test some of that minute: the counter begins anew with each. */
async function useUp(tenant: TestTenant): Promise<void> {
	const left = MINUTE_MS - (Date.now() % MINUTE_MS);
	if (left < TEST_MS) await scheduler.wait(left);
	await Promise.all(Array.from({ length: LIMIT }, () => env.RATE_TIER_STANDARD.limit({ key: tenant.id })));
}

describe("a tenant of a rate tier", () => {
	it("is served while the platform's counter has something left", async () => {
		const tenant = await publishTenant({}, { rateTier: "standard" });
		expect((await send(tenant)).status).toBe(200);
	});

	it("is refused by the platform's counter, at every endpoint and before any model is asked", async () => {
		const tenant = await exhaustedTenant();
		const response = await send(tenant, { stream: true });
		expect(response.status).toBe(429);
		expect(response.headers.get("retry-after")).toBe("10");
		const { error }: ReplyBody = await response.json();
		expect(error).toMatchObject({ type: "rate_limit_error", code: "rate_limit_exceeded", param: null });
		expect(error.message).toContain("'standard'");
		for (const endpoint of ["classifications", "moderations", "embeddings"] as const)
			expect((await post(tenant, endpoint, {})).status).toBe(429);
		expect([...(await tenant.workersAiCalls()), ...(await tenant.originCalls())]).toEqual([]);
	});

	it("still sees its models", async () => {
		const tenant = await exhaustedTenant();
		const headers = { authorization: `Bearer ${tenant.key}` };
		expect((await exports.default.fetch("https://edge.example/v1/models", { headers })).status).toBe(200);
	});

	it("has one allowance for all its keys, and leaves other tenants theirs", async () => {
		const tenant = await exhaustedTenant();
		const key = formatApiKey(crypto.getRandomValues(new Uint8Array(32)));
		await putRecord(`key/${await sha256Hex(key)}`, { tenant: tenant.id, scopes: ["inference"] });
		expect((await send({ ...tenant, key })).status).toBe(429);
		const other = await publishTenant({}, { rateTier: "standard" });
		expect((await send(other)).status).toBe(200);
	});
});

describe("the log of rate tiers", () => {
	it("names the tenant that is refused once, and holds no record of its requests", async () => {
		const tenant = await exhaustedTenant();
		const log = vi.spyOn(console, "log").mockImplementation(() => {});
		for (let request = 0; request < 3; request++) expect((await send(tenant)).status).toBe(429);
		expect(log.mock.calls.flat()).toEqual([
			JSON.stringify({ event: "rate-limited", tenant: tenant.id, tier: "standard" }),
		]);
	});

	it("names a tier that the Worker has not once, and its tenants are served", async () => {
		const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
		const tenant = await publishTenant({}, { rateTier: "no-such-tier" });
		for (let request = 0; request < 2; request++) expect((await send(tenant)).status).toBe(200);
		expect(warn.mock.calls.flat()).toEqual([
			JSON.stringify({
				event: "fault",
				fault: "rate-tier-missing",
				tier: "no-such-tier",
				binding: "RATE_TIER_NO_SUCH_TIER",
			}),
		]);
	});
});
