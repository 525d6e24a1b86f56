import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { policyWith } from "./example-policy.ts";
import { GPU_ORIGIN, openWorkplace, type Workplace } from "./run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 30_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace(["*.example.com"]);
	place.write("state/tenants/acme.json", policyWith(0.8));
	place.write("state/tenants/beta.json", policyWith(0.5));
	place.write("state/origins/gpu.json", GPU_ORIGIN);
});
afterEach(() => place.stop());

/** The example policy of a tenant whose origin is `old`. */
async function onOldOrigin(): Promise<Record<string, unknown>> {
	await place.put("/origins/old", GPU_ORIGIN);
	return JSON.parse(JSON.stringify(policyWith(0.7)).replaceAll('"gpu"', '"old"')) as Record<string, unknown>;
}

const writes = () => place.api.requests.filter(({ method, url }) => method !== "GET" && !url.endsWith("/validate"));

describe("cascade apply", () => {
	it("shows its plan, does it, and plans nothing the second time", async () => {
		const first = await place.cascadeWith({ input: "y\n" }, "apply", "state");
		expect(first.status).toBe(0);
		expect(first.stdout).toBe(
			[
				"create origin gpu",
				"create tenant acme",
				"create policy acme",
				"create tenant beta",
				"create policy beta",
				"To create: 5, to change: 0, unchanged: 0.",
				"created origin gpu",
				"created tenant acme",
				"created policy acme",
				"created tenant beta",
				"created policy beta",
				"Created: 5, changed: 0, unchanged: 0.",
				"",
			].join("\n"),
		);
		expect(writes()).toHaveLength(5);
		expect(await place.cascade("apply", "state")).toMatchObject({
			status: 0,
			stdout: "To create: 0, to change: 0, unchanged: 5.\n",
		});
		expect(writes()).toHaveLength(5);
	});

	it("shows what a change changes, writes over the revision it planned on, and deletes nothing", async () => {
		await place.tenant("acme", policyWith(0.7));
		await place.tenant("other", policyWith(0.7));
		const run = await place.cascade("apply", "state", "--yes", "--reason", "from git");
		expect(run.stdout).toContain(
			"change policy acme, over revision 1\n  ~ cascades.chat.stages[0].threshold: 0.7 → 0.8\n",
		);
		expect(writes().find(({ ifMatch }) => ifMatch === '"1"')).toMatchObject({
			url: expect.stringContaining("reason=from+git"),
		});
		expect((await place.cascade("policy", "get", "--tenant", "other")).status).toBe(0);
	});

	it("does nothing without a yes, with --dry-run, and where any file is wrong", async () => {
		expect((await place.cascade("apply", "state")).status).toBe(1);
		expect((await place.cascade("apply", "state", "--dry-run", "--yes")).status).toBe(0);
		place.write("state/tenants/beta.json", { version: 1 });
		expect(await place.cascade("apply", "state", "--yes")).toMatchObject({
			status: 1,
			stderr: "state/tenants/beta.json: cascades: is required\n",
		});
		expect(writes()).toEqual([]);
	});

	it("refuses a policy whose origin neither the Worker nor the directory has, of a tenant old or new", async () => {
		await place.tenant("acme", await onOldOrigin());
		await place.cascade("origin", "delete", "gpu", "--yes");
		rmSync(join(place.directory, "state/origins/gpu.json"));
		const before = writes().length;
		const missing = await place.cascade("apply", "state", "--yes");
		expect(missing).toMatchObject({
			status: 1,
			stdout: "",
			stderr:
				"tenants/acme.json: cascades.chat.stages[1].origin: there is no origin 'gpu'\n" +
				"tenants/beta.json: cascades.chat.stages[1].origin: there is no origin 'gpu'\n",
		});
		expect(writes()).toHaveLength(before);
		place.write("state/origins/gpu.json", GPU_ORIGIN);
		expect((await place.cascade("apply", "state", "--yes")).stdout).toContain(
			"Created: 3, changed: 1, unchanged: 1.\n",
		);
	});

	it("takes an origin of a new tenant's policy that the Worker has already", async () => {
		await place.put("/origins/gpu", GPU_ORIGIN);
		rmSync(join(place.directory, "state/origins/gpu.json"));
		expect((await place.cascade("apply", "state", "--yes")).status).toBe(0);
	});

	it("tells a tenant's admin too which origin is not there", async () => {
		await place.tenant("acme", await onOldOrigin());
		const made = await place.cascade("key", "create", "acme", "--name", "x", "--scope", "admin");
		const environment = { CASCADE_ADMIN_KEY: made.stdout.split("\n")[0] ?? "", CASCADE_TENANT: "acme" };
		await place.cascade("origin", "delete", "gpu", "--yes");
		place.write("mine/tenants/acme.json", policyWith(0.8));
		for (const command of [
			["apply", "mine", "--yes"],
			["policy", "set", "mine/tenants/acme.json"],
			["policy", "validate", "mine/tenants/acme.json"],
		])
			expect(await place.cascadeWith({ environment }, ...command)).toMatchObject({
				status: 1,
				stderr: expect.stringContaining("cascades.chat.stages[1].origin: there is no origin 'gpu'"),
			});
		await place.cascade("origin", "delete", "old", "--yes");
		expect((await place.cascadeWith({ environment }, "doctor")).stdout).toMatch(
			/^fail {2}tenant acme: .*no origin 'old'/mu,
		);
	});

	it("goes on, with a warning, where an origin was withdrawn that the policy names already", async () => {
		await place.tenant("acme", policyWith(0.7));
		await place.cascade("origin", "delete", "gpu", "--yes");
		place.write("mine/tenants/acme.json", policyWith(0.8));
		expect(await place.cascade("apply", "mine", "--yes")).toMatchObject({
			status: 0,
			stdout: expect.stringContaining("Created: 0, changed: 1, unchanged: 1."),
			stderr: "tenants/acme.json: cascades.chat.stages[1].origin: there is no origin 'gpu' (warning)\n",
		});
	});

	it("says how far it came where the Worker refuses, and goes on from there", async () => {
		place.write("state/origins/gpu.json", { baseUrl: "https://gpu.example.org/v1" });
		place.write("state/origins/fine.json", { baseUrl: "https://fine.example.com/v1" });
		const run = await place.cascade("apply", "state", "--yes");
		expect(run.status).toBe(1);
		expect(run.stderr).toMatch(
			/baseUrl: names a host that is not on this deployment's list.*\nThat was about 'create origin gpu'\. 1 of 6 steps/u,
		);
		place.write("state/origins/gpu.json", { baseUrl: "https://gpu.example.com/v1" });
		const again = await place.cascade("apply", "state", "--yes", "--json");
		expect(JSON.parse(again.stdout)).toMatchObject({
			steps: [
				{ kind: "origin", name: "fine", act: "unchanged" },
				{ kind: "origin", name: "gpu", act: "create" },
				{},
				{},
				{},
				{},
			],
			taken: 5,
		});
	});
});

