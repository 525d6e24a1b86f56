import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { FakeClock } from "../../cascade/fakes.ts";
import { publishTenant, putRecord } from "../tenant.ts";
import { answered, expectAnswer, expectError, faultWorld, REQUEST_TIMERS } from "./fault-world.ts";

type Kind = "key" | "tenant" | "origin";
type Trouble = "fails" | "hangs" | "garbage" | "old-format" | "absent";

/** KV whose records of some kinds are in trouble. */
function troubledKv() {
	const troubles = new Map<Kind, Trouble>();
	const reads: string[] = [];
	let hung = 0;
	const get = async (key: string, options: KVNamespaceGetOptions<"text">): Promise<string | null> => {
		const kind = key.split("/")[0] as Kind;
		reads.push(kind);
		switch (troubles.get(kind)) {
			case "fails":
				throw new Error("KV GET failed: 500 Internal Server Error");
			case "hangs":
				hung += 1;
				return new Promise<never>(() => {});
			case "garbage":
				return "<html>";
			case "old-format":
				return '{"version":0}';
			case "absent":
				return null;
			case undefined:
				return env.CONFIG.get(key, options);
		}
	};
	return { kv: { get: get as KVNamespace["get"] }, troubles, reads, hung: () => hung };
}

const KEYS = { status: 503, code: "keys_unavailable", retryAfter: 2 } as const;
const POLICY = { status: 503, code: "policy_unavailable", retryAfter: 2 } as const;

let warnings: MockInstance<typeof console.warn>;
const faultsLogged = () => warnings.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
beforeEach(() => {
	warnings = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
	vi.restoreAllMocks();
});

/** What KV may take for a record. */
const READ_MS = 2_000;

describe.each([
	["F81", "key", KEYS],
	["F82", "tenant", POLICY],
] as const)("%s: KV without a readable %s record, and nothing good known", (_row, kind, error) => {
	it.each<Trouble>(["fails", "garbage", "old-format"])(
		"is a passing fault and neither a yes nor a no: %s",
		async (trouble) => {
			const { kv, troubles } = troubledKv();
			const { ask, observations } = faultWorld({ kv });
			const tenant = await publishTenant();
			troubles.set(kind, trouble);
			await expectError(await ask(tenant), error);
			expect(await tenant.workersAiCalls()).toEqual([]);
			expect(observations).toEqual([]);
			const fault = trouble === "fails" ? "kv-unreadable" : "kv-unparsable";
			expect(faultsLogged()).toEqual([{ event: "fault", fault, kind: kind === "tenant" ? "policy" : kind }]);
		},
	);

	it("is waited for two seconds: hangs", async () => {
		const { kv, troubles, hung } = troubledKv();
		const clock = new FakeClock();
		const { ask } = faultWorld({ kv, clock });
		const tenant = await publishTenant();
		troubles.set(kind, "hangs");
		const waiting = hung();
		const asking = ask(tenant);
		await expect.poll(hung).toBe(waiting + 1);
		await clock.advance(READ_MS - 1);
		expect(clock.running).toBe(1);
		await clock.advance(1);
		await expectError(await asking, error);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});

describe("F83: KV without a readable record of the origin, and nothing good known", () => {
	it.each<Trouble>(["fails", "garbage"])(
		"is the origin's failure, and the edge is served all the same: %s",
		async (trouble) => {
			const { kv, troubles } = troubledKv();
			const { ask } = faultWorld({ kv });
			troubles.set("origin", trouble);
			const sure = await publishTenant();
			await expectAnswer(await ask(sure), false, { stage: "edge", reason: "accepted", content: "spam" });
			const unsure = await publishTenant({ edge: { model: "@fake/unsure" } });
			await expectError(await ask(unsure), { status: 503, code: "origin_unavailable", retryAfter: 5 });
			const served = await publishTenant({ edge: { model: "@fake/unsure" }, onOriginFailure: "serve-edge-answer" });
			const reason = "origin-failed-served-edge";
			await expectAnswer(await ask(served), false, { stage: "edge", reason, content: "spam" });
			expect(await unsure.originCalls()).toEqual([]);
		},
	);

	it("that is not there at all is a fault of the operator's, and not worth another try", async () => {
		const { kv, troubles } = troubledKv();
		const { ask } = faultWorld({ kv });
		troubles.set("origin", "absent");
		const tenant = await publishTenant({ edge: { model: "@fake/unsure" } });
		await expectError(await ask(tenant), { status: 502, code: "origin_config", retryAfter: "never" });
	});
});

describe("F84: KV that fails after a good read", () => {
	it.each<Trouble>(["fails", "garbage", "old-format"])(
		"changes nothing for an hour, and is a passing fault then: %s",
		async (trouble) => {
			const { kv, troubles } = troubledKv();
			const clock = new FakeClock();
			const { ask } = faultWorld({ kv, clock });
			const tenant = await publishTenant({ edge: { model: "@fake/unsure" } });
			const answer = { stage: "origin", reason: "low-confidence", content: "origin: Is this spam?" };
			await expectAnswer(await ask(tenant), false, answer);
			for (const kind of ["key", "tenant", "origin"] as const) troubles.set(kind, trouble);
			await clock.advance(30_000);
			await expectAnswer(await ask(tenant), false, answer);
			expect(faultsLogged().map(({ kind }) => kind)).toEqual(["key", "policy", "origin"]);
			await clock.advance(3_569_999);
			await expectAnswer(await ask(tenant), false, answer);
			await clock.advance(1);
			await expectError(await ask(tenant), KEYS);
			troubles.clear();
			await expectAnswer(await ask(tenant), false, answer);
		},
	);

	it("slows one request in five seconds, by two seconds a record, and no other", async () => {
		const { kv, troubles, hung } = troubledKv();
		const clock = new FakeClock();
		const { ask } = faultWorld({ kv, clock });
		const tenant = await publishTenant({ edge: { model: "@fake/unsure" } });
		await (await ask(tenant)).body?.cancel();
		for (const kind of ["key", "tenant", "origin"] as const) troubles.set(kind, "hangs");
		await clock.advance(30_000);
		const startedAt = clock.now();
		expect((await answered(() => ask(tenant), clock, hung, READ_MS)).status).toBe(200);
		expect(clock.now() - startedAt).toBe(3 * READ_MS);
		expect(hung()).toBe(3);
		// The key was given up four seconds ago.
		await clock.advance(999);
		expect((await ask(tenant)).status).toBe(200);
		expect(hung()).toBe(3);
		await clock.advance(1);
		expect((await answered(() => ask(tenant), clock, hung, READ_MS)).status).toBe(200);
		expect(hung()).toBeGreaterThan(3);
	});
});

describe("F85: a request while a new revision arrives", () => {
	it("is served by one revision from its beginning to its end, and its header names that one", async () => {
		const { ask, observations } = faultWorld();
		const tenant = await publishTenant({ edge: { model: "@fake/slow" } });
		const asking = ask(tenant);
		await expect.poll(() => tenant.workersAiCalls()).toHaveLength(1);
		await putRecord(`tenant/${tenant.id}/policy`, { revision: 2, publishedAt: 1_790_000_001, policy: {} });
		const response = await asking;
		expect(response.headers.get("x-cascade-policy-revision")).toBe("1");
		await expectAnswer(response, false, { stage: "edge", reason: "accepted", content: "spam" });
		expect(observations).toMatchObject([{ policyRevision: 1 }]);
	});
});