describe("cascade export", () => {
	it("writes what apply reads, so that applying it changes nothing", async () => {
		await place.cascade("apply", "state", "--yes");
		await place.tenant("empty");
		const run = await place.cascade("export", "copy");
		expect(run).toMatchObject({
			status: 0,
			stdout: "3 files in copy.\n",
			stderr: expect.stringContaining("empty has no policy yet"),
		});
		expect(JSON.parse(place.read("copy/tenants/acme.json"))).toEqual(policyWith(0.8));
		expect(JSON.parse(place.read("copy/origins/gpu.json"))).toEqual({
			baseUrl: "https://gpu.example.com/v1",
			secret: "ORIGIN_GPU_KEY",
		});
		expect((await place.cascade("apply", "copy")).stdout).toBe("To create: 0, to change: 0, unchanged: 5.\n");
	});

	it("writes an origin's bound on calls as apply reads it", async () => {
		await place.put("/origins/gpu", { ...GPU_ORIGIN, maxConcurrent: 8 });
		expect((await place.cascade("export", "copy")).status).toBe(0);
		expect(JSON.parse(place.read("copy/origins/gpu.json"))).toEqual({ ...GPU_ORIGIN, maxConcurrent: 8 });
		expect((await place.cascade("apply", "copy")).stdout).toBe("To create: 0, to change: 0, unchanged: 1.\n");
		place.write("copy/origins/gpu.json", GPU_ORIGIN);
		expect((await place.cascade("apply", "copy", "--yes")).stdout).toContain("  - maxConcurrent: 8\n");
		expect((await place.cascade("origin", "list")).stdout).toMatch(/^gpu .* any /mu);
	});

	it("goes through every page", async () => {
		const origin = { baseUrl: "https://gpu.example.com/v1" };
		const names = Array.from({ length: 201 }, (_, index) => `gpu-${index}`);
		for (const name of names) await place.put(`/origins/${name}`, origin);
		expect((await place.cascade("export", "copy")).stdout).toBe("201 files in copy.\n");
		for (const name of names) expect(JSON.parse(place.read(`copy/origins/${name}.json`))).toEqual(origin);
	});

	it("writes over nothing that says something else, unless told to", async () => {
		await place.tenant("acme", policyWith(0.7));
		place.write("copy/tenants/acme.json", policyWith(0.1));
		const run = await place.cascade("export", "copy", "--tenant", "acme");
		expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("copy/tenants/acme.json") });
		expect((await place.cascade("export", "copy", "--tenant", "acme", "--overwrite")).status).toBe(0);
		expect(JSON.parse(place.read("copy/tenants/acme.json"))).toEqual(policyWith(0.7));
		expect(existsSync(join(place.directory, "copy/origins/gpu.json"))).toBe(false);
	});
});

describe("cascade doctor", () => {
	it("finds all well, or says what is not and ends with 1", async () => {
		await place.tenant("acme", policyWith(0.8));
		await place.cascade("key", "create", "acme", "--name", "CI");
		await place.cascade("origin", "delete", "gpu", "--yes");
		const ill = await place.cascade("doctor");
		expect(ill.status).toBe(1);
		expect(ill.stdout).toMatch(
			/^ok {4}worker: .*\nok {4}clock: .*\nok {4}key: an operator's\nfail {2}tenant acme: .*no origin 'gpu'/u,
		);
		await place.cascade("origin", "set", "gpu", "https://gpu.example.com/v1");
		const well = await place.cascade("doctor", "--json");
		expect(well.status).toBe(0);
		const { checks } = JSON.parse(well.stdout) as { checks: { status: string }[] };
		expect(checks.map(({ status }) => status)).toEqual(["ok", "ok", "ok", "ok"]);
	});

	it("warns of a rate tier that the Worker does not have", async () => {
		await place.tenant("acme", { ...policyWith(0.8), limits: { rateTier: "gold" } });
		const { stdout } = await place.cascade("doctor");
		expect(stdout).toMatch(/^warn {2}tenant acme: limits\.rateTier: .*no binding RATE_TIER_GOLD/mu);
		await place.tenant("beta", { ...policyWith(0.8), limits: { rateTier: "standard" } });
		expect((await place.cascade("doctor")).stdout).not.toContain("RATE_TIER_STANDARD");
	});

	it("tells what a tenant's key may do, and that a wrong one may nothing", async () => {
		await place.tenant("acme", policyWith(0.8));
		const keyWith = async (scope: string) => {
			const made = await place.cascade("key", "create", "acme", "--name", "x", "--scope", scope);
			return { environment: { CASCADE_ADMIN_KEY: made.stdout.split("\n")[0] ?? "", CASCADE_TENANT: "acme" } };
		};
		const [admin, reader, inference] = [await keyWith("admin"), await keyWith("read"), await keyWith("inference")];
		expect((await place.cascadeWith(admin, "doctor")).stdout).toContain("key: the tenant's, and may change it");
		expect((await place.cascadeWith(reader, "doctor")).stdout).toContain("key: the tenant's, and may read");
		expect((await place.cascadeWith(inference, "doctor")).stdout).toMatch(
			/^fail {2}key: This needs a key with the scope/mu,
		);
		const elsewhere = { environment: { ...admin.environment, CASCADE_TENANT: "beta" } };
		expect((await place.cascadeWith(elsewhere, "doctor")).stdout).toMatch(/^fail {2}key: There is no such tenant/mu);
	});

	it("says so where nothing answers", async () => {
		const run = await place.cascade("doctor", "--url", "http://127.0.0.1:2");
		expect(run).toMatchObject({ status: 1, stdout: expect.stringMatching(/^fail {2}worker: Nothing answers/u) });
	});
});

describe("cascade usage", () => {
	it("asks for the time that is meant and shows what was used", async () => {
		await place.tenant("acme", policyWith(0.8));
		const start = Date.parse("2026-11-24T00:00:00Z");
		place.api.ledgerOf("acme").given.usage.push({
			start,
			cascade: "chat",
			policyRevision: 1,
			requests: 10,
			outcomes: { answered: 10 },
			stages: { edge: 9, origin: 1 },
			reasons: { accepted: 9, "low-confidence": 1 },
			cost: { usd: 0.01, unknown: 0, estimated: 0 },
			saved: { usd: 0.03, unknown: 0 },
			audits: { count: 0, usd: 0, unknown: 0 },
			inputTokens: 100,
			outputTokens: 20,
			latency: { p50: 100, p95: 900, p99: 950 },
			confidence: {},
			stageLatency: {},
			firstToken: null,
		});
		const run = await place.cascade("usage", "--tenant", "acme", "--from", "2026-11-24", "--to", "2026-11-25");
		expect(run.stdout).toMatch(
			/^2026-11-24 {2}chat +1 +10 +0 +10\.0% {2}\$0\.01000 {2}\$0\.03000 +100 +20 {2}100 ms {2}900 ms$/mu,
		);
		const query = new URLSearchParams(place.api.requests.at(-1)?.url.split("?")[1]);
		expect(Object.fromEntries(query)).toEqual({
			from: "2026-11-24T00:00:00.000Z",
			to: "2026-11-25T00:00:00.000Z",
			by: "day",
		});
		expect((await place.cascade("usage", "--tenant", "acme", "--from", "lately")).status).toBe(2);
		const long = await place.cascade("usage", "--tenant", "acme", "--from", "60d", "--by", "hour");
		expect(long).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("--from: must be at most 31 days before the end, by hour; by day 366"),
		});
	});
});
